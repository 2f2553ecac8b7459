import { setTimeout as sleep } from 'node:timers/promises';
import { failovers, observe, type Step } from '../failover.js';
import { chartsMatch } from '../integrals.js';
import type { Reporter } from '../report.js';
import { bothTunnelsCarry, carriers, eventually, fibsAgree, outsideLink, pings, tutorial, type Site } from '../walk.js';
import { PLAN } from '../world.js';
import type { DistributedStage } from './stage.js';

/** The demo of a platform with a process per service, on two nodes. */
export async function playDistributed(stage: DistributedStage, report: Reporter): Promise<void> {
  const { cluster, world, api } = stage;
  report.step('The platform starts: a process per service, Kafka and PostgreSQL outside, two nodes');
  report.say(`ready after ${await cluster.start()} ms: ${cluster.url} (broker ${cluster.brokers}, logs in ${stage.dir}/cluster)`);
  for (const service of cluster.all) report.say(`${service.name.padEnd(14)} process ${service.pid}, ${service.url}`);
  const site = await tutorial(api, world, report, ({ routeTableId }) => world.obey(routeTableId));
  await onDifferentNodes(stage, report, site);
  await chartsMatch(api, world, report, site);
  await failovers(api, world, report, site, 2_000);
  await workerKilled(stage, report, site);
  await nodeLost(stage, report, site);
  await outsideLink(world, report);
}

async function onDifferentNodes({ api, world }: DistributedStage, report: Reporter, site: Site): Promise<void> {
  report.step('Two nodes');
  const tunnels = await Promise.all(site.tunnelIds.map((id) => api.get(`vpnTunnels/${id}`)));
  report.check('the tunnels end on different nodes', new Set(tunnels.map(({ node }) => node)).size === 2, tunnels.map((t) => `${t.vpnTunnelId} on ${t.node} (${t.cloudPublicIp})`).join(', '));
  const nodes = await eventually('the fabric uses both nodes', async () => world.fabric.nodesTo(PLAN.idcLan).length === 2 && world.fabric.nodesTo(PLAN.idcLan));
  report.seen("the VPC's fabric reaches the data centre by both", `${PLAN.idcLan} via ${nodes.join(' and ')}`);
}

/** Law 10: a worker is not in the way of any packet. */
async function workerKilled({ cluster, world, api }: DistributedStage, report: Reporter, site: Site): Promise<void> {
  report.step('kill -9 of a worker: its tunnels carry on');
  const before = await Promise.all(site.tunnelIds.map((id) => world.ikeSaIds(id)));
  const worker = cluster.worker('node-1');
  await observe(world, report, { name: 'worker killed', limit: { lost: 0 }, cause: () => worker.kill(), moved: () => sleep(2_000, true) });
  await observe(world, report, {
    name: 'worker back', limit: { lost: 0 }, moved: async () => true, cause: async () => {
      report.say(`ready again after ${await worker.start()} ms`);
    },
  });
  const after = await Promise.all(site.tunnelIds.map((id) => world.ikeSaIds(id)));
  report.check('no tunnel was set up anew', before.flat().every((id) => after.flat().includes(id)), `IKE SAs ${after.flat().join(', ')}`);
  await bothTunnelsCarry(api, site);
  await fibsAgree(api, world, report, site.bgwId, 'worker back');
}

async function nodeLost({ cluster, world, api }: DistributedStage, report: Reporter, site: Site): Promise<void> {
  const node = 'node-1';
  report.step(`${node} loses its power: worker, daemons, namespaces and wires at once`);
  const away = async () => !world.fabric.nodesTo(PLAN.idcLan).includes(node) && (await world.customerRouter.bgpSummary()).filter(({ state }) => state === 'Established').length === 1;
  await observe(world, report, {
    name: 'node lost', limit: { downMs: 2_000 }, moved: away, cause: async () => {
      await Promise.all([cluster.worker(node).kill(), world.switchOff(node)]);
    },
  });
  await pings(world, report);
  const { nodes } = await api.get(`borderGateways/${site.bgwId}/fib`);
  const other = (nodes as { node: string; agreed: boolean }[]).find((each) => each.node === 'node-2');
  report.check('kernel FIB = RIB on the node that is left', other?.agreed === true, 'node-2');

  report.step(`${node} comes back`);
  const back: Step = {
    name: 'node back', limit: { downMs: 2_000 }, cause: async () => {
      const tookMs = await cluster.worker(node).start();
      await eventually(`${node} has its end of the VPC`, async () => {
        await world.switchOn(node);
        return true;
      });
      report.say(`worker ready after ${tookMs} ms`);
    },
    moved: async () => world.fabric.nodesTo(PLAN.idcLan).length === 2 && (await carriers(api, site.bgwId, PLAN.idcLan)).length === site.tunnelIds.length,
  };
  await observe(world, report, back);
  await eventually('both tunnels UP', async () => (await Promise.all(site.tunnelIds.map((id) => api.get(`vpnTunnels/${id}`)))).every(({ opStatus }) => opStatus === 'UP'));
  await fibsAgree(api, world, report, site.bgwId, 'node back');
  await pings(world, report);
}

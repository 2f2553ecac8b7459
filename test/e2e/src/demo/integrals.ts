import { setTimeout as sleep } from 'node:timers/promises';
import { deviceOf } from '../lab/customer-spec.js';
import { inNetns, run, TrafficProbe, type WireBytes } from '../index.js';
import type { Api, Document } from './api.js';
import { RealWorld } from './real-world.js';
import type { Reporter } from './report.js';
import { eventually, type Site } from './walk.js';
import { PLAN, type World } from './world.js';

/** In is customer to cloud. */
interface Bytes { readonly in: number; readonly out: number }
interface Charted { readonly original: Bytes; readonly encrypted: Bytes }

const PAYLOAD = 1_200;
/** As an IP packet, which is what the tunnel device counts. */
const PACKET = PAYLOAD + 28;
const SECONDS = 4;
const SAMPLE_MS = 1_000;
/** Besides what is sent, a tunnel carries BFD, BGP and probes; and a sample may be a moment away from the capture's beginning and end. */
const TOLERANCE = 0.01;

/**
 * A known amount of traffic through each tunnel, and what the charts make of it. Inner bytes are those of the IP packets that were sent, and the charts'
 * are counted at the tunnel device. Outer bytes are whole IP packets (IP, UDP and ESP headers, padding and ICV included, the wire's framing not; the
 * little IKE as well as ESP): a capture on the internet counts them by address pair, the platform at the IP layer of the tunnel's own outer namespace.
 */
export async function chartsMatch(api: Api, world: World, report: Reporter, site: Site): Promise<void> {
  if (!(world instanceof RealWorld)) return;
  report.step('The charts: a known amount of traffic through each tunnel, and their integrals');
  await eventually("equal-cost routes in the customer's router", async () => (await world.customerRouter.routes()).some(({ dst, nexthops }) => dst === PLAN.subnet && nexthops?.length === site.tunnelIds.length));
  await sampledAfter(api, site, Date.now());
  const capture = await world.lab.capture();
  const before = await charted(api, site);
  const counting = await countSent(world, site);
  const { vm: cloud, idc: customer } = world.hosts;
  const probe = await TrafficProbe.start({ cloud, customer, payloadBytes: PAYLOAD, intervalMs: 20, flows: 32 });
  await sleep(SECONDS * 1_000);
  const { cloudToCustomer: down, customerToCloud: up } = await probe.stop();
  report.say(`${down.sent + up.sent} packets of ${PACKET} bytes in ${down.flows + up.flows} flows, both ways at once; ${down.received + up.received} arrived`);
  const sent = await counting.stop();
  // One sample more: it may have been told, and not be drawn yet.
  await sampledAfter(api, site, Date.now() + SAMPLE_MS);
  const after = await charted(api, site);
  const { dropped } = await capture.stop();
  const wire = await capture.bytes();

  const tunnels = await Promise.all(site.tunnelIds.map((id) => api.get(`vpnTunnels/${id}`)));
  const rows = tunnels.flatMap((tunnel) => (['in', 'out'] as const).map((direction) => {
    const [now, then] = [after, before].map((charts) => charts.get(tunnel.vpnTunnelId)!) as [Charted, Charted];
    return {
      tunnelId: String(tunnel.vpnTunnelId), direction, sent: sent.get(tunnel.vpnTunnelId)![direction], captured: captured(wire, tunnel, direction),
      inner: now.original[direction] - then.original[direction], outer: now.encrypted[direction] - then.encrypted[direction],
    };
  }));
  report.table(['tunnel', 'direction', 'inner sent', 'in the chart', '', 'outer captured', 'in the chart', ''], rows.map((r) => [r.tunnelId, r.direction, bytes(r.sent), bytes(r.inner), deviation(r.inner, r.sent), bytes(r.captured), bytes(r.outer), deviation(r.outer, r.captured)]));
  const within = (charted: number, actual: number) => actual > 0 && Math.abs(charted / actual - 1) <= TOLERANCE;
  report.check("the charts' inner bytes are what was sent", rows.every(({ inner, sent }) => within(inner, sent)), 'within 1 %, in each tunnel and direction');
  report.check("the charts' outer bytes are what the outside link carried", dropped === 0 && rows.every(({ outer, captured }) => within(outer, captured)), `within 1 %, in each tunnel and direction; ${dropped} packets missed by the capture`);
}

/** Every tunnel has been sampled since. */
const sampledAfter = (api: Api, site: Site, ms: number): Promise<unknown> =>
  Promise.all(site.tunnelIds.map((id) => eventually(`a sample of ${id}`, async () => Date.parse((await api.get(`vpnTunnels/${id}/state`)).counters?.sampledAt ?? 0) > ms)));

/** The integrals so far, by tunnel. */
async function charted(api: Api, site: Site): Promise<Map<string, Charted>> {
  const { items } = await api.get(`vpnConnections/${site.vpnConnectionId}/metrics?metric=originalInBps,originalOutBps,encryptedInBps,encryptedOutBps&window=1h&statistic=sum`);
  const sum = (id: string, metric: string): number => {
    const { values } = (items as Document[]).find((item) => item.vpnTunnelId === id && item.metric === metric)!;
    return (values as (number | null)[]).reduce<number>((total, bits) => total + (bits ?? 0) / 8, 0);
  };
  const both = (id: string, kind: string): Bytes => ({ in: sum(id, `${kind}InBps`), out: sum(id, `${kind}OutBps`) });
  return new Map(site.tunnelIds.map((id) => [id, { original: both(id, 'original'), encrypted: both(id, 'encrypted') }]));
}

/** Counts the packets of this length by tunnel, in the customer's router: which tunnel a flow takes is the choice of either end's kernel. */
async function countSent(world: RealWorld, site: Site): Promise<{ stop(): Promise<Map<string, Bytes>> }> {
  const { spec, router } = world.customerRouter;
  const nft = (args: readonly string[], input?: string) => run(inNetns(router, ['nft', ...args]), input === undefined ? {} : { input });
  const devices = spec.tunnels.map((tunnel) => deviceOf(spec, tunnel));
  const names = devices.flatMap((device) => [`${device}_in`, `${device}_out`]);
  await nft(['-f', '-'], `table ip known {
  ${names.map((name) => `counter ${name} { }`).join('\n  ')}
  chain forward {
    type filter hook forward priority 0; policy accept;
    ${devices.flatMap((device) => [['oifname', 'in'], ['iifname', 'out']].map(([side, way]) => `${side} "${device}" udp length ${PAYLOAD + 8} counter name ${device}_${way}`)).join('\n    ')}
  }
}\n`);
  return {
    async stop() {
      const { nftables } = JSON.parse(await nft(['-j', 'list', 'counters', 'table', 'ip', 'known'])) as { nftables: { counter?: { name: string; bytes: number } }[] };
      await nft(['delete', 'table', 'ip', 'known']);
      const counted = new Map(nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter.bytes]] : [])));
      return new Map(devices.map((device, i) => [site.tunnelIds[i]!, { in: counted.get(`${device}_in`)!, out: counted.get(`${device}_out`)! }]));
    },
  };
}

const captured = (wire: WireBytes, { cloudPublicIp, customerIp }: Document, direction: 'in' | 'out'): number =>
  wire.get(direction === 'in' ? `${customerIp} > ${cloudPublicIp}` : `${cloudPublicIp} > ${customerIp}`) ?? 0;

const bytes = (n: number): string => Math.round(n).toLocaleString('en-US');
const deviation = (charted: number, actual: number): string => `${charted < actual ? '-' : '+'}${(Math.abs(charted / actual - 1) * 100).toFixed(2)} %`;

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Customer } from './customer.js';
import type { CustomerSpec, CustomerTunnel } from './customer-spec.js';
import { FakeCloud } from './fake-cloud.js';
import { GapMeter } from './gap-meter.js';
import type { Host } from './host.js';
import { Lab } from './lab.js';
import { listNetns } from './netns.js';
import { Processes } from './processes.js';
import { TrafficProbe } from './traffic-probe.js';
import { until } from './until.js';

/**
 * Checks the lab itself, with a fake cloud in the platform's place: `node test/e2e/dist/lab/selfcheck.js [rounds]`.
 * When an end-to-end test fails, this tells whether the world or the platform is to blame.
 */
const PREFIX = 'bgself-';
const BFD = { intervalMs: 100, multiplier: 3 };

function tunnel(number: 1 | 2): CustomerTunnel {
  return {
    name: `t${number}`,
    customerIp: `198.51.100.${number}`,
    cloudIp: `203.0.113.${number}`,
    psk: `self-check/"secret" ${number}`,
    localId: `198.51.100.${number}`,
    remoteId: `203.0.113.${number}`,
    innerCustomer: `169.254.${number}.1`,
    innerCloud: `169.254.${number}.2`,
    innerLength: 30,
    ikeVersion: number === 1 ? 2 : 1,
    ikeProposal: 'aes128-sha256-ecp256',
    espProposal: 'aes128-sha256-ecp256',
    ikeLifeSeconds: 14_400,
    espLifeSeconds: 3600,
    cloudAsn: 65_000,
    initiate: number === 1,
  };
}

const SITE: CustomerSpec = {
  name: 'idc',
  asn: 65_010,
  lan: { prefix: '10.2.0.0/24', routerAddress: '10.2.0.1', hostAddress: '10.2.0.10' },
  tunnels: [tunnel(1), tunnel(2)],
  announce: ['10.2.0.0/24', '10.9.0.0/16'],
  bfd: BFD,
  routing: 'bgp',
};

const say = (what: string, facts?: unknown): void => console.log(facts === undefined ? what : `${what} ${JSON.stringify(facts)}`);

function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(`self check failed: ${what}`);
}

async function bothPathsUp(customer: Customer, timeoutMs: number): Promise<void> {
  await until(
    'two equal-cost paths and BFD up',
    async () => {
      const [routes, bfd, neighbors] = await Promise.all([customer.routes(), customer.bfdStates(), customer.bgpSummary()]);
      const paths = routes.find((route) => route.dst === '10.1.0.0/24')?.nexthops?.length ?? 0;
      // FRR collects what it tells a new neighbour for a second: its own table is complete before the cloud's is.
      const told = neighbors.every((neighbor) => neighbor.prefixesSent === SITE.announce.length);
      return paths === 2 && told && [...bfd.values()].every((state) => state === 'up');
    },
    { timeoutMs, intervalMs: 50 },
  );
}

async function failover(name: string, vm: Host, customer: Customer, fail: () => Promise<void>, repair: () => Promise<void>): Promise<void> {
  const [probe, ping] = await Promise.all([
    TrafficProbe.start({ cloud: vm, customer: customer.host }),
    GapMeter.start(vm.netns, customer.host.address),
  ]);
  await sleep(1000);
  await fail();
  await sleep(2500);
  const [loss, roundTrip] = await Promise.all([probe.stop(), ping.stop()]);
  say(`  ${name}`, { ...loss, ping: roundTrip });
  for (const [direction, one] of Object.entries(loss)) {
    demand(one.longestGapMs < 1500, `${name}: ${direction} did not recover: ${JSON.stringify(one)}`);
  }
  const started = performance.now();
  await repair();
  await bothPathsUp(customer, 60_000);
  say(`  ${name} repaired after ${Math.round(performance.now() - started)} ms`);
}

async function exercise(lab: Lab, cloud: FakeCloud, customer: Customer): Promise<void> {
  const vm = await lab.addVm({ name: 'vm1', vpcNetns: cloud.gateway, bridge: 'br0', address: '10.1.0.10/24', gateway: '10.1.0.1' });
  const started = performance.now();
  await cloud.start();
  await customer.start();
  say(`  daemons started after ${Math.round(performance.now() - started)} ms`);
  await bothPathsUp(customer, 60_000);
  say(`  two tunnels, BGP and BFD up after ${Math.round(performance.now() - started)} ms`);

  const wire = await lab.capture();
  const ping = await vm.ping(customer.host.address, { count: 10, intervalSeconds: 0.05 });
  demand(ping.received === 10, `ping lost packets: ${JSON.stringify(ping)}`);
  const back = await customer.host.ping(vm.address, { count: 10, intervalSeconds: 0.05 });
  const seen = await wire.stop();
  say('  ping', { ping, back, seen });
  demand(seen.other === 0 && seen.nativeEsp === 0 && seen.espInUdp >= 40, 'something other than ESP in UDP was on the wire');

  const quiet = await TrafficProbe.start({ cloud: vm, customer: customer.host });
  await sleep(1000);
  const nothing = await quiet.stop();
  say('  undisturbed', nothing);
  demand(nothing.cloudToCustomer.lost === 0 && nothing.customerToCloud.lost === 0, 'loss without a failure');

  await failover('BGP session broken', vm, customer, () => customer.breakBgpSession('t1'), () => customer.restoreBgpSession('t1'));
  await failover('link cut', vm, customer, () => customer.cutLink('t1'), () => customer.restoreLink('t1'));
  await failover('black hole to the cloud', vm, customer, () => customer.blackhole('t2', 'toPeer'), () => customer.unblackhole('t2'));

  await customer.withdraw('10.9.0.0/16');
  await until('the withdrawal at the cloud', async () => !(await cloud.birdc('show route')).includes('10.9.0.0/16'), { timeoutMs: 5000 });
  await customer.announce('10.9.0.0/16');
  await until('the announcement at the cloud', async () => (await cloud.birdc('show route')).includes('10.9.0.0/16'), { timeoutMs: 5000 });
  say('  neighbours', await customer.bgpSummary());
}

async function round(number: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'bordergate-lab-'));
  const directories = { lab: join(dir, 'l'), cloud: join(dir, 'c') };
  const started = performance.now();
  say(`round ${number} in ${dir}`);
  const lab = await Lab.create({ dir: directories.lab, prefix: PREFIX });
  const cloud = await FakeCloud.create({
    dir: directories.cloud,
    prefix: `${PREFIX}cloud-`,
    inet: lab.inet,
    tunnels: SITE.tunnels,
    customerAsn: SITE.asn,
    bfd: BFD,
    vpc: { prefix: '10.1.0.0/24', gateway: '10.1.0.1/24' },
  });
  try {
    const customer = await lab.addCustomer(SITE);
    say(`  built after ${Math.round(performance.now() - started)} ms`);
    await exercise(lab, cloud, customer);
  } finally {
    const ending = performance.now();
    await cloud.destroy();
    await lab.destroy();
    await lab.destroy();
    say(`  destroyed in ${Math.round(performance.now() - ending)} ms`);
  }
  const left = [...(await listNetns(PREFIX)), ...Object.values(directories).flatMap((path) => new Processes(path).names())];
  demand(left.length === 0, `left behind: ${left.join(', ')}`);
  rmSync(dir, { recursive: true });
  say(`round ${number} passed in ${Math.round(performance.now() - started)} ms`);
}

for (let number = 1; number <= Number(process.argv[2] ?? 1); number += 1) await round(number);

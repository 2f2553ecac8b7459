import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BgpObservation, type Decision, keyOf, TOPICS, TunnelOptions, type TunnelObservation, type TunnelSpec } from '@bordergate/contracts';
import { createLog, MemoryJournal, newId } from '@bordergate/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Judgement, randomPart } from './data-plane.js';
import { missingForTunnels, thisMachine } from './driver.js';
import { createLibipsecDataPlane } from './libipsec/libipsec-data-plane.js';
import { createTunnelWorker, type TunnelWorker } from './worker.js';
import { decisionRecord, eventRecord, pause, until } from './worker.test-support.js';

const missing = missingForTunnels(thisMachine());
const run = (...[file, ...args]: [string, ...string[]]): string => execFileSync(file, args, { encoding: 'utf8' });

/** One end: a worker with a gateway, a VPC of one subnet and a tunnel to the other end, which is a worker like it. */
class End {
  readonly gateway = newId('bgw');
  readonly connection = newId('vpn');
  readonly tunnel = newId('tun');
  readonly vpc = newId('vpc');
  readonly attachment = newId('vpcatt');
  readonly vif = newId('vif');
  readonly journal = new MemoryJournal({ onError: error => this.errors.push(error) });
  readonly observations: TunnelObservation[] = [];
  readonly ribIn: string[] = [];
  readonly log: string[] = [];
  readonly errors: unknown[] = [];
  readonly spec: TunnelSpec;
  worker: TunnelWorker | undefined;
  #decided = 0;

  constructor(readonly o: { dir: string; netnsPrefix: string; uplinkNetns: string; ours: string; theirs: string; inner: [string, string]; cidr: string; asn: number; peerAsn: number }) {
    this.spec = {
      tunnelId: this.tunnel, cloudPublicIp: o.ours, node: 'node-1', customerIp: o.theirs, tunnelIp: '169.254.1.0/30', localTunnelIp: o.inner[0], remoteTunnelIp: o.inner[1],
      localId: o.ours, remoteId: o.theirs, pskRef: 'psk-1', options: TunnelOptions.parse({ bandwidthMbps: 100 }),
    };
  }

  async begin(): Promise<void> {
    const { gateway, connection, vpc, attachment, o: { cidr, asn, peerAsn } } = this;
    await this.journal.subscribe(TOPICS.tunnelObservations, { name: 'test', from: 'beginning' }, { batch: records => { for (const { event } of records) this.observations.push(event!.data as TunnelObservation); } });
    await this.journal.subscribe(TOPICS.ribIn, { name: 'test', from: 'beginning' }, { batch: records => { for (const { key, event } of records) this.ribIn.push(`${(event?.data as BgpObservation | undefined)?.type ?? 'null'} ${key}`); } });
    await this.decide(
      { type: 'VpcCreated', vpcId: vpc, region: 'r', name: 'v', description: '', cidr, mainRouteTableId: 'rtb-1' },
      { type: 'SubnetCreated', vpcId: vpc, subnetId: newId('subnet'), name: 's', cidr, routeTableId: 'rtb-1' },
      { type: 'BorderGatewayCreated', borderGatewayId: gateway, region: 'r', name: 'g', description: '', bgpAsn: asn },
      { type: 'VpcAttached', borderGatewayId: gateway, vpcAttachmentId: attachment, vpcId: vpc, name: 'a', propagateType: 'all', subnetIds: [] },
      { type: 'VpnConnectionCreated', vpnConnectionId: connection, region: 'r', name: 'c', description: '', borderGatewayId: gateway, customerGatewayId: 'cgw', bgpEnabled: true, localAsn: asn, customerAsn: peerAsn, cloudPublicIps: [], bgpOptions: { holdSec: 9, keepaliveSec: 3, bfdEnabled: true, bfdIntervalMs: 300, bfdMultiplier: 3 } },
      { type: 'TunnelAdded', vpnConnectionId: connection, tunnel: this.spec },
    );
    await this.journal.publish(TOPICS.fib, [eventRecord(keyOf.fib(gateway, cidr), { type: 'FibEntryInstalled', region: 'r', borderGatewayId: gateway, prefix: cidr, nextHopType: 'vpc_attachment', routeType: 'propagated', nextHops: [{ kind: 'attachment', id: attachment }], because: 'only-path' } as never, 'f')]);
    await this.journal.publish(TOPICS.ribOut, [eventRecord(keyOf.ribOut(gateway, this.tunnel, cidr), { type: 'RouteAdvertised', region: 'r', borderGatewayId: gateway, tunnelId: this.tunnel, prefix: cidr, because: 'attachment-route' } as never, 'o')]);
    await this.start();
  }

  /** A direct connection beside the tunnel, over an interface of the uplink's namespace. */
  async addLine(device: string, [localVifIp, remoteVifIp]: [string, string]): Promise<void> {
    const { gateway: borderGatewayId, vif: vifId, o: { cidr, asn, peerAsn } } = this;
    await this.journal.publish(TOPICS.ribOut, [eventRecord(keyOf.ribOut(borderGatewayId, vifId, cidr), { type: 'RouteAdvertised', region: 'r', borderGatewayId, vifId, prefix: cidr, because: 'attachment-route' } as never, 'v')]);
    await this.decide({
      type: 'VirtualInterfaceCreated', vifId, region: 'r', name: 'line', description: '', borderGatewayId, line: { node: 'node-1', interface: device, vlanId: null }, vifIp: '10.255.0.0/30', localVifIp, remoteVifIp,
      bgpEnabled: true, localAsn: asn, customerAsn: peerAsn, bgpOptions: { holdSec: 9, keepaliveSec: 3, bfdEnabled: true, bfdIntervalMs: 300, bfdMultiplier: 3 }, adminStatus: 'UP',
    });
  }

  lineStatus(): string | undefined {
    const last = this.observations.findLast(o => o.type === 'VifOperStatusChanged');
    return last?.type === 'VifOperStatusChanged' ? `${last.operStatus} ${last.reason} ${last.driver}` : undefined;
  }

  decide(...decisions: Decision[]): Promise<void> {
    return this.journal.publish(TOPICS.decisions, decisions.map(decision => decisionRecord(decision, ++this.#decided)));
  }

  async start(): Promise<void> {
    const log = createLog('worker', { write: line => this.log.push(line) });
    this.worker = await createTunnelWorker({
      journal: this.journal, region: 'r', node: 'node-1', dataPlane: createLibipsecDataPlane({ ...this.o, log }), psks: async () => 'a secret of both ends', log, loop: { settleMs: 100, lookMs: 500, sweepMs: 1_000 },
    });
    await this.worker.ready;
  }

  operations(): string[] {
    return this.log.map(line => JSON.parse(line) as { message: string; op?: string }).flatMap(({ message, op }) => (message === 'tunnel operation' ? [op!] : []));
  }

  status(): Extract<TunnelObservation, { type: 'TunnelOperStatusChanged' }> | undefined {
    return this.observations.findLast(o => o.type === 'TunnelOperStatusChanged');
  }

  fib(): string[] {
    const last = this.observations.findLast(o => o.type === 'KernelFibObserved');
    return last?.type === 'KernelFibObserved' ? last.entries.map(({ prefix, nextHops }) => `${prefix} ${nextHops.map(hop => hop.id).join(' ')}`) : [];
  }
}

describe.skipIf(missing.length > 0)(`two workers with real charons and BIRDs${missing.length > 0 ? ` (skipped, missing: ${missing.join(', ')})` : ''}`, () => {
  const random = newId('x').slice(2, 7);
  const uplink = `bgw${random}-inet`;
  let dir: string;
  let [cloud, customer]: (End | undefined)[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), `bgw${random}-`));
    chmodSync(dir, 0o755);
    run('ip', 'netns', 'add', uplink);
    run('ip', 'netns', 'exec', uplink, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0');
    cloud = new End({ uplinkNetns: uplink, dir: path.join(dir, 'c'), netnsPrefix: `bgw${random}c-`, ours: '203.0.113.1', theirs: '198.51.100.1', inner: ['169.254.1.2', '169.254.1.1'], cidr: '10.1.0.0/24', asn: 65000, peerAsn: 65010 });
    customer = new End({ uplinkNetns: uplink, dir: path.join(dir, 'p'), netnsPrefix: `bgw${random}p-`, ours: '198.51.100.1', theirs: '203.0.113.1', inner: ['169.254.1.1', '169.254.1.2'], cidr: '10.2.0.0/24', asn: 65010, peerAsn: 65000 });
    await Promise.all([cloud.begin(), customer.begin()]);
  });

  // Removing everything by decisions is the last test of its own: nothing of us may be left on the machine.
  afterAll(async () => {
    for (const end of [cloud!, customer!]) {
      await end.decide({ type: 'TunnelDisabled', vpnConnectionId: end.connection, tunnelId: end.tunnel }, { type: 'TunnelRemoved', vpnConnectionId: end.connection, tunnelId: end.tunnel }, { type: 'VpcDetached', borderGatewayId: end.gateway, vpcAttachmentId: end.attachment });
    }
    await until(() => !run('ip', 'netns', 'list').match(new RegExp(`bgw${random}[cp]`)));
    for (const end of [cloud!, customer!]) {
      await end.worker!.close();
      await end.journal.close();
    }
    run('ip', 'netns', 'del', uplink);
    rmSync(dir, { recursive: true, force: true });
  });

  const charonPid = (): number => (JSON.parse(readFileSync(path.join(dir, 'c', `o-${randomPart(cloud!.tunnel)}`, 'pid.json'), 'utf8')) as { pid: number }).pid;

  it('come up by themselves, with BGP and routes in both kernels', async () => {
    await until(() => [cloud!, customer!].every(end => end.fib().length === 2));
    expect(cloud!.fib()).toEqual([`10.1.0.0/24 ${cloud!.attachment}`, `10.2.0.0/24 ${cloud!.tunnel}`]);
    expect(cloud!.status()).toMatchObject({ operStatus: 'UP', driver: 'libipsec', detail: expect.stringContaining('AES') });
    expect(run('ip', '-n', `bgw${random}c-g-${randomPart(cloud!.gateway)}`, 'link', 'show', 'dev', `t-${randomPart(cloud!.tunnel)}`)).toContain(' mtu 1400 ');
  });

  it('another worker adopts what runs and does nothing to it', async () => {
    const told = (type: string) => cloud!.observations.filter(o => o.type === type).length;
    await until(() => told('IkeSaEstablished') - told('IkeSaDeleted') === 1); // both ends may have called, and one call is ended after a while
    await cloud!.worker!.close();
    cloud!.log.length = 0;
    await cloud!.start();
    await pause(1_500);
    expect(cloud!.operations()).toEqual([]);
    expect(cloud!.log.filter(line => line.includes('"level":"warn"') || line.includes('"message":"bird"'))).toEqual([]);
    expect(cloud!.fib()).toHaveLength(2);
  });

  it('another identity on one side is negotiated, refused and diagnosed; the same on both works again', async () => {
    cloud!.log.length = 0;
    const change = (end: End, localId: string, remoteId: string) => end.decide({ type: 'TunnelReconfigured', vpnConnectionId: end.connection, tunnel: { ...end.spec, localId, remoteId } });
    await change(cloud!, 'cloud.example', '198.51.100.1');
    await until(() => cloud!.observations.some(o => o.type === 'NegotiationFailed' && o.fault === 'authentication-failed'));
    expect(cloud!.operations().slice(0, 5)).toEqual(['load-shared', 'load-conn', 'unload-conn', 'withdraw', 'wait']);
    await change(customer!, '198.51.100.1', 'cloud.example');
    await until(() => cloud!.fib().length === 2 && customer!.fib().length === 2 && JSON.stringify(cloud!.status()).includes('"UP"'));
  });

  it('a BIRD that was killed is replaced, and nobody hears that its session and routes were away', async () => {
    const pid = (JSON.parse(readFileSync(path.join(dir, 'c', `g-${randomPart(cloud!.gateway)}`, 'pid.json'), 'utf8')) as { pid: number }).pid;
    cloud!.ribIn.length = 0;
    process.kill(pid, 'SIGKILL');
    await until(() => cloud!.ribIn.length > 0);
    await pause(1_000);
    expect(cloud!.ribIn).toEqual([
      `BgpSessionEstablished ${keyOf.bgpSession(cloud!.gateway, cloud!.tunnel)}`, `BgpRouteAnnounced ${keyOf.bgpRoute(cloud!.gateway, cloud!.tunnel, '10.2.0.0/24')}`,
    ]);
  });

  it('a charon that was killed is replaced, and its tunnel comes back', async () => {
    const pid = charonPid();
    const before = cloud!.observations.length;
    process.kill(pid, 'SIGKILL');
    await until(() => cloud!.observations.slice(before).some(o => o.type === 'TunnelOperStatusChanged' && o.operStatus === 'DOWN'));
    await until(() => cloud!.fib().length === 2 && JSON.stringify(cloud!.status()).includes('"UP"'));
  });

  describe('a line that drops everything, without BFD', () => {
    const timers = (bfdEnabled: boolean, holdSec: number) => Promise.all([cloud!, customer!].map(end => end.decide({
      type: 'VpnConnectionUpdated', vpnConnectionId: end.connection, name: 'c', description: '', bgpEnabled: true, bgpOptions: { holdSec, keepaliveSec: holdSec / 3, bfdEnabled, bfdIntervalMs: 300, bfdMultiplier: 3 },
    })));
    const line = (deed: 'add' | 'del'): void => { for (const address of [cloud!.o.ours, customer!.o.ours]) run('ip', '-n', uplink, 'rule', deed, 'prio', '1', 'to', address, 'blackhole'); };
    const isUp = () => cloud!.fib().length === 2 && customer!.fib().length === 2 && cloud!.status()?.operStatus === 'UP';
    beforeAll(async () => {
      cloud!.ribIn.length = 0;
      await timers(false, 180);
      await until(() => cloud!.ribIn.some(row => row.startsWith('BgpSessionEstablished')) && isUp());
    });
    afterAll(() => timers(true, 9));

    it('is left within seconds though no other tunnel is heard, its session stays, and it is taken again with the first packet', async () => {
      await pause(1_500); // so that it is known who answers
      cloud!.ribIn.length = 0;
      line('add');
      await until(() => cloud!.status()?.operStatus === 'DOWN' && cloud!.fib().length === 1);
      expect(cloud!.status()).toMatchObject({ reason: 'peer-silent' });
      expect(cloud!.log.filter(entry => entry.includes('"liveness"')).map(entry => JSON.parse(entry) as Judgement).at(-1)).toMatchObject({ verdict: 'listening', because: 'probes', alone: true });
      line('del');
      await until(isUp);
      expect(cloud!.ribIn.filter(row => row.startsWith('BgpSession'))).toEqual([]);
    });

    it('and whose charon is killed meanwhile: what is told of the tunnel is what the kernel has', async () => {
      line('add');
      process.kill(charonPid(), 'SIGKILL');
      await until(() => cloud!.status()?.operStatus === 'DOWN' && cloud!.fib().length === 1);
      line('del');
      await until(isUp);
    });
  });

  describe('a direct connection beside the tunnel', () => {
    const over = (end: End, hop: string, cidr: string) => end.fib().includes(`${cidr} ${hop}`);
    const overLine = () => over(cloud!, cloud!.vif, '10.2.0.0/24') && over(customer!, customer!.vif, '10.1.0.0/24');
    const overTunnel = () => over(cloud!, cloud!.tunnel, '10.2.0.0/24') && over(customer!, customer!.tunnel, '10.1.0.0/24');
    /** The line lies in a namespace of nobody's. */
    const cable = `bgw${random}-cable`;
    afterAll(() => { run('ip', 'netns', 'del', cable); });
    const uplinkHas = (device: string) => run('ip', '-n', uplink, '-o', 'link', 'show').includes(` ${device}@`);

    it('is taken by both, and its routes come before those of the tunnel', async () => {
      await until(overTunnel);
      run('ip', 'netns', 'add', cable);
      run('ip', '-n', cable, 'link', 'add', 'splice', 'up', 'type', 'bridge');
      for (const end of ['dx0', 'dx1']) {
        run('ip', 'link', 'add', end, 'netns', uplink, 'type', 'veth', 'peer', 'name', end, 'netns', cable);
        run('ip', '-n', cable, 'link', 'set', end, 'up', 'master', 'splice');
      }
      await Promise.all([cloud!.addLine('dx0', ['10.255.0.2', '10.255.0.1']), customer!.addLine('dx1', ['10.255.0.1', '10.255.0.2'])]);
      await until(overLine);
      expect([cloud!.lineStatus(), uplinkHas('dx0'), uplinkHas('dx1')]).toEqual(['UP link-up linux', false, false]);
    });

    it('is cut: the tunnel carries, and gives back', async () => {
      run('ip', '-n', cable, 'link', 'set', 'dx0', 'down');
      await until(() => overTunnel() && cloud!.lineStatus() === 'DOWN no-carrier linux');
      run('ip', '-n', cable, 'link', 'set', 'dx0', 'up');
      await until(() => overLine() && cloud!.lineStatus() === 'UP link-up linux');
    });

    it('has static routes of its own, with one over the VPN standing by', async () => {
      const route = (staticRouteId: string, nextHopType: 'private_vif' | 'vpn_connection', nextHopId: string): Decision =>
        ({ type: 'StaticRouteAdded', borderGatewayId: cloud!.gateway, staticRouteId, destination: '10.3.0.0/24', nextHopType, nextHopId, description: '' });
      await cloud!.decide(route('bgwrt-1', 'private_vif', cloud!.vif), route('bgwrt-2', 'vpn_connection', cloud!.connection));
      await until(() => over(cloud!, cloud!.vif, '10.3.0.0/24'));
      await cloud!.decide({ type: 'VirtualInterfaceDisabled', vifId: cloud!.vif });
      await until(() => over(cloud!, cloud!.tunnel, '10.3.0.0/24') && overTunnel() && cloud!.lineStatus() === 'DOWN admin-down linux');
      await cloud!.decide({ type: 'VirtualInterfaceEnabled', vifId: cloud!.vif });
      await until(() => over(cloud!, cloud!.vif, '10.3.0.0/24') && overLine());
      await cloud!.decide(...['bgwrt-1', 'bgwrt-2'].map((staticRouteId): Decision => ({ type: 'StaticRouteRemoved', borderGatewayId: cloud!.gateway, staticRouteId })));
    });

    it('is adopted by another worker, which does nothing to it', async () => {
      await cloud!.worker!.close();
      cloud!.log.length = 0;
      await cloud!.start();
      await pause(1_500);
      expect(cloud!.log.filter(entry => entry.includes('virtual interface operation'))).toEqual([]);
      expect(overLine()).toBe(true);
    });

    it('goes back to the node when it is deleted', async () => {
      for (const end of [cloud!, customer!]) await end.decide({ type: 'VirtualInterfaceDeleted', vifId: end.vif });
      await until(() => uplinkHas('dx0') && uplinkHas('dx1') && overTunnel());
      await until(() => cloud!.ribIn.filter(entry => entry.endsWith(keyOf.bgpRoute(cloud!.gateway, cloud!.vif, '10.2.0.0/24'))).at(-1)!.startsWith('null '));
    });
  });
});

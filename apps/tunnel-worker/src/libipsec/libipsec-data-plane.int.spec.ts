import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BirdGateway, renderBirdConfig } from '@bordergate/bird';
import { createLog, newId } from '@bordergate/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { birdProtocolName, type Change, type DataPlane, DataPlaneError, deviceNames, namespaceNames, type TunnelPort } from '../data-plane.js';
import { createLibipsecDataPlane } from './libipsec-data-plane.js';

const CLOUD_IP = '203.0.113.1';
const CUSTOMER_IP = '198.51.100.1';
const TOOLS = ['ip', 'nsenter', 'setpriv', 'sysctl', 'tc', 'bird', 'ping'];

function reasonToSkip(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/dev/net/tun')) return 'needs /dev/net/tun';
  const paths = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  const missing = [...TOOLS, 'charon-systemd'].filter(tool => !paths.some(path => existsSync(join(path, tool))));
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

const skipped = reasonToSkip();
const run = (...argv: [string, ...string[]]): string => execFileSync(argv[0], argv.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const timings: Record<string, number> = {};

async function timed<T>(name: string, step: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await step();
  timings[name] = Math.round((performance.now() - start) * 10) / 10;
  return result;
}

async function until(what: string, sign: () => Promise<boolean> | boolean, timeoutMs = 30_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(10)) if (await sign()) return;
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
}

/** One side: a data plane, a gateway with one tunnel, a VPC with one subnet. */
class Side {
  readonly gateway = newId('bgw');
  readonly vpc = newId('vpc');
  readonly subnet = newId('subnet');
  readonly attachment = { vpcAttachmentId: newId('vpcatt'), borderGatewayId: this.gateway, vpcId: this.vpc };
  readonly tunnel: TunnelPort;
  readonly names: ReturnType<typeof namespaceNames>;
  readonly changes: Change[] = [];
  plane: DataPlane;

  constructor(readonly options: { dir: string; netnsPrefix: string; uplinkNetns: string; ours: string; theirs: string; inner: [string, string]; cidr: string; asn: number; peerAsn: number; peerCidr: string }) {
    this.names = namespaceNames(options.netnsPrefix);
    this.tunnel = {
      tunnelId: newId('tun'), borderGatewayId: this.gateway, cloudPublicIp: options.ours, customerIp: options.theirs,
      localTunnelIp: options.inner[0], remoteTunnelIp: options.inner[1], bandwidthMbps: 100,
    };
    this.plane = this.open();
  }

  /** As a worker that starts does. */
  open(): DataPlane {
    const plane = createLibipsecDataPlane({ ...this.options, log: createLog(this.options.netnsPrefix, { level: process.env.DP_LOG === undefined ? 'silent' : 'debug' }) });
    plane.onChange(change => this.changes.push(change));
    this.plane = plane;
    return plane;
  }

  get connection() {
    const { ours, theirs } = this.options;
    return {
      version: '2', local_addrs: [ours], remote_addrs: [theirs], proposals: ['aes128-sha256-modp2048'], unique: 'replace', mobike: 'no', keyingtries: '0',
      dpd_delay: '2s', local: { auth: 'psk', id: ours }, remote: { auth: 'psk', id: theirs },
      children: { net: { local_ts: ['0.0.0.0/0'], remote_ts: ['0.0.0.0/0'], esp_proposals: ['aes128-sha256-modp2048'], mode: 'tunnel', start_action: 'none', dpd_action: 'clear', close_action: 'none' } },
    };
  }

  async load(): Promise<void> {
    const charon = this.plane.charon(this.tunnel);
    await charon.loadShared({ id: 'psk', type: 'IKE', data: 'a secret of both', owners: [this.options.ours, this.options.theirs] });
    await charon.loadConn('tun', this.connection);
  }

  bird(vpcAddress: string): BirdGateway {
    const { inner, asn, peerAsn, cidr } = this.options;
    return {
      routerId: inner[0], refused: [], ownAsns: [], gracefulRestartSeconds: 30, staticRoutes: [],
      attachmentRoutes: [{ prefix: cidr, device: deviceNames.attachment(this.attachment.vpcAttachmentId), via: vpcAddress, preference: 200 }],
      bgp: [{
        name: birdProtocolName(this.tunnel.tunnelId), device: deviceNames.tunnel(this.tunnel.tunnelId), localAddress: inner[0], localAsn: asn,
        neighborAddress: inner[1], neighborAsn: peerAsn, preference: 100, holdSeconds: 9, keepaliveSeconds: 3, advertise: [cidr],
        bfd: { intervalMs: 300, multiplier: 3 },
      }],
    };
  }

  vpcPort(cidr = this.options.cidr) {
    const route = { routeTableId: 'rtb-main', prefix: this.options.peerCidr, vpcAttachmentIds: [this.attachment.vpcAttachmentId] };
    return { vpcId: this.vpc, subnets: [{ subnetId: this.subnet, cidr, routeTableId: 'rtb-main' }], routes: [route] };
  }

  birdConfig(vpcAddress: string) {
    const value = this.bird(vpcAddress);
    return { value, text: renderBirdConfig(value, { logFile: this.plane.bird(this.gateway).logFile }) };
  }

  async remove(): Promise<void> {
    await this.plane.removeTunnel(this.tunnel);
    await this.plane.removeAttachment(this.attachment);
    await this.plane.removeGateway(this.gateway);
    await this.plane.removeVpc(this.vpc);
    await this.plane.close();
  }
}

describe.skipIf(skipped !== undefined)(`libipsec data plane: two of them over one uplink${skipped === undefined ? '' : ` (skipped: ${skipped})`}`, () => {
  const random = newId('x').slice(2, 7);
  const uplink = `bgt${random}-inet`;
  let dir: string;
  let cloud: Side;
  let customer: Side;

  beforeAll(() => {
    if (skipped !== undefined) return;
    dir = mkdtempSync(join(tmpdir(), `bgt${random}-`));
    chmodSync(dir, 0o755);
    run('ip', 'netns', 'add', uplink);
    run('ip', 'netns', 'exec', uplink, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0');
    const shared = { uplinkNetns: uplink };
    cloud = new Side({ ...shared, dir: join(dir, 'c'), netnsPrefix: `bgt${random}c-`, ours: CLOUD_IP, theirs: CUSTOMER_IP, inner: ['169.254.1.1', '169.254.1.2'], cidr: '10.1.0.0/24', asn: 65000, peerAsn: 65010, peerCidr: '10.2.0.0/24' });
    customer = new Side({ ...shared, dir: join(dir, 'p'), netnsPrefix: `bgt${random}p-`, ours: CUSTOMER_IP, theirs: CLOUD_IP, inner: ['169.254.1.2', '169.254.1.1'], cidr: '10.2.0.0/24', asn: 65010, peerAsn: 65000, peerCidr: '10.1.0.0/24' });
  });

  afterAll(async () => {
    if (skipped !== undefined) return;
    for (const side of [cloud, customer]) await side.remove();
    run('ip', 'netns', 'del', uplink);
    rmSync(dir, { recursive: true, force: true });
    console.log('libipsec timings (ms)', JSON.stringify(timings));
  });

  const both = (step: (side: Side) => Promise<unknown>) => Promise.all([step(cloud), step(customer)]);
  const ping = (netns: string, from: string, to: string) => run('ip', 'netns', 'exec', netns, 'ping', '-c', '3', '-i', '0.2', '-W', '2', '-q', '-I', from, to);
  const pidOf = (side: Side, of: string): number => (JSON.parse(readFileSync(join(side.plane.bird(side.gateway).logFile, '..', '..', of, 'pid.json'), 'utf8')) as { pid: number }).pid;
  const outerDir = (side: Side) => side.names.outer(side.tunnel.tunnelId).slice(side.options.netnsPrefix.length);
  const gatewayDir = (side: Side) => side.names.gateway(side.gateway).slice(side.options.netnsPrefix.length);

  it('answers that nothing is there before anything is made', async () => {
    expect(await cloud.plane.inspect(cloud.tunnel)).toEqual({ outer: false, charonRunning: false, charonStartedAt: null, connections: [], secrets: [], ikeSas: [], device: null });
    expect(await cloud.plane.counters(cloud.tunnel)).toBeUndefined();
    expect(await cloud.plane.bird(cloud.gateway).running()).toBe(false);
    await cloud.plane.removeTunnel(cloud.tunnel);
  });

  it('brings a tunnel up and carries packets', async () => {
    await timed('gateways', () => both(side => side.plane.ensureGateway({ borderGatewayId: side.gateway, transitEnabled: false })));
    await timed('outers', () => both(side => side.plane.ensureOuter(side.tunnel)));
    await timed('devices', () => both(side => side.plane.ensureDevice(side.tunnel)));
    await both(side => side.load());
    await timed('initiate', () => cloud.plane.charon(cloud.tunnel).initiate({ ike: 'tun', child: 'net', timeoutMs: 10_000 }));
    await timed('setDevice', () => both(side => side.plane.setDevice(side.tunnel, true)));
    expect(await timed('ping', async () => ping(cloud.names.gateway(cloud.gateway), '169.254.1.1', '169.254.1.2'))).toContain(' 0% packet loss');

    const found = await timed('inspect', () => cloud.plane.inspect(cloud.tunnel));
    expect(found).toMatchObject({ outer: true, charonRunning: true, connections: ['tun'], secrets: ['psk'], device: { name: deviceNames.tunnel(cloud.tunnel.tunnelId), up: true, address: '169.254.1.1/30', bandwidthMbps: 100 } });
    expect(found.ikeSas[0]?.childSas[0]?.state).toBe('INSTALLED');
    await until('the events of the SAs', () => cloud.changes.some(change => change.event.startsWith('child-updown up')), 2_000);
  });

  it('counts inner and outer packets', async () => {
    const counters = await timed('counters', () => cloud.plane.counters(cloud.tunnel));
    expect(counters).toMatchObject({ original: { packetsIn: 3, packetsOut: 3, bytesIn: 252, bytesOut: 252 } });
    expect(counters!.encrypted.bytesOut).toBeGreaterThan(252);
    // IKE_SA_INIT, IKE_AUTH and the three; a liveness check when it takes long. Nothing else is on this wire.
    expect(counters!.encrypted.packetsOut).toBeGreaterThanOrEqual(5);
    if (timings.initiate! + timings.ping! < 1_500) expect(counters!.encrypted.packetsOut).toBe(5);
  });

  it('changes nothing when asked again, and follows a changed address', async () => {
    const before = await cloud.plane.inspect(cloud.tunnel);
    await timed('ensure again', async () => {
      await cloud.plane.ensureOuter(cloud.tunnel);
      await cloud.plane.ensureDevice(cloud.tunnel);
    });
    expect(await cloud.plane.inspect(cloud.tunnel)).toMatchObject({ charonStartedAt: before.charonStartedAt, device: before.device });
    await cloud.plane.ensureDevice({ ...cloud.tunnel, bandwidthMbps: 50 });
    expect((await cloud.plane.inspect(cloud.tunnel)).device?.bandwidthMbps).toBe(50);
    await cloud.plane.ensureDevice(cloud.tunnel);
    const rules = (): string[] => run('ip', '-n', uplink, 'rule').split('\n').filter(line => line.includes(`to ${CLOUD_IP} lookup`));
    expect(rules()).toHaveLength(1);
    const rule = rules();
    expect((await cloud.plane.inspect({ ...cloud.tunnel, customerIp: '198.51.100.77' })).outer).toBe(false);
    await cloud.plane.ensureOuter({ ...cloud.tunnel, customerIp: '198.51.100.77' });
    expect(rules().join()).toContain('from 198.51.100.77');
    expect(rules()).toHaveLength(1);
    await cloud.plane.ensureOuter(cloud.tunnel);
    expect(rules()).toEqual(rule);
  });

  it('routes between the VPCs what BGP has told', async () => {
    await both(side => side.plane.ensureVpc(side.vpcPort()));
    const links = await timed('attachments', () => Promise.all([cloud, customer].map(side => side.plane.ensureAttachment(side.attachment))));
    expect(await cloud.plane.ensureAttachment(cloud.attachment)).toEqual(links[0]);
    const configs = [cloud.birdConfig(links[0]!.vpcAddress), customer.birdConfig(links[1]!.vpcAddress)];
    expect(await timed('bird', () => cloud.plane.bird(cloud.gateway).ensure(configs[0]!))).toBe('started');
    expect(await customer.plane.bird(customer.gateway).ensure(configs[1]!)).toBe('started');
    expect(await cloud.plane.bird(cloud.gateway).ensure(configs[0]!)).toBe('unchanged');

    const learnt = async (side: Side) => (await side.plane.kernelFib(side.gateway)).find(route => route.prefix === side.options.peerCidr);
    await timed('routes in both FIBs', () => until('routes in both FIBs', async () => (await learnt(cloud)) !== undefined && (await learnt(customer)) !== undefined));
    expect(await learnt(cloud)).toEqual({ prefix: '10.2.0.0/24', nextHops: [{ device: deviceNames.tunnel(cloud.tunnel.tunnelId), via: '169.254.1.2' }] });
    const protocol = birdProtocolName(cloud.tunnel.tunnelId);
    expect((await cloud.plane.bird(cloud.gateway).routesOf(protocol)).map(route => route.prefix)).toEqual(['10.2.0.0/24']);
    expect((await cloud.plane.bird(cloud.gateway).protocols()).find(each => each.name === protocol)?.bgpState).toBe('Established');
    expect(cloud.changes.map(change => change.event)).toContain(`bgp-session ${protocol} established`);
    expect(cloud.changes.map(change => change.event)).toContain('routes changed');
    // From the subnet's router, as it would answer for a machine of the subnet.
    expect(ping(cloud.names.vpc(cloud.vpc), '10.1.0.1', '10.2.0.1')).toContain(' 0% packet loss');
  });

  it('keeps BIRD as it is when the new configuration is wrong', async () => {
    const bird = cloud.plane.bird(cloud.gateway);
    const { value, text } = cloud.birdConfig('100.65.0.1');
    await expect(bird.ensure({ value, text: `${text}\nprotocol nonsense {}` })).rejects.toThrow(DataPlaneError);
    expect(await bird.running()).toBe(true);
    expect(existsSync(join(bird.logFile, '..', 'bird.conf.new'))).toBe(false);
    await bird.disable(birdProtocolName(cloud.tunnel.tunnelId));
    await until('the customer to lose the route', async () => !(await customer.plane.kernelFib(customer.gateway)).some(route => route.prefix === '10.1.0.0/24'));
    await bird.enable(birdProtocolName(cloud.tunnel.tunnelId));
    await until('the customer to learn it again', async () => (await customer.plane.kernelFib(customer.gateway)).some(route => route.prefix === '10.1.0.0/24'));
  });

  it('moves routes off a device that is set down', async () => {
    const start = performance.now();
    await timed('setDevice down', () => cloud.plane.setDevice(cloud.tunnel, false));
    const gone = async () => !(await cloud.plane.kernelFib(cloud.gateway)).some(route => route.prefix === '10.2.0.0/24');
    await until('the route to go', gone);
    timings['device down to FIB'] = Math.round(performance.now() - start);
    await cloud.plane.setDevice(cloud.tunnel, true);
    await until('the route to come back', async () => !(await gone()));
  });

  it('takes over what runs when the worker starts again', async () => {
    const [charon, bird] = [pidOf(cloud, outerDir(cloud)), pidOf(cloud, gatewayDir(cloud))];
    const before = await cloud.plane.inspect(cloud.tunnel);
    const { vpcAddress } = await cloud.plane.ensureAttachment(cloud.attachment);
    await cloud.plane.close();
    cloud.open();
    expect(await cloud.plane.found()).toEqual({
      borderGatewayIds: [cloud.gateway], vpcIds: [cloud.vpc], attachments: [cloud.attachment], tunnelIds: [cloud.tunnel.tunnelId], vifs: [],
    });
    await cloud.plane.ensureGateway({ borderGatewayId: cloud.gateway, transitEnabled: false });
    await cloud.plane.ensureVpc(cloud.vpcPort());
    cloud.changes.length = 0;
    await timed('adopt', () => cloud.plane.inspect(cloud.tunnel));
    expect(cloud.changes.map(change => change.event)).toContain('charon adopted');
    expect(await cloud.plane.bird(cloud.gateway).ensure(cloud.birdConfig(vpcAddress))).toBe('unchanged');
    const after = await cloud.plane.inspect(cloud.tunnel);
    expect([pidOf(cloud, outerDir(cloud)), pidOf(cloud, gatewayDir(cloud))]).toEqual([charon, bird]);
    expect(after.charonStartedAt).toBe(before.charonStartedAt);
    expect(after.ikeSas.map(sa => sa.uniqueId)).toEqual(before.ikeSas.map(sa => sa.uniqueId));
    expect(after.device).toEqual(before.device);
    expect(ping(cloud.names.vpc(cloud.vpc), '10.1.0.1', '10.2.0.1')).toContain(' 0% packet loss');
  });

  it('starts charon again when it dies, and makes its device anew', async () => {
    const before = await cloud.plane.inspect(cloud.tunnel);
    const counted = await cloud.plane.counters(cloud.tunnel);
    cloud.changes.length = 0;
    process.kill(pidOf(cloud, outerDir(cloud)), 'SIGKILL');
    await timed('charon again', () => until('a new charon', () => cloud.changes.some(change => change.event === 'charon started')));
    expect(cloud.changes.map(change => change.event)).toContain('charon died');
    expect((await cloud.plane.inspect(cloud.tunnel)).device).toBeNull();
    await timed('up again', async () => {
      await cloud.plane.ensureDevice(cloud.tunnel);
      await cloud.load();
      await cloud.plane.charon(cloud.tunnel).initiate({ ike: 'tun', child: 'net', timeoutMs: 10_000 });
      await cloud.plane.setDevice(cloud.tunnel, true);
    });
    const after = await cloud.plane.inspect(cloud.tunnel);
    expect(after.charonStartedAt).toBeGreaterThan(before.charonStartedAt!);
    expect(after.device).toEqual(before.device);
    const recounted = await cloud.plane.counters(cloud.tunnel);
    expect(recounted!.counterEpoch).not.toBe(counted!.counterEpoch);
    expect(recounted!.encrypted.bytesIn).toBeLessThan(counted!.encrypted.bytesIn);
    await until('BGP again', async () => (await cloud.plane.kernelFib(cloud.gateway)).some(route => route.prefix === '10.2.0.0/24'));
  });

  it('starts BIRD again when it dies, and forwards meanwhile', async () => {
    const learnt = async () => (await cloud.plane.kernelFib(cloud.gateway)).some(route => route.prefix === '10.2.0.0/24');
    cloud.changes.length = 0;
    process.kill(pidOf(cloud, gatewayDir(cloud)), 'SIGKILL');
    await timed('bird again', () => until('a new bird', async () => {
      expect(await learnt()).toBe(true);
      return cloud.changes.some(change => change.event === 'bird started');
    }));
    expect(await cloud.plane.bird(cloud.gateway).running()).toBe(true);
  });

  it('says why a negotiation failed', async () => {
    const charon = cloud.plane.charon(cloud.tunnel);
    await charon.terminate({ ike: 'tun' }, 2_000);
    await charon.terminate({ ike: 'tun' }, 2_000); // nothing left to end
    await charon.loadConn('tun', { ...cloud.connection, proposals: ['aes256-sha512-modp4096'] });
    await expect(charon.initiate({ ike: 'tun', child: 'net', timeoutMs: 5_000 })).rejects.toThrow(/NO_PROPOSAL_CHOSEN/);
    await charon.unloadConn('tun');
    await charon.unloadShared('psk');
    expect(await cloud.plane.inspect(cloud.tunnel)).toMatchObject({ connections: [], secrets: [] });
  });

  it('has exactly the subnets and routes that are wanted', async () => {
    const netns = cloud.names.vpc(cloud.vpc);
    const port = cloud.vpcPort();
    const state = () => run('ip', '-n', netns, 'rule') + run('ip', '-n', netns, 'route', 'show', 'table', 'all', 'proto', '199') + run('ip', '-br', '-n', netns, 'addr', 'show', 'type', 'bridge');
    const before = state();
    await cloud.plane.ensureVpc({ ...port, subnets: [...port.subnets, { subnetId: 'subnet-two', cidr: '10.1.1.0/24', routeTableId: 'rtb-two' }], routes: [...port.routes, { ...port.routes[0]!, routeTableId: 'rtb-two', prefix: '0.0.0.0/0' }] });
    expect(state()).toContain('10.1.1.1/24');
    expect(run('ip', '-n', netns, 'route', 'get', '8.8.8.8', 'from', '10.1.1.9', 'iif', 's-two')).toContain(deviceNames.attachmentPeer(cloud.attachment.vpcAttachmentId));
    expect(() => run('ip', '-n', netns, 'route', 'get', '8.8.8.8', 'from', '10.1.0.9', 'iif', deviceNames.subnetBridge(cloud.subnet))).toThrow(/unreachable/);
    expect(run('ip', '-n', netns, 'route', 'get', '10.1.1.9', 'from', '10.1.0.9', 'iif', deviceNames.subnetBridge(cloud.subnet))).toContain('dev s-two');
    await cloud.plane.ensureVpc(port);
    expect(state()).toBe(before);
  });

  it('makes the device anew when the gateway was made anew', async () => {
    await customer.plane.removeGateway(customer.gateway);
    await customer.plane.ensureGateway({ borderGatewayId: customer.gateway, transitEnabled: false });
    expect((await customer.plane.inspect(customer.tunnel)).device).toBeNull();
    await customer.plane.ensureDevice(customer.tunnel);
    expect((await customer.plane.inspect(customer.tunnel)).device).toMatchObject({ up: false, address: '169.254.1.2/30' });
  });

  it('leaves nothing behind', async () => {
    const marked = () => readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && existsSync(`/proc/${pid}/environ`) && environ(pid).includes(`BORDERGATE_DAEMON=${dir}/`));
    expect(marked()).toHaveLength(3); // two charons and one BIRD: the other has just gone with its gateway
    await timed('remove', () => both(side => side.remove()));
    expect(marked()).toEqual([]);
    expect(run('ip', 'netns', 'list').split('\n').filter(line => line.startsWith(`bgt${random}`)).map(line => line.split(' ')[0])).toEqual([uplink]);
    expect(run('ip', '-n', uplink, 'rule').trim().split('\n')).toHaveLength(3);
    expect(run('ip', '-br', '-n', uplink, 'link').trim().split('\n').filter(line => line.startsWith('x-'))).toEqual([]);
    expect([cloud, customer].flatMap(side => readdirSync(side.options.dir))).toEqual([]);
  });
});

function environ(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // ended meanwhile
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteStream } from '@bordergate/kernel';
import { type BirdBgpSession, BirdControl, type BirdGateway, type BirdProtocol, type BirdRoute, heardRoutes, parseBfdSessions, parseLogLine, parseProtocols, parseRoutes, parseStatus, renderBirdConfig } from './index.js';

const possible = existsSync('/usr/sbin/bird') && process.getuid?.() === 0;

async function socketStream(path: string): Promise<ByteStream> {
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let failure: Error | undefined;
  socket.on('error', error => { failure = error; });
  return {
    write: bytes => void socket.write(bytes),
    onData: listener => void socket.on('data', listener),
    onClose: listener => void socket.on('close', () => listener(failure)),
    close: () => void socket.destroy(),
  };
}

async function eventually<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await look();
    if (holds(value) || tries === 200) return value;
    await sleep(50);
  }
}

const id = process.pid % 100_000;
const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' });

const session = (n: 1 | 2, over: Partial<BirdBgpSession> = {}): BirdBgpSession => ({
  name: `b_t${n}`, device: `t${n}`, localAddress: `169.254.${n}.1`, localAsn: 65000, neighborAddress: `169.254.${n}.2`, neighborAsn: 65010 + n, preference: 150,
  holdSeconds: 30, keepaliveSeconds: 10, bfd: { intervalMs: 100, multiplier: 3 }, advertise: ['10.1.0.0/24'], ...over,
});

const gateway = (one: Partial<BirdBgpSession> = {}, over: Partial<BirdGateway> = {}): BirdGateway => ({
  routerId: '10.255.0.1', gracefulRestartSeconds: 60,
  attachmentRoutes: [{ prefix: '10.1.0.0/24', device: 'v0', preference: 250 }, { prefix: '10.1.1.0/24', device: 'v0', preference: 250 }],
  staticRoutes: [{ prefix: '10.9.0.0/24', preference: 200, nextHops: [{ via: '169.254.1.2', device: 't1' }, { via: '169.254.2.2', device: 't2' }] }],
  bgp: [session(1, one), session(2)], refused: [], ownAsns: [], ...over,
});

// The customers' side: another AS path, MED and origin on each tunnel.
const customer = (dir: string, more = 0): string => `
log "${dir}/customer.log" all;
router id 10.255.0.9;
protocol device {}
protocol bfd {}
protocol static own { ipv4; route 10.2.0.0/24 blackhole; route 10.3.0.0/24 blackhole; route 10.4.0.0/24 blackhole; ${Array.from({ length: more }, (_, i) => `route 10.64.${i >> 8}.${i & 255}/32 blackhole; `).join('')}}
${[1, 2].map(n => `
ipv4 table m${n};
protocol pipe pipe${n} { table master4; peer table m${n}; import none; export all; }
protocol bgp p${n} { local 169.254.${n}.2 as ${65010 + n}; neighbor 169.254.${n}.1 as 65000; interface "t${n}"; direct; bfd on;
  connect delay time 1; connect retry time 1; error wait time 1, 1;
  ipv4 { table m${n}; import all; next hop self; export filter { if source != RTS_STATIC then reject; bgp_path.prepend(${64500 + n}); bgp_med = ${n};
    bgp_origin = ${n === 1 ? 'ORIGIN_IGP' : 'ORIGIN_INCOMPLETE'}; accept; }; };
}`).join('')}
`;

describe.skipIf(!possible)('a real BIRD (needs root and BIRD)', () => {
  const ours = `bird-a-${id}`;
  const theirs = `bird-b-${id}`;
  const daemons: ChildProcess[] = [];
  let dir: string;
  let bird: BirdControl;
  let peer: BirdControl;

  const start = async (netns: string, name: string): Promise<BirdControl> => {
    daemons.push(spawn('ip', ['netns', 'exec', netns, 'bird', '-f', '-c', `${dir}/${name}.conf`, '-s', `${dir}/${name}.ctl`, '-P', `${dir}/${name}.pid`], { stdio: 'ignore' }));
    await eventually(async () => existsSync(`${dir}/${name}.ctl`), Boolean);
    return new BirdControl(await socketStream(`${dir}/${name}.ctl`));
  };
  const configure = async (value: BirdGateway): Promise<void> => {
    writeFileSync(`${dir}/gateway.conf`, renderBirdConfig(value, { logFile: `${dir}/gateway.log` }));
    if (bird) await bird.command('configure');
  };
  const sessions = async (): Promise<BirdProtocol[]> => parseProtocols(await bird.command('show protocols all')).filter(one => one.proto === 'BGP');
  const routes = async (of: string): Promise<BirdRoute[]> => parseRoutes(await bird.command(`show route all ${of}`));
  const heard = async (name: string): Promise<string[]> =>
    heardRoutes(await routes(`filtered protocol ${name}`), await routes(`protocol ${name}`)).map(({ prefix, med, origin }) => `${prefix} med ${med} ${origin}`);
  const established = () => eventually(sessions, all => all.every(one => one.bgpState === 'Established' && one.routes?.imported === 3));
  const told = async (n: 1 | 2): Promise<string[]> =>
    parseRoutes(await peer.command(`show route all protocol p${n}`)).map(route => route.prefix).sort();
  const kernel = (prefix: string): string => ip('-n', ours, 'route', 'show', prefix);

  beforeAll(async () => {
    dir = mkdtempSync('/tmp/bird-');
    for (const netns of [ours, theirs]) {
      ip('netns', 'add', netns);
      ip('-n', netns, 'link', 'set', 'lo', 'up');
    }
    for (const [device, a, b] of [['t1', '169.254.1.1/30', '169.254.1.2/30'], ['t2', '169.254.2.1/30', '169.254.2.2/30'], ['v0', '192.0.2.1/30', '192.0.2.2/30']] as const) {
      ip('-n', ours, 'link', 'add', device, 'type', 'veth', 'peer', 'name', device, 'netns', theirs);
      for (const [netns, address] of [[ours, a], [theirs, b]] as const) {
        ip('-n', netns, 'addr', 'add', address, 'dev', device);
        ip('-n', netns, 'link', 'set', device, 'up');
      }
    }
    writeFileSync(`${dir}/customer.conf`, customer(dir));
    await configure(gateway());
    peer = await start(theirs, 'customer');
    bird = await start(ours, 'gateway');
    await established();
  });

  afterAll(async () => {
    for (const control of [bird, peer]) control?.close();
    for (const daemon of daemons) {
      if (daemon.exitCode !== null) continue;
      const gone = new Promise(resolve => daemon.once('exit', resolve));
      daemon.kill('SIGKILL');
      await gone;
    }
    for (const netns of [ours, theirs]) ip('netns', 'del', netns);
    rmSync(dir, { recursive: true });
  });

  it('is up, with equal costs over unequal AS paths', async () => {
    expect(parseStatus(await bird.command('show status'))).toMatchObject({ version: expect.stringMatching(/^2\./), routerId: '10.255.0.1' });
    expect((await routes('10.2.0.0/24')).map(route => [route.protocol, route.asPath, route.med, route.origin, route.preference])).toEqual(
      expect.arrayContaining([['b_t1', [65011, 64501], 0, 'igp', 150], ['b_t2', [65012, 64502], 0, 'igp', 150]]));
    for (const prefix of ['10.2.0.0/24', '10.9.0.0/24']) expect(kernel(prefix)).toMatch(/dev t1.*dev t2/s);
    const bfd = await eventually(async () => parseBfdSessions(await bird.command('show bfd sessions')), all => all.length === 2 && all.every(one => one.state === 'up'));
    expect(bfd.map(one => one.state)).toEqual(['up', 'up']);
    expect(await told(1)).toEqual(['10.1.0.0/24']);
  });

  it.each<[string, BirdGateway]>([
    ['what is advertised', gateway({ advertise: ['10.1.1.0/24', '10.9.0.0/24'] })],
    ['static routes', gateway({}, { staticRoutes: [] })],
    ['attachment routes', gateway({}, { attachmentRoutes: [] })],
    ['a preference', gateway({ preference: 100 })],
    ['a quarantine', gateway({ quarantined: true })],
    ['a receive limit', gateway({ receiveLimit: 50 })],
    ['what is refused', gateway({}, { refused: ['10.3.0.0/24'] })],
    ['our own AS numbers', gateway({}, { ownAsns: [65000, 65100] })],
    ['what transit tells', gateway({ transit: { prefixes: ['10.9.0.0/24'], notFrom: ['b_t1'] } })],
    ['BFD timers', gateway({ bfd: { intervalMs: 200, multiplier: 5 } })],
  ])('restarts no session when only %s changed', async (_what, changed) => {
    const before = (await established()).map(one => one.since);
    await configure(changed);
    await sleep(300);
    expect((await sessions()).map(one => one.since)).toEqual(before);
    await configure(gateway());
    await sleep(100);
    expect((await sessions()).map(one => one.since)).toEqual(before);
  });

  it('tells the peer exactly the set, at once', async () => {
    await configure(gateway({ advertise: ['10.1.1.0/24', '10.9.0.0/24', '10.99.0.0/24'] }));
    expect(await eventually(() => told(1), list => list.length === 2)).toEqual(['10.1.1.0/24', '10.9.0.0/24']);
    expect(await told(2)).toEqual(['10.1.0.0/24']);
    await configure(gateway({ advertise: [] }));
    expect(await eventually(() => told(1), list => list.length === 0)).toEqual([]);
    await configure(gateway());
    expect(await eventually(() => told(1), list => list.length === 1)).toEqual(['10.1.0.0/24']);
  });

  it('applies a preference to the routes that are there', async () => {
    await configure(gateway({ preference: 100 }));
    await eventually(async () => kernel('10.2.0.0/24'), text => !text.includes('t1'));
    expect(kernel('10.2.0.0/24')).not.toContain('t1');
    await configure(gateway());
    await eventually(async () => kernel('10.2.0.0/24'), text => text.includes('t1'));
    expect(kernel('10.2.0.0/24')).toContain('t1');
  });

  it('takes nothing from a session in quarantine and tells nothing over it, and all of it again afterwards', async () => {
    await established();
    await configure(gateway({ quarantined: true }));
    await eventually(async () => kernel('10.2.0.0/24'), text => !text.includes('t1'));
    expect(kernel('10.2.0.0/24')).not.toContain('t1');
    expect(await eventually(() => told(1), list => list.length === 0)).toEqual([]);
    await configure(gateway());
    await eventually(async () => kernel('10.2.0.0/24'), text => text.includes('t1'));
    expect(kernel('10.2.0.0/24')).toContain('t1');
    expect(await eventually(() => told(1), list => list.length === 1)).toEqual(['10.1.0.0/24']);
  });

  it('forwards nothing that is refused, keeps it in mind as it was said, and takes it in again at once', async () => {
    const before = (await established()).map(one => one.since);
    await configure(gateway({}, { refused: ['10.3.0.0/24', '10.4.0.0/24'] }));
    await eventually(async () => kernel('10.3.0.0/24') + kernel('10.4.0.0/24'), text => text === '');
    expect([kernel('10.3.0.0/24'), kernel('10.4.0.0/24')]).toEqual(['', '']);
    expect(kernel('10.2.0.0/24')).toMatch(/dev t1.*dev t2/s);
    expect((await routes('filtered protocol b_t1')).map(route => route.prefix).sort()).toEqual(['10.3.0.0/24', '10.4.0.0/24']);
    expect((await heard('b_t1')).sort()).toEqual(['10.2.0.0/24 med 1 igp', '10.3.0.0/24 med 1 igp', '10.4.0.0/24 med 1 igp']);
    expect((await heard('b_t2')).sort()).toEqual(['10.2.0.0/24 med 2 incomplete', '10.3.0.0/24 med 2 incomplete', '10.4.0.0/24 med 2 incomplete']);
    await configure(gateway({}, { refused: ['10.4.0.0/24'] }));
    await eventually(async () => kernel('10.3.0.0/24'), text => text.includes('t2'));
    expect(kernel('10.3.0.0/24')).toMatch(/dev t1.*dev t2/s);
    await configure(gateway({}, { ownAsns: [65099, 64501] })); // the AS_PATH over t1 has the second
    await eventually(async () => kernel('10.3.0.0/24'), text => !text.includes('t1'));
    expect(kernel('10.3.0.0/24')).toMatch(/dev t2/);
    expect(kernel('10.3.0.0/24')).not.toMatch(/dev t1/);
    await configure(gateway());
    expect((await sessions()).map(one => one.since)).toEqual(before);
  });

  it('tells another leg what one announces where transit says so, and nobody what came from them', async () => {
    const before = (await established()).map(one => one.since);
    const transit = { prefixes: ['10.2.0.0/24', '10.9.0.0/24'], notFrom: ['b_t1'] };
    // over t2 nothing comes any more but what t1 says: BIRD passes on its best route only, and that may be either of two equals
    await configure(gateway({ preference: 160 }, { bgp: [session(1, { preference: 160, transit }), session(2, { transit: { ...transit, notFrom: ['b_t2'] } })] }));
    expect(await eventually(async () => (await told(2)).join(' '), text => text.includes('10.2.0.0/24'))).toBe('10.1.0.0/24 10.2.0.0/24 10.9.0.0/24');
    expect(parseRoutes(await peer.command('show route all protocol p2 for 10.2.0.0/24'))[0]?.asPath).toEqual([65000, 65011, 64501]);
    expect(await eventually(async () => (await told(1)).join(' '), text => text.includes('10.9.0.0/24'))).toBe('10.1.0.0/24 10.9.0.0/24');
    await configure(gateway());
    expect(await eventually(() => told(2), list => list.length === 1)).toEqual(['10.1.0.0/24']);
    expect((await sessions()).map(one => one.since)).toEqual(before);
  });

  // Of the import table it would end BIRD: "Assertion 'r->use_count == 0' failed".
  it('lives on when a session ends while somebody slowly reads what it said', async () => {
    writeFileSync(`${dir}/customer.conf`, customer(dir, 5_000));
    await peer.command('configure');
    await eventually(sessions, all => all.every(one => one.routes?.imported === 5_003));
    const slow = connect(`${dir}/gateway.ctl`);
    await new Promise(resolve => slow.once('connect', resolve));
    slow.write('show route protocol b_t1 all\n'); // its answer is more than the socket takes, and nobody reads
    await sleep(300);
    await bird.command('disable b_t1');
    expect((await eventually(sessions, all => all[0]!.state === 'down')).map(one => one.state)).toEqual(['down', 'up']);
    slow.destroy();
    writeFileSync(`${dir}/customer.conf`, customer(dir));
    await peer.command('configure');
    await configure(gateway({}, { routerId: '10.255.0.1' }));
    await bird.command('enable b_t1');
    await established();
  });

  it('restarts one session alone when that one changed', async () => {
    const before = await established();
    await configure(gateway({ disabled: true }));
    const off = await eventually(sessions, all => all[0]!.state === 'down');
    expect(off.map(one => [one.state, one.bgpState])).toEqual([['down', 'Down'], ['up', 'Established']]);
    await configure(gateway({ receiveLimit: 2 }));
    const limited = await eventually(sessions, all => all[0]!.routes?.imported === 2);
    expect(limited[0]).toMatchObject({ bgpState: 'Established', receiveLimit: 2, receiveLimitHit: true, routes: { imported: 2, filtered: 0 } });
    expect(limited[1]!.since).toBe(before[1]!.since);
    // what was not taken in is nowhere, so a raised limit alone brings nothing back: the session has to begin anew
    await configure(gateway({ receiveLimit: 3 }));
    await sleep(300);
    expect(await heard('b_t1')).toHaveLength(2);
    await bird.command('restart b_t1');
    const raised = await eventually(sessions, all => all[0]!.routes?.imported === 3);
    expect(raised[0]).toMatchObject({ bgpState: 'Established', receiveLimitHit: false });
    expect(raised[1]!.since).toBe(before[1]!.since);
    await configure(gateway());
    await established();
  });

  it('moves BGP and static routes when a device goes down, and says so', async () => {
    await established();
    ip('-n', ours, 'link', 'set', 't1', 'down');
    const hops = await eventually(async () => kernel('10.2.0.0/24') + kernel('10.9.0.0/24'), text => !text.includes('t1'));
    expect(hops).toMatch(/10\.2\.0\.0\/24 via.*|10\.9\.0\.0\/24 via/s);
    expect(hops).not.toContain('t1');
    const events = readFileSync(`${dir}/gateway.log`, 'utf8').split('\n').map(parseLogLine);
    expect(events).toContainEqual({ type: 'bgp-lost', protocol: 'b_t1', reason: 'neighbor-lost' });
    ip('-n', ours, 'link', 'set', 't1', 'up');
    await established();
    expect(kernel('10.2.0.0/24')).toMatch(/dev t1.*dev t2/s);
  });
});

import type { BirdProtocol } from '@bordergate/bird';
import { TOPICS, type JournalRecord, type Topic } from '@bordergate/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BirdPort, Judgement, SentinelPort, SentinelTarget } from './data-plane.js';
import { SimulatedDataPlane } from './simulated/data-plane.js';
import { ATTACHMENT, CONNECTION, CUSTOMER1, DECISIONS, DERIVATIONS, eventRecord, GATEWAY, Lab, NODE, pause, REGION, spec, TUNNEL1, TUNNEL2, until } from './worker.test-support.js';

let lab: Lab;
beforeEach(async () => {
  lab = new Lab();
  await lab.decide(...DECISIONS);
  await lab.derive(DERIVATIONS);
});
afterEach(() => lab.stop());

const told = (pattern: RegExp): string[] => lab.told.filter(line => pattern.test(line));

describe('a tunnel worker', () => {
  it('brings tunnels, sessions and routes up, and tells what happened', async () => {
    lab.node.setCustomer(CUSTOMER1, { announce: ['10.2.0.0/24'] });
    await lab.start();
    await lab.bothUp();
    await until(() => lab.fib()['10.2.0.0/24'] !== undefined);
    expect(lab.fib()).toEqual({ '10.1.0.0/24': [ATTACHMENT], '10.2.0.0/24': [TUNNEL1], '10.3.0.0/24': [TUNNEL1, TUNNEL2] });
    expect(lab.observations.filter(o => 'tunnelId' in o && o.tunnelId === TUNNEL1).map(o => o.type)).toEqual(['TunnelOperStatusChanged', 'IkeSaEstablished', 'ChildSaInstalled', 'TunnelOperStatusChanged']);
    expect(lab.ribIn.get(`${GATEWAY}/${TUNNEL1}/10.2.0.0/24`)).toMatchObject({ type: 'BgpRouteAnnounced', asPath: [65010], region: REGION, node: NODE });
    expect(lab.fetched.sort()).toEqual([`psk-${TUNNEL1}`, `psk-${TUNNEL2}`]);
    expect(lab.node.gateway(GATEWAY)!.bird!.bgp.map(session => session.advertise)).toEqual([['10.1.0.0/24'], []]);
  });

  it('gives a sign of life at its start, of a life of its own', async () => {
    await lab.start();
    await lab.worker!.close();
    await lab.startAgain();
    await until(() => lab.signs.length === 2);
    expect(lab.signs).toEqual(lab.signs.map(() => ({ type: 'NodeHeartbeat', region: REGION, node: NODE, life: expect.any(String), beat: 0, leaseMs: 30_000 })));
    expect(new Set(lab.signs.map(sign => 'life' in sign && sign.life)).size).toBe(2);
  });

  it('touches only the tunnel that was edited', async () => {
    await lab.start();
    await lab.bothUp();
    lab.told.length = 0;
    await lab.decide({ type: 'TunnelReconfigured', vpnConnectionId: CONNECTION, tunnel: spec(TUNNEL1, { pskRef: 'psk-new' }) });
    await until(() => told(/^initiate/).length === 1 && lab.node.tunnel(TUNNEL1)!.device!.up);
    const shape = lab.told.map(line => line.replace(/-[0-9a-f]{8}$/, ''));
    expect(shape.slice(0, 3)).toEqual([`load-shared ${TUNNEL1}`, `load-conn ${TUNNEL1}`, `unload-conn ${TUNNEL1}`]);
    expect(shape.indexOf(`bird ${GATEWAY} b_2222222222`)).toBeLessThan(shape.indexOf(`terminate ${TUNNEL1}`));
    expect(shape.indexOf(`terminate ${TUNNEL1}`)).toBeLessThan(shape.indexOf(`device ${TUNNEL1} down`));
    expect(told(/2222222222/).filter(line => !line.startsWith('bird'))).toEqual([]);
    expect(lab.fetched).toContain('psk-new');
    await until(() => Object.keys(lab.node.gateway(GATEWAY)!.established).length === 2);
  });

  it('drains a tunnel that is disabled: a pause for those who send here, BIRD, a pause for what is under way, then the SA, then the device', async () => {
    await lab.start();
    await lab.bothUp();
    lab.told.length = 0;
    const decidedAt = Date.now();
    await lab.decide({ type: 'TunnelDisabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 });
    await until(() => lab.observations.some(o => o.type === 'TunnelOperStatusChanged' && o.reason === 'admin-down'));
    const at = (line: string): number => lab.toldAt.get(lab.told.find(each => each.startsWith(line))!)!;
    expect(at('bird') - decidedAt, 'a fabric has left').toBeGreaterThan(150);
    expect(at('terminate') - at('bird'), 'packets under way still pass').toBeGreaterThan(200);
    expect(lab.told.map(line => line.replace(/-[0-9a-f]{8}$/, '')).filter(line => !line.startsWith('unload'))).toEqual([`bird ${GATEWAY} b_2222222222`, `terminate ${TUNNEL1}`, `device ${TUNNEL1} down`]);
    expect(lab.ribIn.get(`${GATEWAY}/${TUNNEL1}/session`)).toMatchObject({ type: 'BgpSessionClosed' });

    await lab.decide({ type: 'TunnelEnabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 });
    await until(() => lab.status(TUNNEL1) === 'UP');
  });

  it('adopts what runs after a restart, with an empty journal and late facts, and withdraws what is stale', async () => {
    lab.node.setCustomer(CUSTOMER1, { announce: ['10.2.0.0/24'] });
    await lab.start();
    await lab.bothUp();
    await until(() => lab.fib()['10.2.0.0/24'] !== undefined);
    await lab.restart();
    const published = (async () => {
      await pause(30);
      await lab.decide(...DECISIONS);
      await pause(30); // routing computes
      await lab.derive(DERIVATIONS);
    })();
    // as long a rest as the product's: a machine that stalls must not look like facts that have settled
    await lab.start({ published: pause(60), loop: { settleMs: 1_000, lookMs: 100, sweepMs: 300 } });
    await published;
    await lab.bothUp();
    await until(() => lab.fib()['10.2.0.0/24'] !== undefined);
    await pause(250);
    expect(lab.told).toEqual([]);
    expect(lab.fetched, 'a tunnel that is up needs no key').toEqual([]);
  });

  it('withdraws from the topic what went while no worker looked', async () => {
    lab.node.setCustomer(CUSTOMER1, { announce: ['10.2.0.0/24', '10.4.0.0/24'] });
    await lab.start();
    await until(() => lab.ribIn.has(`${GATEWAY}/${TUNNEL1}/10.4.0.0/24`));
    await lab.worker!.close();
    lab.node.setCustomer(CUSTOMER1, { announce: ['10.4.0.0/24'] });
    await lab.startAgain();
    await until(() => !lab.ribIn.has(`${GATEWAY}/${TUNNEL1}/10.2.0.0/24`));
    expect(lab.ribIn.has(`${GATEWAY}/${TUNNEL1}/10.4.0.0/24`)).toBe(true);
  });

  it('sweeps what nobody wants, gateways after their tunnels', async () => {
    await lab.start();
    await lab.bothUp();
    await lab.worker!.close();
    lab.node.ensureTunnel({ tunnelId: 'tun-9999999999', borderGatewayId: 'bgw-9999999999', cloudPublicIp: '203.0.113.9', customerIp: '198.51.100.9', localTunnelIp: '169.254.9.2', remoteTunnelIp: '169.254.9.1', bandwidthMbps: 1 });
    lab.node.state.gateways['bgw-9999999999'] = { bird: null, established: {}, closed: {}, disabled: [] };
    lab.node.state.vpcs['vpc-9999999999'] = true;
    lab.told.length = 0;
    await lab.decide({ type: 'TunnelDisabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL2 }, { type: 'TunnelRemoved', vpnConnectionId: CONNECTION, tunnelId: TUNNEL2 });
    await lab.startAgain({ loop: { settleMs: 50, lookMs: 60_000, sweepMs: 60_000 } }); // at once, not a sweep later
    await until(() => !lab.node.gateway('bgw-9999999999') && !lab.node.tunnel(TUNNEL2));
    expect(told(/^remove/).indexOf('remove tunnel tun-9999999999')).toBeLessThan(told(/^remove/).indexOf('remove gateway bgw-9999999999'));
    expect(lab.node.state.vpcs).toEqual({ 'vpc-aaaaaaaaaa': true });
    await until(() => lab.observations.some(o => o.type === 'TunnelGone' && o.tunnelId === TUNNEL2));
    expect([...lab.ribIn.keys()].some(key => key.includes(TUNNEL2))).toBe(false);
    expect(told(new RegExp(`(terminate|initiate|device) ${TUNNEL1}`))).toEqual([]);
  });

  it('moves routes off a tunnel whose customer vanished, says why, and comes back with it', async () => {
    await lab.start();
    await lab.bothUp();
    lab.node.setCustomer(CUSTOMER1, { linkUp: false });
    await until(() => lab.status(TUNNEL1) === 'DOWN' && lab.fib()['10.3.0.0/24']?.length === 1);
    expect(lab.observations.findLast(o => o.type === 'TunnelOperStatusChanged')).toMatchObject({ reason: 'dpd-timeout' });
    await until(() => lab.observations.some(o => o.type === 'NegotiationFailed' && o.fault === 'peer-not-responding'));
    lab.node.setCustomer(CUSTOMER1, { linkUp: true });
    await until(() => lab.status(TUNNEL1) === 'UP' && lab.fib()['10.3.0.0/24']?.length === 2);
  });

  it('keeps its tunnels in order while the journal takes nothing, and tells when it is back', async () => {
    let away = false;
    const journal = { publish: (topic: Topic, records: readonly JournalRecord[]) => (away ? Promise.reject(new Error('broker away')) : lab.journal.publish(topic, records)), subscribe: lab.journal.subscribe.bind(lab.journal), own: lab.journal.own.bind(lab.journal), close: lab.journal.close.bind(lab.journal), check: lab.journal.check.bind(lab.journal) };
    await lab.start({ journal });
    await lab.bothUp();
    away = true;
    lab.told.length = 0;
    lab.node.setCustomer(CUSTOMER1, { linkUp: false });
    await until(() => told(new RegExp(`device ${TUNNEL1}`)).length > 0 && told(new RegExp(`initiate ${TUNNEL1}`)).length > 0);
    expect(lab.status(TUNNEL1)).toBe('UP');
    away = false;
    await until(() => lab.status(TUNNEL1) === 'DOWN' && lab.fib()['10.3.0.0/24']?.length === 1);
    lab.node.setCustomer(CUSTOMER1, { linkUp: true });
    await lab.bothUp();
  });

  it('tries at once when a failing tunnel is enabled again, and does not repeat the old reason', async () => {
    lab.node.setCustomer(CUSTOMER1, { linkUp: false });
    await lab.start();
    await until(() => lab.observations.filter(o => o.type === 'NegotiationFailed').length === 2); // the next try is 2 s away
    await lab.decide({ type: 'TunnelDisabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 });
    await until(() => lab.observations.some(o => o.type === 'TunnelOperStatusChanged' && o.reason === 'admin-down'));
    const before = lab.observations.length;
    lab.told.length = 0;
    await lab.decide({ type: 'TunnelEnabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 });
    await until(() => told(/^initiate tun-1/).length === 1, 500);
    await until(() => lab.observations.slice(before).some(o => o.type === 'NegotiationFailed'));
    expect(lab.observations.slice(before).flatMap(o => (o.type === 'TunnelOperStatusChanged' && o.tunnelId === TUNNEL1 ? o.reason : []))).toEqual(['negotiating', 'peer-not-responding']);
  });

  it('tells once that a tunnel is gone, though a negotiation was under way', async () => {
    await lab.start();
    await lab.bothUp();
    lab.node.setCustomer(CUSTOMER1, { linkUp: false });
    lab.told.length = 0;
    await until(() => told(/^initiate tun-1/).length === 1);
    await lab.decide({ type: 'TunnelDisabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 }, { type: 'TunnelRemoved', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 });
    await until(() => lab.observations.some(o => o.type === 'TunnelGone'));
    await pause(300); // the negotiation has ended
    expect(lab.observations.filter(o => o.type === 'TunnelGone')).toHaveLength(1);
    expect(told(/^remove tunnel/)).toEqual([`remove tunnel ${TUNNEL1}`]);
  });

  it('removes a gateway only when nothing works on it, and has one runner on it when it is wanted again', async () => {
    let [at, most, held] = [0, 0, false];
    let release = (): void => {};
    class SlowPlane extends SimulatedDataPlane {
      override async kernelFib(borderGatewayId: string) {
        most = Math.max(most, ++at);
        if (held) await new Promise<void>(resolve => { release = () => { held = false; resolve(); }; });
        at--;
        return super.kernelFib(borderGatewayId);
      }
    }
    await lab.start({ dataPlane: new SlowPlane(lab.node) });
    await lab.bothUp();
    held = true;
    lab.node.setCustomer(CUSTOMER1, { announce: ['10.2.0.0/24'] });
    await until(() => at === 1);
    const tunnels = [TUNNEL1, TUNNEL2];
    await lab.decide({ type: 'VpcDetached', borderGatewayId: GATEWAY, vpcAttachmentId: ATTACHMENT }, ...tunnels.map(tunnelId => ({ type: 'TunnelRemoved' as const, vpnConnectionId: CONNECTION, tunnelId })));
    await until(() => lab.observations.filter(o => o.type === 'TunnelGone').length === 2);
    await pause(50);
    await lab.decide(...DECISIONS.filter(({ type }) => type === 'VpcAttached' || type === 'TunnelAdded'));
    await pause(150);
    expect(told(/^remove gateway/)).toEqual([]);
    release();
    await until(() => told(/^remove gateway/).length === 1);
    await until(() => tunnels.every(tunnelId => lab.status(tunnelId) === 'UP') && lab.fib()['10.1.0.0/24'] !== undefined);
    expect(most).toBe(1);
  });

  it('takes the routes off a tunnel whose peer fell silent though IKE stands, listens, and brings them back', async () => {
    let judge: (judgement: Judgement) => void = () => {};
    let watched: readonly SentinelTarget[] = [];
    class WatchedPlane extends SimulatedDataPlane {
      override readonly sentinel: SentinelPort = {
        watch: (_gateway, tunnels) => { watched = tunnels; },
        bfdLookedUp: () => {},
        samples: async () => [{ tunnelId: TUNNEL2, sent: 10, received: 9, rttMs: { min: 1, avg: 1, max: 1 }, answers: true }],
        onJudgement: listener => { judge = listener; },
      };
    }
      lab.node.setCustomer(CUSTOMER1, { announce: ['10.2.0.0/24'] });
      await lab.start({ dataPlane: new WatchedPlane(lab.node), sampleIntervalMs: 200 });
      await lab.bothUp();
      await until(() => lab.fib()['10.2.0.0/24'] !== undefined);
      expect(watched.map(({ tunnelId, ikeSas, dpd }) => [tunnelId, ikeSas.length, dpd])).toEqual([[TUNNEL1, 1, true], [TUNNEL2, 1, true]]);
      lab.told.length = 0;
      judge({ tunnelId: TUNNEL1, verdict: 'hold-down', because: 'probes' });
      await until(() => lab.status(TUNNEL1) === 'DOWN');
      expect(lab.observations.findLast(o => o.type === 'TunnelOperStatusChanged')).toMatchObject({ tunnelId: TUNNEL1, reason: 'peer-silent' });
      await until(() => lab.fib()['10.3.0.0/24']?.join() === TUNNEL2 && lab.fib()['10.2.0.0/24'] === undefined);
      expect(told(/^device/)).toEqual([`device ${TUNNEL1} down`]);
      judge({ tunnelId: TUNNEL1, verdict: 'listening' });
      await until(() => told(/^device tun-1111111111 up/).length === 1);
      expect(lab.node.gateway(GATEWAY)!.bird!.bgp.map(session => session.quarantined ?? false)).toEqual([true, false]);
      await pause(250);
      expect(lab.fib()['10.3.0.0/24']).toEqual([TUNNEL2]);
      judge({ tunnelId: TUNNEL1, verdict: 'usable' });
      await until(() => lab.status(TUNNEL1) === 'UP' && lab.fib()['10.2.0.0/24'] !== undefined);
      expect(told(/terminate|initiate|2222222222 down/)).toEqual([]);
      // alone: BIRD leaves it, and the device stays
      lab.told.length = 0;
      judge({ tunnelId: TUNNEL1, verdict: 'listening', because: 'probes', alone: true });
      await until(() => lab.status(TUNNEL1) === 'DOWN' && lab.fib()['10.3.0.0/24']?.join() === TUNNEL2);
      expect(lab.observations.findLast(o => o.type === 'TunnelOperStatusChanged')).toMatchObject({ tunnelId: TUNNEL1, reason: 'peer-silent' });
      judge({ tunnelId: TUNNEL1, verdict: 'usable' });
      await until(() => lab.status(TUNNEL1) === 'UP' && lab.fib()['10.2.0.0/24'] !== undefined);
      expect(told(/^device|terminate|initiate/)).toEqual([]);
      await until(() => lab.samples.some(sample => (sample as { type: string }).type === 'TunnelProbesSampled'));
      expect(lab.samples).toContainEqual(expect.objectContaining({ type: 'TunnelProbesSampled', tunnelId: TUNNEL2, node: NODE, sent: 10, received: 9, answers: true }));
      await lab.decide({ type: 'TunnelDisabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 });
      await until(() => watched.length === 1);
  });

  it('tells that sessions are closed after a power cut, before it is ready: the kernel has kept nothing to forward on', async () => {
    await lab.start();
    await lab.bothUp();
    await lab.worker!.close();
    Object.assign(lab.node.state, { gateways: {}, vpcs: {}, attachments: {}, tunnels: {} });
    const history: string[] = [];
    await lab.journal.subscribe(TOPICS.ribIn, { name: 'history', from: 'beginning' }, {
      batch: records => { for (const { key, event } of records) if (key === `${GATEWAY}/${TUNNEL1}/session`) history.push((event?.data as { type: string } | undefined)?.type ?? 'none'); },
    });
    await until(() => history.length > 0);
    history.length = 0;
    await lab.startAgain();
    await until(() => history.includes('BgpSessionEstablished'));
    expect(history).toEqual(['BgpSessionClosed', 'BgpSessionEstablished']);
  });

  it.each([
    { what: 'and says so when they have not come back for long', back: false, again: false, closesAfter: 6_000 },
    { what: 'and says at once when they came back and close again', back: true, again: false, closesAfter: 3_000 },
    { what: 'and is so anew when it is started once more', back: true, again: true, closesAfter: 9_000 },
  ])('is patient with sessions and routes of a BIRD that was started again between two looks, $what', async ({ back, again, closesAfter }) => {
    const birdTime = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
    class RestartedPlane extends SimulatedDataPlane {
      birdStartedAt: number | undefined;
      sessions = false;
      routes = false;
      override bird(borderGatewayId: string): BirdPort {
        const [bird, at] = [super.bird(borderGatewayId), this.birdStartedAt];
        if (at === undefined) return bird;
        const device: BirdProtocol = { name: 'device1', proto: 'Device', state: 'up', since: birdTime(at), info: '' };
        const since = (protocol: BirdProtocol): BirdProtocol => (this.sessions ? { ...protocol, since: birdTime(at) } : { ...protocol, state: 'start', bgpState: 'Active', info: 'Active' });
        const restarted = { ...bird, protocols: async () => [device, ...(await bird.protocols()).map(since)] };
        return this.routes ? restarted : { ...restarted, routesOf: async () => [], heardFrom: async () => [] };
      }
    }
    let later = 0;
    const dataPlane = new RestartedPlane(lab.node);
    lab.node.setCustomer(CUSTOMER1, { announce: ['10.2.0.0/24'] });
    await lab.start({ dataPlane, clock: { now: () => Date.now() + later } });
    await lab.bothUp();
    const rows = () => [`${GATEWAY}/${TUNNEL1}/session`, `${GATEWAY}/${TUNNEL1}/10.2.0.0/24`].map(key => lab.ribIn.get(key)?.type);
    const changed = () => lab.node.setCustomer(CUSTOMER1, { announce: ['10.2.0.0/24'] });
    await until(() => rows().join() === 'BgpSessionEstablished,BgpRouteAnnounced');
    dataPlane.birdStartedAt = Date.now();
    changed();
    await pause(100);
    expect(rows()).toEqual(['BgpSessionEstablished', 'BgpRouteAnnounced']);
    dataPlane.sessions = true; // and its routes have not come yet
    later = 2_000;
    changed();
    await pause(100);
    expect(rows()).toEqual(['BgpSessionEstablished', 'BgpRouteAnnounced']);
    const before = lab.ribIn.get(`${GATEWAY}/${TUNNEL1}/session`);
    if (back) {
      dataPlane.routes = true;
      changed();
      await until(() => !Object.is(lab.ribIn.get(`${GATEWAY}/${TUNNEL1}/session`), before));
      expect(rows()).toEqual(['BgpSessionEstablished', 'BgpRouteAnnounced']);
    }
    if (again) { // a look before it dies
      dataPlane.routes = false;
      changed();
      await pause(100);
      expect(rows()).toEqual(['BgpSessionEstablished', undefined]);
    }
    dataPlane.sessions = dataPlane.routes = false;
    if (again) {
      later = 3_000;
      dataPlane.birdStartedAt = Date.now() + later;
      changed();
      await pause(100);
      expect(rows()).toEqual(['BgpSessionEstablished', undefined]);
    }
    later = closesAfter;
    changed();
    await until(() => rows().join() === 'BgpSessionClosed,');
  });

  it('tells that sessions are closed when BIRD is gone, but not while it may come back', async () => {
    class BirdlessPlane extends SimulatedDataPlane {
      away = false;
      override bird(borderGatewayId: string): BirdPort {
        const bird = super.bird(borderGatewayId);
        if (!this.away) return bird;
        return { ...bird, running: async () => false, ensure: async () => { throw new Error('bird does not start'); } };
      }
    }
    let later = 0;
    const dataPlane = new BirdlessPlane(lab.node);
    await lab.start({ dataPlane, clock: { now: () => Date.now() + later } });
    await lab.bothUp();
    const session = () => lab.ribIn.get(`${GATEWAY}/${TUNNEL1}/session`)?.type;
    const changed = () => lab.node.setCustomer(CUSTOMER1, {});
    dataPlane.away = true;
    changed();
    await pause(100);
    expect(session()).toBe('BgpSessionEstablished');
    dataPlane.away = false;
    changed();
    await pause(100);
    expect(session()).toBe('BgpSessionEstablished');
    later += 10_000;
    changed();
    await pause(100);
    dataPlane.away = true;
    changed();
    await pause(100);
    later += 10_000;
    changed();
    await until(() => session() === 'BgpSessionClosed');
  });

  it('tries again when a key cannot be had, and leaves other tunnels alone', async () => {
    let refuse = true;
    await lab.start({ psks: async pskRef => { if (refuse && pskRef.includes(TUNNEL1)) throw new Error('vault closed'); return 'not a secret'; } });
    await until(() => lab.status(TUNNEL2) === 'UP');
    expect(told(/^initiate tun-1/)).toEqual([]);
    refuse = false;
    await until(() => lab.status(TUNNEL1) === 'UP');
  });

  it('samples every tunnel, and shows every configured one in its metrics', async () => {
    const { app } = await lab.start({ sampleIntervalMs: 20 });
    await lab.decide({ type: 'TunnelDisabled', vpnConnectionId: CONNECTION, tunnelId: TUNNEL2 });
    await until(() => new Set(lab.samples.map(sample => (sample as { tunnelId: string }).tunnelId)).size === 2);
    expect(lab.samples[0]).toMatchObject({ type: 'TunnelCountersSampled', region: REGION, counterEpoch: expect.stringContaining('simulated'), original: { bytesIn: expect.any(Number) } });
    await until(() => lab.status(TUNNEL1) === 'UP' && lab.status(TUNNEL2) === 'DOWN');
    const metrics = (await app.inject('/metrics')).body;
    const ids = (tunnelId: string) => `region="${REGION}",bgw_id="${GATEWAY}",vpn_connection_id="${CONNECTION}",vpn_tunnel_id="${tunnelId}"`;
    expect(metrics).toMatch(new RegExp(`^strongswan_sa_status\\{[^}]*${ids(TUNNEL1)}[^}]*\\} 0$`, 'm'));
    expect(metrics).toMatch(new RegExp(`^strongswan_sa_status\\{[^}]*${ids(TUNNEL2)}[^}]*\\} 2$`, 'm'));
    expect(metrics).toMatch(/vpn_worker_info\{driver="simulated"/);
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
  });

  it('leaves to telemetry what a tunnel is to its owner, and shows nothing of a tunnel that was removed', async () => {
    lab.node.setCustomer(CUSTOMER1, { linkUp: false });
    const { app } = await lab.start();
    const metrics = async () => (await app.inject('/metrics')).body;
    await until(() => lab.status(TUNNEL2) === 'UP' && lab.observations.some(o => o.type === 'NegotiationFailed'));
    expect(await metrics()).not.toMatch(/^vpn_tunnel_/m);
    expect(await metrics()).toMatch(new RegExp(`^vpn_negotiation_failures_total\\{[^}]*vpn_tunnel_id="${TUNNEL1}",fault="peer-not-responding"[^}]*\\} 1$`, 'm'));
    await lab.decide({ type: 'TunnelRemoved', vpnConnectionId: CONNECTION, tunnelId: TUNNEL1 });
    await until(() => lab.observations.some(o => o.type === 'TunnelGone'));
    expect(await metrics()).not.toContain(TUNNEL1);
    expect(await metrics()).toContain(TUNNEL2);
  });

  it('times how soon a silence is found and left, once for each silence', async () => {
    const dataPlane = new SimulatedDataPlane(lab.node);
    let judge: (judgement: Judgement) => void = () => {};
    const { app } = await lab.start({ dataPlane: Object.assign(dataPlane, { sentinel: { ...dataPlane.sentinel, onJudgement: (listener: typeof judge) => { judge = listener; } } }) });
    await lab.bothUp();
    for (const verdict of ['hold-down', 'listening'] as const) judge({ tunnelId: TUNNEL1, verdict, because: 'probes', heardMsAgo: 320 });
    judge({ tunnelId: TUNNEL1, verdict: 'usable' });
    judge({ tunnelId: TUNNEL1, verdict: 'hold-down', because: 'bfd', heardMsAgo: 300 });
    const metrics = async () => (await app.inject('/metrics')).body;
    await expect.poll(metrics).toMatch(/^vpn_switchover_seconds_count\{.*because="bfd"/m);
    expect(await metrics()).toMatch(/^vpn_detection_seconds_sum\{.*because="probes".*\} 0.32$/m);
    for (const because of ['probes', 'bfd']) for (const name of ['detection', 'switchover']) expect(await metrics()).toMatch(new RegExp(`^vpn_${name}_seconds_count\\{.*because="${because}".*\\} 1$`, 'm'));
  });

  it('serves the simulated customers', async () => {
    const { app } = await lab.start();
    await lab.bothUp();
    const changed = await app.inject({ method: 'POST', url: `/simulation/v1/customers/${CUSTOMER1}`, payload: { announce: ['10.7.0.0/16'], prepend: 1 } });
    expect(changed.statusCode).toBe(200);
    expect(changed.json()).toMatchObject({ driver: 'simulated', announce: ['10.7.0.0/16'], linkUp: true, tunnels: [{ tunnelId: TUNNEL1, up: true, bgpEstablished: true }] });
    await until(() => lab.fib()['10.7.0.0/16'] !== undefined);
    expect(lab.ribIn.get(`${GATEWAY}/${TUNNEL1}/10.7.0.0/16`)).toMatchObject({ asPath: [65010, 65010] });
    expect((await app.inject({ method: 'POST', url: `/simulation/v1/customers/${CUSTOMER1}`, payload: { announce: ['10.7.0.1/16'] } })).statusCode).toBe(400);
  });

  it('leaves out a record it cannot read, and goes on', async () => {
    const { app } = await lab.start();
    await lab.journal.publish(TOPICS.fib, [{ key: 'x', partitionKey: 'x', event: { data: { type: 'Nonsense' }, id: '1' } as never }]);
    await lab.journal.publish(TOPICS.decisions, [eventRecord('stream', { type: 'VpnConnectionDeleted', vpnConnectionId: CONNECTION } as never, 'without its place in the log')]);
    await lab.bothUp();
    await until(() => lab.errors.length === 0);
    const metrics = (await app.inject('/metrics')).body;
    for (const topic of [TOPICS.fib, TOPICS.decisions]) expect(metrics).toMatch(new RegExp(`vpn_worker_refused_records_total\\{topic="${topic.name}"[^}]*\\} 1`));
  });
});

import { http, keyOf, TOPICS, type BgpObservation } from '@bordergate/contracts';
import { Gate, signRecord, type Handler } from '@bordergate/platform';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/database.js';
import { at, ref, T0, TelemetryWorld } from './telemetry.test-support.js';

let world: TelemetryWorld;
let database: TestDatabase;
beforeAll(async () => { database = await testDatabase(); });
afterAll(() => database.drop());
beforeEach(async () => { world = await TelemetryWorld.create(database); });
afterEach(() => world.end());
const remove = (tunnelId: string) => world.decide({ type: 'TunnelRemoved', vpnConnectionId: 'vpn-1', tunnelId });
const metrics = async () => (await world.telemetry.app.inject('/metrics')).body;

describe('states', () => {
  it('are there for every configured tunnel, and follow what is reported', async () => {
    await world.configure('tun-1', 'tun-2');
    await world.oper('tun-1', 'UP', 1);
    await world.publish(TOPICS.ribIn, keyOf.bgpSession('bgw-1', 'tun-1'), { type: 'BgpSessionEstablished', ...ref('tun-1'), epoch: 1, neighborAddress: '169.254.0.1', neighborAsn: 65010, since: at(2) } satisfies BgpObservation, 2);
    await world.publish(TOPICS.ribIn, keyOf.bgpRoute('bgw-1', 'tun-1', '10.1.0.0/16'), { type: 'BgpRouteAnnounced', ...ref('tun-1'), epoch: 1, prefix: '10.1.0.0/16', asPath: [65010], asPathLength: 1, since: '2026-01-01T00:00:00.000Z', origin: 'igp', med: null, communities: [] } satisfies BgpObservation, 3);
    await world.sample('tun-1', 0, 1);
    await world.sample('tun-1', 1_000, 1.5);
    await vi.waitFor(async () => expect((await world.stateOf('tun-1')).rates).not.toBeNull());
    expect(await world.stateOf('tun-1')).toMatchObject({
      opStatus: 'UP', opReason: 'established', driver: 'simulated', bgpStatus: 'established', learnedPrefixes: 1,
      counters: { original: { bytesIn: 1_000 } }, rates: { originalInBps: 16_000 }, history: [{ what: 'BGP established' }, { what: 'oper UP' }, { what: 'added', detail: 'by alice' }],
    });
    expect(await world.stateOf('tun-2')).toMatchObject({ opStatus: 'DOWN', opReason: 'unknown', counters: null });
  });

  it('are the same after a restart', async () => {
    await world.configure('tun-1');
    await world.oper('tun-1', 'UP', 1);
    await vi.waitFor(async () => expect((await world.stateOf('tun-1')).opStatus).toBe('UP'));
    const before = await world.stateOf('tun-1');
    await world.telemetry.close();
    await world.start();
    expect(await world.stateOf('tun-1')).toEqual(before);
  });

  it('of a node that is not heard are down because of that, in the metrics too, until it is heard again', async () => {
    const beat = (node: string, n: number) => world.journal.publish(TOPICS.nodes, [signRecord({ clock: { now: () => world.now }, key: keyOf.node('region-1', node), actor: 'test' }, { type: 'NodeHeartbeat', region: 'region-1', node, life: 'a', beat: n, leaseMs: 30_000 })]);
    await world.configure('tun-1');
    await world.oper('tun-1', 'UP', 1);
    await beat('node-1', 1);
    await vi.waitFor(async () => expect((await world.stateOf('tun-1')).opStatus).toBe('UP'));
    for (let n = 1; n <= 8; n++) {
      world.now += 5_000;
      await beat('node-2', n);
      await new Promise((resolve) => setImmediate(resolve)); // heard at this time, and not with the next
    }
    await vi.waitFor(async () => expect(await world.stateOf('tun-1')).toMatchObject({ opStatus: 'DOWN', opReason: 'node-silent', opSince: at(0) }));
    expect(await metrics()).toContain('vpn_tunnel_oper_reason{region="region-1",bgw_id="bgw-1",vpn_connection_id="vpn-1",vpn_tunnel_id="tun-1",reason="node-silent",service="telemetry"} 1');
    await beat('node-1', 1); // the same again
    await beat('node-2', 9);
    expect((await world.stateOf('tun-1')).opReason).toBe('node-silent');
    await beat('node-1', 2);
    await vi.waitFor(async () => expect(await world.stateOf('tun-1')).toMatchObject({ opStatus: 'UP', opReason: 'established' }));
    expect(world.lines.filter(({ node }) => node === 'region-1/node-1').map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('are listed by filter and page', async () => {
    await world.configure('tun-1', 'tun-2', 'tun-3');
    const first = (await world.get('tunnelStates?limit=2&vpnConnectionId=vpn-1&bgwId=bgw-1')).json();
    expect([first.items.map((s: any) => s.vpnTunnelId), first.nextCursor]).toEqual([['tun-1', 'tun-2'], expect.any(String)]);
    expect((await world.get(`tunnelStates?limit=2&cursor=${first.nextCursor}`)).json()).toMatchObject({ items: [{ vpnTunnelId: 'tun-3' }], nextCursor: null });
    expect((await world.get('tunnelStates?bgwId=bgw-2')).json()).toEqual({ items: [], nextCursor: null });
    expect((await world.get('tunnelStates?colour=red')).json()).toMatchObject({ status: 400, field: 'colour' });
  });

  it.each([['tunnelStates?cursor=tun-2', 'cursor'], ['tunnelStates?limit=0x2', 'limit'], ['live?x=1', 'x'], ['vpnTunnels/tun-1/state?x=1', 'x']])('are not answered to %s', async (path, field) => {
    expect((await world.get(path)).json()).toMatchObject({ status: 400, code: 'invalid-request', field });
  });

  it('of an unknown tunnel, or one elsewhere, are a problem', async () => {
    await world.configure('tun-1');
    expect((await world.get('vpnTunnels/tun-9/state')).json()).toMatchObject({ status: 404, code: 'not-found' });
    expect((await world.telemetry.app.inject('/v1/regions/region-2/vpnTunnels/tun-1/state')).statusCode).toBe(404);
  });

  it('lose their rates when samples stay away', async () => {
    await world.configure('tun-1');
    await world.sample('tun-1', 0, 0);
    await world.sample('tun-1', 1_000, 0.2);
    await vi.waitFor(async () => expect((await world.stateOf('tun-1')).rates).not.toBeNull());
    world.now = T0 + 60_000;
    await vi.waitFor(async () => expect((await world.stateOf('tun-1')).rates).toBeNull());
  });

  it('do not wait for a record that breaks its schema; it is told and counted', async () => {
    await world.configure('tun-1');
    await world.publish(TOPICS.tunnelObservations, 'bgw-1/tun-1', { type: 'FromTheFuture' });
    for (const key of ['bgw-1', keyOf.bgpSession('bgw-1', 'tun-1')]) {
      await world.publish(TOPICS.ribIn, key, { type: 'BgpRouteAnnounced', ...ref('tun-1'), epoch: 1, prefix: '10.1.0.0/16', asPath: [], asPathLength: 0, since: '2026-01-01T00:00:00.000Z', origin: 'igp', med: null, communities: [] } satisfies BgpObservation);
    }
    await world.observe({ type: 'KernelFibObserved', region: 'region-1', borderGatewayId: 'bgw-1', node: 'node-1', entries: [] });
    await world.oper('tun-1', 'UP', 1);
    await vi.waitFor(async () => expect((await world.stateOf('tun-1')).opStatus).toBe('UP'));
    const refusals = () => world.lines.filter((line) => line.level === 'error');
    await vi.waitFor(() => expect(refusals()).toHaveLength(3));
    expect(refusals()).toContainEqual(expect.objectContaining({ message: 'a record breaks its schema and is parked', topic: 'tunnel.observations.v1' }));
    expect(await metrics()).toContain('vpn_telemetry_refused_records_total{topic="tunnel.observations.v1",service="telemetry"} 1');
    expect(await metrics()).toContain('vpn_telemetry_refused_records_total{topic="bgp.rib-in.v1",service="telemetry"} 2');
  });

  it('are ready when the journal has been read', async () => {
    expect((await world.telemetry.app.inject('/health/ready')).json()).toMatchObject({ checks: { journal: 'ok' } });
  });

  it('are described', async () => {
    const { paths } = (await world.telemetry.app.inject('/openapi.json')).json();
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v1/regions/{region}/tunnelStates', '/v1/regions/{region}/vpnTunnels/{id}/state', '/v1/regions/{region}/live']));
  });
});

describe('metrics', () => {
  it('have every configured tunnel, before anyone reports it', async () => {
    await world.configure('tun-1');
    const ids = 'region="region-1",bgw_id="bgw-1",vpn_connection_id="vpn-1",vpn_tunnel_id="tun-1"';
    const body = await metrics();
    for (const line of [
      `vpn_tunnel_oper_up{${ids},service="telemetry"} 0`, `vpn_tunnel_admin_up{${ids},service="telemetry"} 1`, `vpn_tunnel_original_in_bytes_total{${ids},service="telemetry"} 0`,
      `bgp_peer_state{${ids},state="down",service="telemetry"} 1`, `bgp_peer_state{${ids},state="established",service="telemetry"} 0`, `vpn_tunnel_oper_reason{${ids},reason="unknown",service="telemetry"} 1`,
      `vpn_tunnel_last_transition_timestamp_seconds{${ids},service="telemetry"} ${T0 / 1_000}`,
    ]) expect(body).toContain(line);
    expect(body).toMatch(/vpn_tunnel_info\{.*vpn_connection_name="idc",bgw_name="edge",customer_gateway_id="cgw-1",.*customer_ip="198.51.100.1".*\} 1/);
  });

  it('have every configured virtual interface, with the reason it is shown with', async () => {
    await world.decide({
      type: 'VirtualInterfaceCreated', vifId: 'vif-1', region: 'region-1', name: 'line', description: '', borderGatewayId: 'bgw-1', line: { node: 'node-1', interface: 'eth1', vlanId: null }, adminStatus: 'UP',
      vifIp: '10.255.0.0/30', localVifIp: '10.255.0.2', remoteVifIp: '10.255.0.1', bgpEnabled: true, localAsn: 65000 as never, customerAsn: 65010 as never,
      bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 },
    });
    const ids = 'region="region-1",bgw_id="bgw-1",vif_id="vif-1"';
    await vi.waitFor(async () => expect(await metrics()).toContain(`vpn_vif_oper_up{${ids},service="telemetry"} 0`));
    await world.publish(TOPICS.tunnelObservations, 'bgw-1/vif-1', { type: 'VifOperStatusChanged', region: 'region-1', borderGatewayId: 'bgw-1', vifId: 'vif-1', node: 'node-1', operStatus: 'DOWN', reason: 'no-carrier', detail: '', since: at(5), driver: 'linux' }, 5);
    await vi.waitFor(async () => expect(await metrics()).toContain(`vpn_vif_oper_reason{${ids},reason="no-carrier",service="telemetry"} 1`));
    const body = await metrics();
    for (const line of [
      `vpn_vif_oper_reason{${ids},reason="link-up",service="telemetry"} 0`, `vpn_vif_last_transition_timestamp_seconds{${ids},service="telemetry"} ${T0 / 1_000 + 5}`, `vpn_vif_info{${ids},node="node-1",driver="linux",service="telemetry"} 1`,
    ]) expect(body).toContain(line);
  });

  it('count traffic and flaps, and forget a removed tunnel', async () => {
    await world.configure('tun-1', 'tun-2');
    for (const [status, seconds] of [['UP', 1], ['DOWN', 2], ['UP', 3]] as const) await world.oper('tun-1', status, seconds);
    await world.publish(TOPICS.ribIn, keyOf.bgpSession('bgw-1', 'tun-1'), { type: 'BgpSessionClosed', ...ref('tun-1'), epoch: 1, reason: 'Hold timer expired', since: at(4) } satisfies BgpObservation, 4);
    await world.sample('tun-1', 4_000, 3);
    await remove('tun-2');
    await vi.waitFor(async () => expect(await metrics()).toMatch(/vpn_tunnel_encrypted_in_bytes_total\{.*"tun-1".*\} 4000/));
    const body = await metrics();
    expect(body).toMatch(/vpn_tunnel_flaps_total\{.*"tun-1".*\} 1\n/);
    expect(body).toMatch(/bgp_peer_flaps_total\{.*"tun-1".*\} 0\n/);
    expect(body).toMatch(/bgp_peer_last_transition_timestamp_seconds\{.*"tun-1".*\} 1767225604\n/);
    expect(body).toMatch(/vpn_tunnel_last_transition_timestamp_seconds\{.*"tun-1".*\} 1767225603\n/);
    expect(body).not.toContain('tun-2');
  });
});

describe('live', () => {
  let url: string;
  let gate: Gate;
  const open: AbortController[] = [];
  // Served as processes do it.
  beforeEach(async () => {
    gate = await Gate.listen('127.0.0.1', 0);
    gate.serve(world.telemetry.app.getHttpAdapter().getInstance().routing as Handler);
    url = `http://127.0.0.1:${gate.port}`;
  });
  afterEach(async () => {
    for (const stop of open.splice(0)) stop.abort();
    await gate.close();
  });

  /** A client that gathers what comes. */
  async function listen(lastEventId?: string, region = 'region-1') {
    const stop = new AbortController();
    open.push(stop);
    const response = await fetch(`${url}/v1/regions/${region}/live`, { signal: stop.signal, headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } });
    const client = { text: '', ended: false, response, stop: () => stop.abort(), events: () => eventsOf(client.text) };
    void (async () => {
      const decoder = new TextDecoder();
      try {
        for await (const chunk of response.body!) client.text += decoder.decode(chunk, { stream: true });
        client.ended = true;
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      }
    })();
    return client;
  }
  const eventsOf = (text: string) => [...text.matchAll(/id: (\S+)\nevent: (\S+)\ndata: (.*)\n\n/g)].map(([, id, name, data]) => ({ id: id!, name: name!, data: JSON.parse(data!) }));
  const briefly = (client: { text: string }) => eventsOf(client.text).map(({ name, data }) => (name === 'snapshot' ? [name, ...data.items.map((s: any) => s.vpnTunnelId)] : [name, data.vpnTunnelId, data.opStatus]));

  it('answers HEAD, and ends', async () => {
    const response = await fetch(`${url}/v1/regions/region-1/live`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });

  it('begins with a snapshot and tells changes and removals', async () => {
    await world.configure('tun-1', 'tun-2');
    const client = await listen();
    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    await world.oper('tun-1', 'UP', 1);
    await remove('tun-2');
    await vi.waitFor(() => expect(briefly(client)).toEqual([['snapshot', 'tun-1', 'tun-2'], ['tunnelState', 'tun-1', 'UP'], ['tunnelRemoved', 'tun-2', undefined]]));
    expect(http.TunnelState.parse(client.events()[1]!.data).history[0]!.what).toBe('oper UP');
    await vi.waitFor(() => expect(client.text).toContain('\n: heartbeat\n'));
  });

  it('carries rates', async () => {
    await world.configure('tun-1');
    const client = await listen();
    await world.sample('tun-1', 0, 0);
    await world.sample('tun-1', 1_000, 0.2);
    await vi.waitFor(() => expect(client.events().at(-1)).toMatchObject({ name: 'tunnelState', data: { rates: { originalInBps: 40_000 } } }));
  });

  it('resumes after the last event: what changed meanwhile, each tunnel once', async () => {
    await world.configure('tun-1', 'tun-2', 'tun-3');
    const first = await listen();
    await world.oper('tun-1', 'UP', 1);
    await vi.waitFor(() => expect(first.events()).toHaveLength(2));
    first.stop();
    for (const [status, seconds] of [['UP', 2], ['DOWN', 3]] as const) await world.oper('tun-2', status, seconds);
    await remove('tun-3');
    await vi.waitFor(async () => expect((await world.get('tunnelStates')).json().items).toHaveLength(2));
    const second = await listen(first.events().at(-1)!.id);
    await vi.waitFor(() => expect(briefly(second)).toEqual([['tunnelState', 'tun-2', 'DOWN'], ['tunnelRemoved', 'tun-3', undefined]]));
    await world.oper('tun-1', 'DOWN', 5);
    await vi.waitFor(() => expect(briefly(second).at(-1)).toEqual(['tunnelState', 'tun-1', 'DOWN']));
  });

  it.each(['nonsense', 'otherlife-3', `${T0.toString(36)}-999999`])('an id it does not know (%s) begins anew', async (id) => {
    await world.configure('tun-1');
    const client = await listen(id);
    await vi.waitFor(() => expect(briefly(client)).toEqual([['snapshot', 'tun-1']]));
  });

  it('keeps regions apart', async () => {
    await world.configure('tun-1');
    const other = await listen(undefined, 'region-2');
    const own = await listen();
    await world.oper('tun-1', 'UP', 1);
    await vi.waitFor(() => expect(own.events()).toHaveLength(2));
    expect(briefly(other)).toEqual([['snapshot']]);
  });

  it('are so many at most; one more is asked to come again, and may when one has left', async () => {
    const clients = [await listen(), await listen(), await listen()];
    const refused = await fetch(`${url}/v1/regions/region-1/live`);
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([503, '1', expect.objectContaining({ code: 'busy', detail: expect.stringContaining('at most 3 live streams') })]);
    clients[0]!.stop();
    await vi.waitFor(async () => expect((await listen()).response.status).toBe(200));
  });

  it('ends when the service closes', async () => {
    await world.configure('tun-1');
    const client = await listen();
    await vi.waitFor(() => expect(client.events()).toHaveLength(1));
    expect(await metrics()).toContain('vpn_telemetry_live_streams{service="telemetry"} 1');
    await world.telemetry.close();
    await vi.waitFor(() => expect(client.ended).toBe(true));
    await world.start();
  });
});

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { http, keyOf, TOPICS, type RouteLimitReached, type RouteRefused } from '@bordergate/contracts';
import { MemoryJournal } from '@bordergate/platform';
import { DEFAULT_ALARMS } from '@bordergate/telemetry-core';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTelemetry } from '../index.js';
import { T0, TelemetryWorld, VAULT_KEYS } from '../telemetry.test-support.js';
import { PAUSES_MS } from './notifier.js';
import { signatureOf } from './webhook.js';

const SECRET = 'a secret of sixteen or more';
let world: TelemetryWorld;
let receiver: Receiver;
beforeEach(async () => {
  [world, receiver] = await Promise.all([TelemetryWorld.create(), Receiver.open()]);
});
afterEach(async () => {
  await world.end();
  receiver.close();
});

/** Who is notified; verifies each signature. */
class Receiver {
  readonly got: { id: string; type: string; data: Record<string, unknown>; status: number }[] = [];
  status = 204;
  private constructor(private readonly server: Server) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    const made = new Receiver(server);
    server.on('request', (request: IncomingMessage, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => { body += piece; }).on('end', () => {
        const [id, timestamp] = [String(request.headers['webhook-id']), Number(request.headers['webhook-timestamp'])];
        const authentic = request.headers['webhook-signature'] === signatureOf(SECRET, id, timestamp, body);
        const event = JSON.parse(body);
        made.got.push({ id, type: authentic && event.id === id ? event.type : 'not authentic', data: event.data, status: made.status });
        response.writeHead(made.status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get webhook() {
    return { url: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alarms`, secret: SECRET };
  }

  get told(): string[] {
    return this.got.map(({ type, data }) => `${type.split('.').at(-2)} ${String(data.resourceId)}`);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const call = (method: 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object, headers: Record<string, string> = {}) =>
  world.telemetry.app.inject({ method, url: `/v1/regions/region-1/${path}`, headers, ...(payload ? { payload } : {}) });
const rule = (more: object = {}) => ({
  alarmRuleName: 'tunnel is down', resources: { kind: 'vpnTunnel', ids: ['tun-1'] },
  conditions: [{ metric: 'operUp', periodMinutes: 1, statistic: 'max', operator: 'eq', threshold: 0, consecutivePeriods: 2, level: 'critical' }], webhook: receiver.webhook, ...more,
});
async function made(more: object = {}): Promise<string> {
  const answer = await call('POST', 'alarmRules', rule(more));
  expect(answer.statusCode, answer.body).toBe(201);
  return http.AlarmRule.parse(answer.json()).alarmRuleId;
}
const alarms = async (query = '') => (await world.get(`alarms?${query}`)).json().items.map((item: unknown) => http.Alarm.parse(item)) as http.Alarm[];
const history = async (query = '') => (await world.get(`alarmHistory?${query}`)).json().items.map((item: unknown) => http.AlarmHistoryItem.parse(item)) as http.AlarmHistoryItem[];
const stateOf = async (id: string) => (await alarms(`alarmRuleId=${id}`)).map(({ resourceId, state, level }) => [resourceId, state, level]);

/** So many minutes have passed, and are stored and looked at. */
async function minute(count: number): Promise<void> {
  world.now = T0 + count * 60_000 + 32_000;
  await vi.waitFor(() => world.telemetry.store());
  await world.telemetry.lookAtAlarms();
}
async function becomes(tunnelId: string, status: 'UP' | 'DOWN', seconds: number): Promise<void> {
  await world.oper(tunnelId, status, seconds);
  await vi.waitFor(async () => expect((await world.stateOf(tunnelId)).opStatus).toBe(status));
}
/** Up at first; down from the second minute on: in alarm at the fourth. */
async function broken(more: object = {}): Promise<string> {
  await world.configure('tun-1');
  await becomes('tun-1', 'UP', 1);
  const id = await made(more);
  await minute(1);
  await becomes('tun-1', 'DOWN', 70);
  await minute(3);
  await minute(4);
  expect(await stateOf(id)).toEqual([['tun-1', 'alarm', 'critical']]);
  return id;
}

describe('alarms', () => {
  it('warn of a gateway whose routes come near the limit, and of one that refuses some', async () => {
    await world.configure('tun-1');
    const id = await made({ alarmRuleName: 'routes', resources: { kind: 'borderGateway', ids: null }, conditions: [
      { metric: 'routeLimitStatus', periodMinutes: 1, statistic: 'max', operator: 'gte', threshold: 1, level: 'common' }, { metric: 'routeLimitStatus', periodMinutes: 1, statistic: 'max', operator: 'gte', threshold: 2, level: 'critical' },
    ] });
    const reached = (status: RouteLimitReached['status'], seconds: number) =>
      world.publish(TOPICS.limits, keyOf.limitStatus('bgw-1'), { type: 'RouteLimitReached', region: 'region-1', quotaType: 'bgw_propagated_route', resourceId: 'bgw-1', maxLimit: 300, status } satisfies RouteLimitReached, seconds);
    await minute(1);
    expect(await stateOf(id)).toEqual([['bgw-1', 'normal', null]]);
    await reached('near-limit', 70);
    await minute(2);
    expect(await stateOf(id)).toEqual([['bgw-1', 'alarm', 'common']]);
    await world.publish(TOPICS.limits, 'bgw-1/10.0.0.0/24', { type: 'RouteRefused', region: 'region-1', borderGatewayId: 'bgw-1', prefix: '10.0.0.0/24', because: 'over-limit' } satisfies RouteRefused, 130);
    await reached('over-limit', 130);
    await minute(3);
    expect(await stateOf(id)).toEqual([['bgw-1', 'alarm', 'critical']]);
    await world.publish(TOPICS.limits, keyOf.limitStatus('bgw-1'), null);
    await minute(4);
    expect(await stateOf(id)).toEqual([['bgw-1', 'normal', null]]);
    expect((await call('POST', 'alarmRules', rule({ conditions: [{ metric: 'routeLimitStatus', operator: 'gte', threshold: 1 }] }))).json()).toMatchObject({ status: 422, code: 'metric-not-of-resource', field: 'conditions[0].metric' });
  });

  it('fire, hold and recover; who is notified hears of each change once', async () => {
    const id = await broken();
    await vi.waitFor(() => expect(receiver.told).toEqual(['AlarmRaised tun-1']));
    expect(receiver.got[0]!.data).toEqual({
      region: 'region-1', alarmRuleId: id, alarmRuleName: 'tunnel is down', resourceKind: 'vpnTunnel', resourceId: 'tun-1', state: 'alarm', previousState: 'normal', level: 'critical',
      detail: 'operUp max was 0, equal to 0 in 2 periods of 1 min: tun-1 is DOWN (dpd-timeout)',
    });
    await minute(6);
    await becomes('tun-1', 'UP', 400);
    await minute(7);
    expect(await stateOf(id)).toEqual([['tun-1', 'normal', null]]);
    await vi.waitFor(async () => expect((await history(`alarmRuleId=${id}`)).map(({ from, to, notification, attempts, at }) => [from, to, notification, attempts, at])).toEqual([
      ['alarm', 'normal', 'delivered', 1, new Date(T0 + 420_000).toISOString()], ['normal', 'alarm', 'delivered', 1, new Date(T0 + 240_000).toISOString()],
    ]));
    expect(receiver.told).toEqual(['AlarmRaised tun-1', 'AlarmRecovered tun-1']);
  });

  it('are told again while they last, and when data stay away to who wants to know', async () => {
    await world.configure('tun-1');
    await becomes('tun-1', 'DOWN', 1);
    await made({ repeatMinutes: 5 });
    await made({ alarmRuleName: 'silent', conditions: [{ metric: 'originalInBps', operator: 'lt', threshold: 1 }], notify: { onAlarm: true, onInsufficientData: true, onRecovery: true } });
    for (const at of [1, 2, 6, 7, 8]) await minute(at);
    await vi.waitFor(() => expect(receiver.told.toSorted()).toEqual(['AlarmDataMissing tun-1', 'AlarmPersists tun-1', 'AlarmRaised tun-1']));
  });

  it('of a receiver that is down wait for it, and come under one id; meanwhile a restart loses none', async () => {
    receiver.status = 500;
    const id = await broken();
    await vi.waitFor(async () => expect(await history(`alarmRuleId=${id}`)).toMatchObject([{ notification: 'pending', attempts: 1, failure: 'answered 500' }]));
    await world.telemetry.close();
    world.now += PAUSES_MS[0]!;
    await world.start();
    await vi.waitFor(async () => expect((await history(`alarmRuleId=${id}`))[0]).toMatchObject({ notification: 'pending', attempts: 2 }));
    receiver.status = 200;
    world.now += PAUSES_MS[1]! - 1;
    await becomes('tun-1', 'UP', 300);
    await minute(6); // what comes after waits for what came before
    await vi.waitFor(async () => expect((await history(`alarmRuleId=${id}`)).map(({ notification, attempts }) => [notification, attempts])).toEqual([['delivered', 1], ['delivered', 3]]));
    expect(receiver.told).toEqual(['AlarmRaised tun-1', 'AlarmRaised tun-1', 'AlarmRaised tun-1', 'AlarmRecovered tun-1']);
    expect(new Set(receiver.got.slice(0, 3).map((each) => each.id)).size).toBe(1);
    expect(receiver.got[3]!.id).not.toBe(receiver.got[0]!.id);
  });

  it('are given up after the last try, and the history shows it', async () => {
    receiver.status = 500;
    const id = await broken();
    for (const [index, pause] of PAUSES_MS.entries()) {
      await vi.waitFor(async () => expect((await history(`alarmRuleId=${id}`))[0]).toMatchObject({ notification: 'pending', attempts: index + 1 }));
      world.now += pause;
    }
    await vi.waitFor(async () => expect((await history(`alarmRuleId=${id}`))[0]).toMatchObject({ notification: 'failed', attempts: PAUSES_MS.length + 1, failure: 'answered 500' }));
    expect(new Set(receiver.got.map((each) => each.id)).size).toBe(1);
    expect(receiver.got).toHaveLength(PAUSES_MS.length + 1);
  });

  it('are looked at and told by one of two processes, and by the other when it ends', async () => {
    const journal = new MemoryJournal({ onError: world.errors }); // in a broker's place: two processes read the same
    for (const topic of [TOPICS.decisions, TOPICS.tunnelObservations]) await world.journal.subscribe(topic, { name: 'mirror', from: 'beginning' }, { batch: (records) => journal.publish(topic, records) });
    const other = await createTelemetry({ databaseUrl: world.database.url, vaultKeys: VAULT_KEYS, webhookAllow: ['127.0.0.0/8'], journal, sampleIntervalMs: 200, clock: { now: () => world.now } });
    await other.ready;
    const id = await broken();
    // Closed before that is noted, it would be told again, under the same id.
    await vi.waitFor(async () => expect(await history(`alarmRuleId=${id}`)).toMatchObject([{ notification: 'delivered' }]));
    await world.telemetry.close();
    await world.oper('tun-1', 'UP', 300);
    world.now = T0 + 6 * 60_000 + 32_000;
    await vi.waitFor(() => other.store());
    await vi.waitFor(() => expect(receiver.told).toEqual(['AlarmRaised tun-1', 'AlarmRecovered tun-1']));
    await other.close();
    await journal.close();
    await world.start();
    expect(await stateOf(id)).toEqual([['tun-1', 'normal', null]]);
  });

  it('of a tunnel that is disabled or removed are over', async () => {
    const id = await broken();
    await world.decide({ type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' }, 250);
    await vi.waitFor(async () => expect((await world.stateOf('tun-1')).adminStatus).toBe('DOWN'));
    await minute(5);
    expect(await stateOf(id)).toEqual([['tun-1', 'disabled', null]]);
    await world.decide({ type: 'TunnelRemoved', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' }, 310);
    await vi.waitFor(async () => expect((await world.get('tunnelStates')).json().items).toEqual([]));
    await minute(6);
    expect(await stateOf(id)).toEqual([]);
    await vi.waitFor(() => expect(receiver.told).toEqual(['AlarmRaised tun-1', 'AlarmRecovered tun-1']));
  });

  it('of a connection see its tunnels together, and flaps are counted', async () => {
    await world.configure('tun-1', 'tun-2');
    for (const tunnelId of ['tun-1', 'tun-2']) await becomes(tunnelId, 'UP', 1);
    const spare = await made({ resources: { kind: 'vpnConnection', ids: null }, conditions: [{ metric: 'spareTunnels', periodMinutes: 1, statistic: 'min', operator: 'lt', threshold: 1, level: 'fatal' }], webhook: null });
    const flaps = await made({ resources: { kind: 'borderGateway' }, conditions: [{ metric: 'flaps', periodMinutes: 5, statistic: 'sum', operator: 'gte', threshold: 2 }], webhook: null });
    await minute(1);
    expect(await stateOf(spare)).toEqual([['vpn-1', 'normal', null]]);
    for (const [status, seconds] of [['DOWN', 70], ['UP', 80], ['DOWN', 90]] as const) await becomes('tun-1', status, seconds);
    await vi.waitFor(async () => {
      await world.telemetry.store();
      expect((await world.get('vpnTunnels/tun-1/stateChanges')).json().items).toHaveLength(5);
    });
    await minute(2);
    expect(await stateOf(spare)).toEqual([['vpn-1', 'alarm', 'fatal']]);
    await minute(5);
    expect(await stateOf(flaps)).toEqual([['bgw-1', 'alarm', 'common']]);
    expect((await history(`alarmRuleId=${flaps}`))[0]).toMatchObject({ detail: expect.stringMatching(/^flaps sum was 2, at least 2 in 5 min: tun-1 is DOWN \(dpd-timeout\)/), notification: 'none' });
  });
});

describe('rules', () => {
  it('begin with defaults, which can be disabled, and do not come back when they are deleted', async () => {
    await world.configure('tun-1');
    await minute(1);
    const list = async () => (await world.get('alarmRules')).json().items.map((item: unknown) => http.AlarmRule.parse(item)) as http.AlarmRule[];
    const defaults = await list();
    expect(defaults.map(({ alarmRuleName }) => alarmRuleName).toSorted()).toEqual(['BGP session without routes', 'Loss inside a tunnel that is up', 'Redundancy lost: one tunnel left, or none', "Routes near the gateway's limit or over it", 'Tunnel down', 'Tunnel flaps']);
    expect(defaults.map(({ defaultKey }) => defaultKey).toSorted()).toEqual(DEFAULT_ALARMS.map(({ key }) => key).toSorted());
    const [first, second] = defaults;
    expect((await call('PATCH', `alarmRules/${first!.alarmRuleId}`, { alarmRuleName: 'another name' })).json()).toMatchObject({ defaultKey: first!.defaultKey });
    expect((await call('POST', 'alarmRules', rule())).json()).toMatchObject({ defaultKey: null });
    expect((await call('POST', `alarmRules/${first!.alarmRuleId}:disable`)).json()).toMatchObject({ enabled: false });
    expect((await call('DELETE', `alarmRules/${second!.alarmRuleId}`)).statusCode).toBe(204);
    await minute(3);
    expect((await list()).filter(({ defaultKey }) => defaultKey !== null).map(({ alarmRuleId, enabled }) => [alarmRuleId, enabled])).toEqual(defaults.filter((each) => each !== second).map(({ alarmRuleId }) => [alarmRuleId, alarmRuleId !== first!.alarmRuleId]));
    expect((await alarms(`alarmRuleId=${first!.alarmRuleId}`)).every(({ state }) => state === 'disabled')).toBe(true);
  });

  it('are made once per Idempotency-Key, changed under If-Match, and never show a secret', async () => {
    await world.configure('tun-1');
    const created = await call('POST', 'alarmRules', rule(), { 'idempotency-key': 'k1' });
    expect([created.statusCode, created.headers.etag]).toEqual([201, '"1"']);
    expect(created.body).not.toContain(SECRET);
    const again = await call('POST', 'alarmRules', rule(), { 'idempotency-key': 'k1' });
    expect([again.json(), again.headers['idempotent-replayed']]).toEqual([created.json(), 'true']);
    expect((await call('POST', 'alarmRules', rule({ alarmRuleName: 'other' }), { 'idempotency-key': 'k1' })).statusCode).toBe(422);
    const path = `alarmRules/${created.json().alarmRuleId}`;
    const changed = await call('PATCH', path, { alarmRuleName: 'renamed', webhook: { url: receiver.webhook.url } }, { 'if-match': '"1"' });
    expect([changed.json().alarmRuleName, changed.headers.etag]).toEqual(['renamed', '"2"']);
    expect((await call('PATCH', path, { alarmRuleName: 'late' }, { 'if-match': '"1"' })).json()).toMatchObject({ status: 412, code: 'version-mismatch' });
    expect((await call('PATCH', path, { alarmRuleName: 'renamed' })).headers.etag).toBe('"2"'); // changes nothing
    expect((await call('DELETE', path, undefined, { 'if-match': '"1"' })).statusCode).toBe(412);
    expect((await call('POST', `${path}:disable`, undefined, { 'if-match': '"2"' })).headers.etag).toBe('"3"');
    expect((await call('DELETE', path)).statusCode).toBe(204);
    expect((await world.get(path)).statusCode).toBe(404);
  });

  it.each<[object, number, string]>([
    [{ alarmRuleName: 'x'.repeat(43) }, 400, 'alarmRuleName'], [{ resources: { kind: 'vpnTunnel', ids: ['tun-9'] } }, 422, 'resources.ids[0]'], [{ resources: { kind: 'vpnTunnel', ids: ['tun-1', 'tun-1'] } }, 422, 'resources.ids[1]'],
    [{ conditions: [] }, 400, 'conditions'], [{ conditions: [{ metric: 'spareTunnels', operator: 'lt', threshold: 1 }] }, 422, 'conditions[0].metric'], [{ conditions: [{ metric: 'operUp', periodMinutes: 3, operator: 'lt', threshold: 1 }] }, 400, 'conditions[0].periodMinutes'],
    [{ webhook: { url: 'http://169.254.169.254/latest', secret: SECRET } }, 422, 'webhook.url'], [{ webhook: { url: 'http://[::1]:8480/', secret: SECRET } }, 422, 'webhook.url'], [{ webhook: { url: 'ftp://x/', secret: SECRET } }, 400, 'webhook.url'], [{ webhook: { url: 'http://hooks.example/\0', secret: SECRET } }, 400, 'webhook.url'],
    [{ webhook: { url: 'https://hooks.example/', secret: 'short' } }, 400, 'webhook.secret'], [{ webhook: { url: 'https://hooks.example/', secret: 'whsec_!!!!!!!!!!!!!!!!' } }, 400, 'webhook.secret'], [{ webhook: { url: 'http://hooks.example:0/', secret: SECRET } }, 400, 'webhook.url'], [{ effectiveHours: { from: '08:00', to: '18:00', timeZone: 'Mars/Base' } }, 400, 'effectiveHours.timeZone'],
  ])('%j is refused: %i, %s', async (more, status, field) => {
    await world.configure('tun-1');
    expect((await call('POST', 'alarmRules', rule(more))).json()).toMatchObject({ status, field });
  });

  it('are refused beyond 500 of a region', async () => {
    await world.configure('tun-1');
    const id = await made({ webhook: null });
    const client = new pg.Client(world.database.url);
    await client.connect();
    await client.query(`insert into telemetry.alarm_rule (id, tenant, region, version, enabled, content, created_ms, updated_ms)
      select 'copy-' || n, tenant, region, version, enabled, content, created_ms, updated_ms from telemetry.alarm_rule, generate_series(1, 500) as n where id = $1`, [id]);
    await client.end();
    expect((await call('POST', 'alarmRules', rule())).json()).toMatchObject({ status: 409, code: 'quota-exceeded', field: 'region' });
  });

  it('without a webhook cannot keep its secret; ids that are none are not found', async () => {
    await world.configure('tun-1');
    const id = await made({ webhook: null });
    expect((await call('PATCH', `alarmRules/${id}`, { webhook: { url: receiver.webhook.url } })).json()).toMatchObject({ status: 422, code: 'secret-required', field: 'webhook.secret' });
    for (const path of ['alarmRules/alarm-none', 'alarmRules/%00']) expect((await world.get(path)).statusCode, path).toBe(404);
    for (const path of ['alarms?cursor=x', 'alarms?state=bad', 'alarmHistory?resourceId=%00', 'alarmHistory?start=x']) expect((await world.get(path)).statusCode, path).toBe(400);
  });

  it('are described', async () => {
    const { paths, components } = (await world.telemetry.app.inject('/openapi.json')).json();
    // What has a default need not be sent, and is in every answer: one schema for both would say one of the two wrongly.
    const of = (name: string) => components.schemas[name].properties;
    expect([of('CreateAlarmRule').resources.required, of('CreateAlarmRule').conditions.items.required]).toEqual([['kind'], ['metric', 'operator', 'threshold']]);
    expect(of('AlarmRule').resources.required).toEqual(['kind', 'ids']);
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v1/regions/{region}/alarmRules', '/v1/regions/{region}/alarmRules/{id}', '/v1/regions/{region}/alarmRules/{id}:enable', '/v1/regions/{region}/alarms', '/v1/regions/{region}/alarmHistory']));
  });
});

import { http, keyOf, TOPICS, type BgpObservation } from '@bordergate/contracts';
import { MemoryJournal } from '@bordergate/platform';
import { MINUTE_MS } from '@bordergate/telemetry-core';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { at, ref, T0, TelemetryWorld } from '../telemetry.test-support.js';

let world: TelemetryWorld;
beforeEach(async () => { world = await TelemetryWorld.create(); });
afterEach(() => world.end());

const metrics = async (path: string) => http.Metrics.parse((await world.get(path)).json());
const values = async (path: string) => (await metrics(path)).items.map((item) => item.values);
/** Waits until this process leads, and until it has read what was published. */
const stored = () => vi.waitFor(() => world.telemetry.store());
const sampled = (tunnelId: string, bytesIn: number) => vi.waitFor(async () => expect((await world.stateOf(tunnelId)).counters?.original.bytesIn).toBe(bytesIn));
/** A sample every ten seconds: the tunnel carries so many bytes a second in. */
async function carry(tunnelId: string, from: number, to: number, bytesPerSecond: number): Promise<void> {
  for (let seconds = from; seconds <= to; seconds += 10) await world.sample(tunnelId, (seconds - from) * bytesPerSecond, seconds);
  world.now = Math.max(world.now, T0 + to * 1_000);
  await sampled(tunnelId, (to - from) * bytesPerSecond);
}
async function sql<T>(text: string): Promise<T[]> {
  const client = new pg.Client(world.database.url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('series', () => {
  it('are there at once, and the same when they are stored, when their hour is closed, and after a restart', async () => {
    await world.configure('tun-1');
    await stored();
    await carry('tun-1', 0, 120, 1_000);
    const path = 'vpnTunnels/tun-1/metrics?metric=originalInBps,encryptedInBps&start=2026-01-01T00:00:00Z&end=2026-01-01T00:04:00Z';
    const wanted = [[8_000, 8_000, null, null], [8_000, 8_000, null, null]];
    await vi.waitFor(async () => expect(await values(path)).toEqual(wanted));
    await stored();
    expect(await values(path)).toEqual(wanted);
    expect(await sql('select 1 from telemetry.minute_log')).not.toEqual([]);
    await world.telemetry.close();
    world.now = T0 + 3_600_000 + 240_000 + 31_000; // the hour is over, and a second later the next minute is stored
    await world.start();
    await stored();
    expect(await values(path)).toEqual(wanted);
    await vi.waitFor(async () => expect(await sql('select hour from telemetry.hours')).toHaveLength(3), { timeout: 90_000 }); // the tunnel, its gateway, its region
    expect(await values(path)).toEqual(wanted);
    for (const of of ['borderGateways/bgw-1/metrics', 'metrics']) expect(await values(`${of}?metric=originalInBps&start=2026-01-01T00:00:00Z&end=2026-01-01T00:02:00Z`)).toEqual([[8_000, 8_000]]);
  });

  it('are avg, min, max and sum; a sum is what was carried', async () => {
    await world.configure('tun-1');
    for (const [seconds, bytes] of [[0, 0], [10, 1_000], [20, 1_000], [30, 4_000]] as const) await world.sample('tun-1', bytes, seconds);
    await sampled('tun-1', 4_000);
    world.now = T0 + 59_000;
    const of = async (statistic: string) => (await metrics(`vpnTunnels/tun-1/metrics?metric=originalInBps&statistic=${statistic}&start=2026-01-01T00:00:00Z`)).items[0]!.values[0];
    await vi.waitFor(async () => expect(await Promise.all(['avg', 'min', 'max', 'sum'].map(of))).toEqual([32_000 / 30, 0, 2_400, 32_000].map((value) => Number(value.toPrecision(12)))));
  });

  it('of a connection are those of its tunnels; of a gateway and a region, their sum', async () => {
    await world.configure('tun-1', 'tun-2');
    await stored();
    await carry('tun-1', 0, 60, 100);
    await carry('tun-2', 0, 60, 200);
    const range = 'metric=originalInBps&start=2026-01-01T00:00:00Z&end=2026-01-01T00:01:00Z';
    await vi.waitFor(async () => expect((await metrics(`vpnConnections/vpn-1/metrics?${range}`)).items.map(({ vpnTunnelId, vpnConnectionId, values, unit }) => [vpnTunnelId, vpnConnectionId, values, unit])).toEqual([
      ['tun-1', 'vpn-1', [800], 'bit/s'], ['tun-2', 'vpn-1', [1_600], 'bit/s'],
    ]));
    expect((await metrics(`vpnConnections/vpn-1/metrics?by=total&${range}`)).items).toMatchObject([{ vpnTunnelId: null, values: [2_400] }]);
    for (const of of ['borderGateways/bgw-1/metrics', 'metrics']) {
      expect((await metrics(`${of}?${range}`)).items).toMatchObject([{ vpnTunnelId: null, values: [2_400] }]);
      expect((await metrics(`${of}?by=tunnel&${range}`)).items).toMatchObject([{ values: [800] }, { values: [1_600] }]);
    }
  });

  it('of a gateway and a region are the same however often they are asked for while their hour is open, and have what comes late', async () => {
    await world.configure('tun-1', 'tun-2');
    await stored();
    const minutes = async (of: string) => (await values(`${of}?metric=originalInBps&start=2026-01-01T00:00:00Z&end=2026-01-01T00:10:00Z`))[0];
    const are = async (wanted: (number | null)[]) => { for (const of of ['borderGateways/bgw-1/metrics', 'metrics', 'metrics']) expect(await minutes(of)).toEqual(wanted); };
    const each = (from: number, to: number, value: number | null) => new Array<number | null>(to - from).fill(value);
    const goOn = async (from: number, to: number) => {
      for (let seconds = from; seconds <= to; seconds += 10) await world.sample('tun-1', seconds * 100, seconds);
      world.now = T0 + to * 1_000;
      await sampled('tun-1', to * 100);
    };
    await goOn(0, 300);
    await stored();
    await are([...each(0, 5, 800), ...each(5, 10, null)]);
    await goOn(310, 480);
    await are([...each(0, 8, 800), ...each(8, 10, null)]); // some of it in memory
    await stored();
    await goOn(490, 600);
    await stored();
    await are(each(0, 10, 800));
    await carry('tun-2', 0, 180, 200);
    await are([...each(0, 3, 2_400), ...each(3, 10, 800)]);
    await stored();
    await are([...each(0, 3, 2_400), ...each(3, 10, 800)]);
    await world.telemetry.close();
    await world.start();
    await stored();
    await are([...each(0, 3, 2_400), ...each(3, 10, 800)]);
  });

  it('of states are the share of time; counts, how often', async () => {
    await world.configure('tun-1');
    await world.oper('tun-1', 'UP', 0);
    await world.publish(TOPICS.ribIn, keyOf.bgpSession('bgw-1', 'tun-1'), { type: 'BgpSessionEstablished', ...ref('tun-1'), epoch: 1, neighborAddress: '169.254.0.1', neighborAsn: 65010, since: at(30) } satisfies BgpObservation, 30);
    await world.observe({ type: 'ChildSaRekeyed', ...ref('tun-1'), uniqueId: '2', spiIn: 'a', spiOut: 'b', cipher: 'c' }, 40);
    await world.oper('tun-1', 'DOWN', 45);
    await vi.waitFor(async () => expect(await world.stateOf('tun-1')).toMatchObject({ opReason: 'dpd-timeout', bgpStatus: 'established' }));
    world.now = T0 + 150_000;
    await stored();
    const { items } = await metrics('vpnTunnels/tun-1/metrics?metric=operUp,bgpEstablished,rekeys,originalInBps&start=2026-01-01T00:00:00Z&end=2026-01-01T00:02:00Z');
    expect(items.map((item) => item.values)).toEqual([[0.75, 0], [1, 1], [1, 0], [null, null]]);
    await world.telemetry.close();
    await world.start(); // the journal tells all of it again
    await stored();
    expect(await values('vpnTunnels/tun-1/metrics?metric=operUp,rekeys&start=2026-01-01T00:00:00Z&end=2026-01-01T00:02:00Z')).toEqual([[0.75, 0], [1, 0]]);
  });

  it('go on where they were when the process, and with it a journal in memory, begins anew', async () => {
    await world.configure('tun-1');
    await world.sample('tun-1', 0, 0);
    await world.sample('tun-1', 1_000, 10);
    await sampled('tun-1', 1_000);
    world.now = T0 + 10_000;
    await stored();
    await world.telemetry.close();
    await world.journal.close();
    world.journal = new MemoryJournal({ onError: world.errors });
    await world.start();
    await world.configure('tun-1');
    await world.sample('tun-1', 2_000, 20);
    await sampled('tun-1', 2_000);
    await vi.waitFor(async () => expect(await values('vpnTunnels/tun-1/metrics?metric=originalInBps&statistic=sum&start=2026-01-01T00:00:00Z&end=2026-01-01T00:01:00Z')).toEqual([[16_000]]));
  });

  it('are dropped after the retention', async () => {
    await world.configure('tun-1');
    await stored();
    await carry('tun-1', 0, 60, 100);
    await stored();
    world.now = T0 + 2 * 3_600_000;
    await world.telemetry.close();
    await world.start();
    const partitions = () => sql<{ name: string }>("select relname as name from pg_class where relname ~ '^(hours|state_change)_[0-9]+$' and relkind = 'r' order by 1").then((rows) => rows.map(({ name }) => name));
    const day = Math.floor(T0 / 86_400_000);
    await vi.waitFor(async () => expect(await partitions()).toEqual([`hours_${day}`, `state_change_${day}`]), { timeout: 90_000 });
    await world.telemetry.close();
    world.now = T0 + 16 * 86_400_000;
    await world.start();
    await vi.waitFor(async () => expect(await partitions()).not.toContain(`hours_${day}`), { timeout: 90_000 });
    expect(await partitions()).not.toContain(`state_change_${day}`);
  });

  it('come as CSV to who asks for it', async () => {
    await world.configure('tun-1');
    await stored();
    await carry('tun-1', 0, 60, 100);
    const path = 'vpnTunnels/tun-1/metrics?metric=originalInBps,operUp&start=2026-01-01T00:00:00Z&end=2026-01-01T00:02:00Z';
    const wanted = 'time,tun-1 originalInBps avg (bit/s),tun-1 operUp avg (ratio)\r\n2026-01-01T00:00:00.000Z,800,\r\n2026-01-01T00:01:00.000Z,,\r\n';
    await vi.waitFor(async () => expect((await world.get(`${path}&format=csv`)).body).toBe(wanted));
    for (const accept of ['text/csv;q=0', 'application/json, text/csv;q=0.1', '*/*']) expect((await world.get(path, { accept })).headers['content-type'], accept).toBe('application/json; charset=utf-8');
    const answer = await world.get(path, { accept: 'text/csv, application/json;q=0.5' });
    expect([answer.body, answer.headers['content-type'], answer.headers['content-disposition']]).toEqual([wanted, 'text/csv; charset=utf-8; header=present', 'attachment; filename="tun-1-metrics.csv"']);
  });

  it.each([
    ['metrics?metric=inBps', 400, 'metric'], ['metrics?window=2h', 400, 'window'], ['metrics?colour=red', 400, 'colour'], ['metrics?step=61', 400, 'step'], ['metrics?window=14d&step=60', 422, 'step'],
    ['metrics?window=1h&start=2026-01-01T00:00:00Z', 422, 'start'], ['metrics?start=2026-01-01', 400, 'start'], ['metrics?format=xml', 400, 'format'], ['stateChanges?cursor=x', 400, 'cursor'], ['stateChanges?start=x', 400, 'start'],
  ])('%s is refused: %i, %s', async (path, status, field) => {
    expect((await world.get(path)).json()).toMatchObject({ status, field });
  });

  it('and what else a region tells are refused by field, each in the same way', async () => {
    await world.configure('tun-1');
    const series = ['', 'borderGateways/bgw-1/', 'vpnConnections/vpn-1/', 'vpnTunnels/tun-1/'].flatMap((of) => [`${of}metrics`, `${of}stateChanges`]);
    const cursor = (key: string) => `cursor=${Buffer.from(key).toString('base64url')}`;
    const refusals: [paths: string[], query: string, status: number, field: string][] = [
      ...['2026-02-30T00:00:00Z', '2026-11-29T00:00', '2026-11-29T00:00:00Z%00junk', '9999-12-31T23:59:59Z'].map((time): [string[], string, number, string] => [[...series, 'alarmHistory'], `start=2026-01-01T08:00:00%2B08:00&end=${time}`, 400, 'end']),
      [[...series, 'alarmHistory'], 'start=2026-01-01T00:00:00Z&end=2025-12-31T23:00:00Z', 422, 'start'],
      [[...series, 'tunnelStates', 'vifStates', 'alarms', 'alarmHistory', 'alarmRules'], 'foo=1', 400, 'foo'],
      ...['1 2147483648 1', '1 1 9999999999999999999', '1 1 -9999999999999999999', '9999999999999999 9999999999 0'].map((key): [string[], string, number, string] => [series.filter((path) => path.endsWith('stateChanges')), cursor(key), 400, 'cursor']),
      [['alarmHistory'], cursor('1 9999999999999999999'), 400, 'cursor'],
    ];
    for (const [paths, query, status, field] of refusals) {
      for (const path of paths) expect((await world.get(`${path}?${query}`)).json(), `${path}?${query}`).toMatchObject({ status, field });
    }
    expect((await world.get(`stateChanges?${cursor('1 2147483647 -9223372036854775808')}&start=2999-01-01T00:00:00.5Z`)).json()).toEqual({ items: [], nextCursor: null });
  });

  it('of what there is not are a problem, of a connection without tunnels none', async () => {
    await world.configure();
    for (const path of ['vpnTunnels/tun-9/metrics', 'vpnConnections/vpn-9/metrics', 'borderGateways/bgw-9/metrics', 'vpnTunnels/tun-9/stateChanges', ...['vpnTunnels', 'vpnConnections', 'borderGateways'].flatMap((of) => ['%00', 'a%00b'].flatMap((id) => [`${of}/${id}/metrics`, `${of}/${id}/stateChanges`]))]) expect((await world.get(path)).statusCode, path).toBe(404);
    expect((await metrics('vpnConnections/vpn-1/metrics')).items).toEqual([]);
    expect((await metrics('borderGateways/bgw-1/metrics?metric=operUp')).items).toMatchObject([{ values: new Array(60).fill(null) }]);
  });

  it('are described', async () => {
    const { paths } = (await world.telemetry.app.inject('/openapi.json')).json();
    for (const of of ['vpnTunnels/{id}/', 'vpnConnections/{id}/', 'borderGateways/{id}/', '']) expect(Object.keys(paths)).toEqual(expect.arrayContaining([`/v1/regions/{region}/${of}metrics`, `/v1/regions/{region}/${of}stateChanges`]));
  });
});

describe('changes of state', () => {
  const changes = async (path: string) => (await world.get(path)).json();
  const told = async (path: string) => (await changes(path)).items.map(({ vpnTunnelId, what }: http.StateChange) => `${vpnTunnelId} ${what}`);

  it('are listed newest first, page by page, and told once, however often the journal tells them', async () => {
    await world.configure('tun-1', 'tun-2');
    for (const [tunnelId, status, seconds] of [['tun-1', 'UP', 10], ['tun-2', 'UP', 20], ['tun-1', 'DOWN', 30]] as const) await world.oper(tunnelId, status, seconds);
    const wanted = ['tun-1 oper DOWN', 'tun-2 oper UP', 'tun-1 oper UP', 'tun-2 added', 'tun-1 added'];
    await vi.waitFor(async () => expect(await told('stateChanges')).toEqual(wanted));
    expect((await changes('stateChanges')).items[0]).toEqual({ at: at(30), vpnTunnelId: 'tun-1', vpnConnectionId: 'vpn-1', what: 'oper DOWN', detail: 'dpd-timeout' });
    const first = await changes('vpnConnections/vpn-1/stateChanges?limit=2');
    expect(first.items).toHaveLength(2);
    expect(await told(`vpnConnections/vpn-1/stateChanges?limit=3&cursor=${first.nextCursor}`)).toEqual(wanted.slice(2));
    expect(await told('vpnTunnels/tun-1/stateChanges')).toEqual(['tun-1 oper DOWN', 'tun-1 oper UP', 'tun-1 added']);
    expect(await told(`borderGateways/bgw-1/stateChanges?start=${at(15)}&end=${at(30)}`)).toEqual(['tun-2 oper UP']);
    await world.telemetry.close();
    await world.start();
    await vi.waitFor(() => world.telemetry.store());
    expect(await told('stateChanges')).toEqual(wanted);
  });

  it('outlive the tunnel', async () => {
    await world.configure('tun-1');
    await world.decide({ type: 'TunnelRemoved', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' }, MINUTE_MS / 1_000);
    await vi.waitFor(async () => expect(await told('vpnTunnels/tun-1/stateChanges')).toEqual(['tun-1 removed', 'tun-1 added']));
  });
});

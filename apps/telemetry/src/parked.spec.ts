import { http, TOPICS, type CloudEvent } from '@bordergate/contracts';
import { createLog, MemoryJournal } from '@bordergate/platform';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/database.js';
import { createTelemetry, type Telemetry } from './index.js';
import { VAULT_KEYS } from './telemetry.test-support.js';

let database: TestDatabase;
let journal: MemoryJournal;
let telemetry: Telemetry;

beforeEach(async () => {
  database = await testDatabase();
  journal = new MemoryJournal({ onError: (error) => { throw error; } });
  telemetry = await createTelemetry({ vaultKeys: VAULT_KEYS, databaseUrl: database.url, journal, log: createLog('telemetry', { level: 'silent' }) });
  await telemetry.ready;
});
afterEach(async () => {
  await telemetry.close();
  await journal.close();
  await database.drop();
});

const sample = (id: string, data: unknown): CloudEvent => ({
  specversion: '1.0', id, source: '/test', type: 'dev.bordergate.vpn.TunnelCountersSampled.v1', subject: 'tun-1', time: '2026-11-28T10:00:00.000Z', data, tenant: 'default', actor: 'test', correlationid: 'c', causationid: 'c', partitionkey: 'bgw-1',
});
const publish = (key: string, data: unknown) => journal.publish(TOPICS.samples, [{ key, partitionKey: 'bgw-1', event: sample(`e-${key}`, data) }]);
const get = async (path = '') => (await telemetry.app.inject(`/v1/parkedRecords${path}`)).json();
const post = (path: string) => telemetry.app.inject({ method: 'POST', url: `/v1/parkedRecords/${path}` });
const listed = (count: number) => vi.waitFor(async () => {
  const { items } = await get();
  expect(items).toHaveLength(count);
  return items.map((item: unknown) => http.ParkedRecord.parse(item));
});

describe('parked records', () => {
  it('are listed with who could not read them and why, shown whole, and gone when discarded', async () => {
    await publish('tun-1', { type: 'TunnelCountersSampled', bytes: 'many' });
    const [row] = await listed(1);
    expect(row).toMatchObject({ consumer: 'telemetry/states', topic: TOPICS.samples.name, partition: 0, offset: 0, key: 'tun-1', eventType: 'dev.bordergate.vpn.TunnelCountersSampled.v1', reason: expect.stringContaining('borderGatewayId') });
    const detail = http.ParkedRecordDetail.parse(await get(`/${row!.parkedRecordId}`));
    expect(detail).toMatchObject({ value: '{"type":"TunnelCountersSampled","bytes":"many"}', headers: { ce_id: ['e-tun-1'], ce_partitionkey: ['bgw-1'] } });
    expect((await telemetry.app.inject('/metrics')).body).toMatch(/bordergate_journal_parked_records\{topic="telemetry.samples.v1",consumer="telemetry\/states"[^}]*\} 1/);

    expect((await post(`${row!.parkedRecordId}:discard`)).json()).toEqual({ parkedRecordId: row!.parkedRecordId, resolution: 'discarded' });
    await listed(0);
    expect((await post(`${row!.parkedRecordId}:discard`)).statusCode).toBe(404);
  });

  it('are not replayed as long as they cannot be read, or over what came after them', async () => {
    await publish('tun-1', { type: 'TunnelCountersSampled', bytes: 'many' });
    const [row] = await listed(1);
    const refused = await post(`${row!.parkedRecordId}:replay`);
    expect([refused.statusCode, http.Problem.parse(refused.json())]).toEqual([422, expect.objectContaining({ code: 'parked-record-unreadable', rule: expect.stringContaining('would be parked again') })]);
    await listed(1);
  });

  it('come in pages, of a topic or a consumer', async () => {
    for (const key of ['tun-1', 'tun-2', 'tun-3']) await publish(key, null);
    await listed(3);
    const first = await get('?limit=2');
    expect(first.items.map(({ key }: { key: string }) => key)).toEqual(['tun-1', 'tun-2']);
    expect((await get(`?limit=2&cursor=${first.nextCursor}`)).items.map(({ key }: { key: string }) => key)).toEqual(['tun-3']);
    expect((await get('?topic=bgp.rib-in.v1')).items).toEqual([]);
    expect((await get('?consumer=telemetry/states')).items).toHaveLength(3);
    expect((await get('?colour=red')).code).toBe('invalid-request');
  });

  it('that nobody knows are not found', async () => {
    expect((await telemetry.app.inject('/v1/parkedRecords/parked-0')).statusCode).toBe(404);
    expect((await post('parked-0:replay')).json()).toMatchObject({ code: 'not-found' });
  });
});

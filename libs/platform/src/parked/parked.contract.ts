import { TelemetrySample, TOPICS, type CloudEvent, type JournalRecord } from '@bordergate/contracts';
import { Counter, Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock.js';
import type { BatchPlace, Journal, Subscription } from '../journal.js';
import { createLog } from '../log.js';
import { Door, readAs, UnreadableRecord } from './door.js';
import { ParkedRecords, type ParkedRow } from './parked-records.js';

const TOPIC = TOPICS.samples;
const patience = { timeout: 180_000, interval: 20 };
const io = { bytesIn: 1, bytesOut: 1, packetsIn: 1, packetsOut: 1 };
let events = 0;
let names = 0;

export const newKey = (): string => `tun-${process.pid}-${names++}`;

/** A sample of a tunnel; `data` instead of a good one. */
export function sample(key: string, data?: unknown): JournalRecord {
  const event: CloudEvent = {
    specversion: '1.0', id: `e${process.pid}-${++events}`, source: '/contract', type: 'dev.bordergate.vpn.TunnelCountersSampled.v1', subject: key, time: '2026-11-28T10:00:00.000Z', tenant: 'default', actor: 'test',
    correlationid: 'c', causationid: 'c', partitionkey: 'bgw-1',
    data: data ?? { type: 'TunnelCountersSampled', region: 'region-1', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId: key, node: 'node-1', counterEpoch: 'a', original: io, encrypted: io },
  };
  return { key, partitionKey: 'bgw-1', event };
}
export const broken = (key: string) => sample(key, { type: 'TunnelCountersSampled', bytes: 'many' });

/** A consumer with a door. `refuses`: keys that it cannot read for a mistake of its own. */
export async function consumer(journal: Journal, name: string, refuses = new Set<string>()) {
  const read: string[] = [];
  const refused = new Counter({ name: 'refused', help: 'of the test', labelNames: ['topic'], registers: [new Registry()] });
  const door = new Door(refused, createLog('test', { level: 'silent' }));
  const subscription = await journal.subscribe(TOPIC, { name, from: 'beginning' }, {
    batch: async (records: readonly JournalRecord[], place: BatchPlace) => {
      read.push(...await door.admit(records, place, ({ key, event }) => {
        if (refuses.has(key)) throw new UnreadableRecord('no such thing is known here');
        readAs(TelemetrySample, event?.data);
        return `${key} ${event?.id}`;
      }));
    },
  });
  return { read, subscription, refused: async () => (await refused.get()).values[0]?.value ?? 0, of: (key: string) => read.filter((one) => one.startsWith(`${key} `)) };
}

/** What is promised of messages that cannot be read, whatever the journal. */
export function parkedContract(name: string, makeJournal: () => Promise<Journal>): void {
  describe(`parked records: ${name}`, () => {
    let journal: Journal;
    let parked: ParkedRecords;
    const open: Subscription[] = [];
    const silent = new Door(new Counter({ name: 'unused', help: 'none', labelNames: ['topic'], registers: [new Registry()] }), createLog('test', { level: 'silent' }));

    beforeAll(async () => { journal = await makeJournal(); });
    afterAll(() => journal.close());
    beforeEach(async () => {
      parked = new ParkedRecords(journal, 'spec', systemClock);
      await (await parked.start(silent)).read;
    });
    afterEach(async () => {
      await Promise.all([parked.stop(), ...open.splice(0).map((one) => one.close())]);
    });
    const consuming = async (refuses?: Set<string>, reader = `reader-${names++}`) => {
      const made = await consumer(journal, reader, refuses);
      open.push(made.subscription);
      return made;
    };
    const rowsOf = (key: string): ParkedRow[] => parked.list().filter(({ parked: { message } }) => message?.key === Buffer.from(key).toString('base64'));
    const rowOf = (key: string): Promise<ParkedRow> => vi.waitFor(() => {
      expect(rowsOf(key)).toHaveLength(1);
      return rowsOf(key)[0]!;
    }, patience);

    it('what breaks its schema is set aside with the reason and its place, and the others are read', async () => {
      const [bad, good] = [newKey(), newKey()];
      await journal.publish(TOPIC, [sample(good), broken(bad), sample(good)]);
      const reader = await consuming(undefined, 'spec-reader');
      await vi.waitFor(() => expect(reader.of(good)).toHaveLength(2), patience);
      const row = await rowOf(bad);
      expect(row.parked).toMatchObject({ consumer: 'spec-reader', topic: TOPIC.name, partition: expect.any(Number), offset: expect.any(Number), reason: expect.stringMatching(/^region: .*; borderGatewayId: /) });
      expect(Buffer.from(row.parked.message!.value!, 'base64').toString()).toBe('{"type":"TunnelCountersSampled","bytes":"many"}');
      expect(reader.of(bad)).toEqual([]);
      expect(await reader.refused()).toBeGreaterThan(0);
    });

    it('is one row however often a consumer reads it, and stays discarded when it is read anew', async () => {
      const bad = newKey();
      const name = `reader-${names++}`;
      await journal.publish(TOPIC, [broken(bad)]);
      const first = await consuming(undefined, name);
      const { id } = await rowOf(bad);
      await first.subscription.close();
      const again = await consuming(undefined, name);
      const late = newKey();
      await journal.publish(TOPIC, [sample(late)]);
      await vi.waitFor(() => expect(again.of(late)).toHaveLength(1), patience);
      expect((await rowOf(bad)).id).toBe(id);

      await parked.discard(await rowOf(bad), 'ann');
      expect(parked.get(id)).toBeUndefined();
      await again.subscription.close();
      const third = await consuming(undefined, name);
      await vi.waitFor(() => expect(third.of(late)).toHaveLength(1), patience);
      const fresh = new ParkedRecords(journal, 'spec-again', systemClock);
      await (await fresh.start(silent)).read;
      expect(fresh.get(id)).toBeUndefined();
      await fresh.stop();
    });

    it('comes again for all when it is replayed, and the consumer that has learned to read it reads it', async () => {
      const key = newKey();
      const refuses = new Set([key]);
      const record = sample(key);
      const [learner, other] = [await consuming(refuses), await consuming()];
      await journal.publish(TOPIC, [record]);
      const row = await rowOf(key);
      refuses.clear();
      expect(await parked.replay(row, 'ann')).toBeUndefined();
      await vi.waitFor(() => expect(learner.of(key)).toEqual([`${key} ${record.event!.id}`]), patience);
      await vi.waitFor(() => expect(other.of(key)).toHaveLength(2), patience); // everything may arrive twice
      expect(parked.get(row.id)).toBeUndefined();
    });

    it('is not replayed over what came after it', async () => {
      const key = newKey();
      await consuming(new Set([key]));
      await journal.publish(TOPIC, [sample(key)]);
      const row = await rowOf(key);
      await journal.publish(TOPIC, [sample(key)]);
      expect(await parked.replay(row, 'ann')).toMatchObject({ code: 'parked-record-superseded', because: expect.stringContaining('2026-11-28T10:00:00.000Z') });
      expect(parked.get(row.id)).toEqual(row);
    });

    it('leaves on top what is published while it is replayed', async () => {
      const key = newKey();
      const refuses = new Set([key]);
      await consuming(refuses);
      const follower = await consuming();
      await journal.publish(TOPIC, [sample(key)]);
      const row = await rowOf(key);
      const newer = sample(key);
      const racing: Journal = {
        publish: async (topic, records) => {
          if (topic === TOPIC && records[0]?.event?.id !== newer.event!.id) await journal.publish(TOPIC, [newer]);
          await journal.publish(topic, records);
        },
        subscribe: (...args) => journal.subscribe(...args),
        own: (...args) => journal.own(...args), close: () => journal.close(), check: () => journal.check(),
      };
      const racer = new ParkedRecords(racing, 'spec-racer', systemClock);
      expect(await racer.replay(row, 'ann')).toBeUndefined();
      await vi.waitFor(() => expect(follower.of(key).slice(1).map((one) => one.split(' ')[1])).toEqual([newer.event!.id, expect.any(String), newer.event!.id]), patience);
    });

    it('is not replayed when it would only be parked again', async () => {
      const key = newKey();
      await consuming();
      await journal.publish(TOPIC, [broken(key)]);
      expect(await parked.replay(await rowOf(key), 'ann')).toMatchObject({ code: 'parked-record-unreadable', because: expect.stringContaining('borderGatewayId') });
    });

    it('is not replayed when its data does not say a type, and says so', async () => {
      const key = newKey();
      await consuming();
      await journal.publish(TOPIC, [sample(key, { bytes: 'many' })]);
      expect(await parked.replay(await rowOf(key), 'ann')).toMatchObject({ code: 'parked-record-unreadable', because: expect.stringContaining('its data does not say a type') });
    });
  });
}

import type { JournalRecord, Topic } from '@bordergate/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NotOwner, type BatchPlace, type Journal, type JournalErrorHandler, type JournalHandler, type OwnershipHandler } from './journal.js';

let topics = 0;
const topicOf = (retention: Topic['retention']): Topic => ({ name: `contract.${process.pid}.${topics++}.v1`, key: 'k', content: 'numbers', retention });

/** A record with a value, or with null a tombstone. */
export const record = (key: string, value: number | null): JournalRecord => ({
  key, partitionKey: key,
  event: value === null ? null : {
    specversion: '1.0', id: `${key}-${value}`, source: '/contract', type: 'dev.bordergate.vpn.Number.v1', subject: key, time: '2026-11-21T10:00:00.000Z', data: value,
    tenant: 'default', actor: 'test', correlationid: 'c', causationid: 'c', partitionkey: key,
  },
});
const keyAndValue = (r: JournalRecord) => [r.key, r.event?.data ?? null] as const;

/** A handler that writes down what it sees. */
export function recorder(more: Partial<JournalHandler> = {}) {
  const seen: (readonly [string, unknown])[] = [];
  const caughtUp = vi.fn(more.caughtUp);
  return {
    seen, caughtUp,
    batch: async (records: readonly JournalRecord[], place: BatchPlace) => {
      await more.batch?.(records, place);
      seen.push(...records.map(keyAndValue));
    },
    of: (key: string) => seen.filter(([k]) => k === key).map(([, v]) => v),
    table: () => {
      const table = new Map(seen);
      return Object.fromEntries([...table].filter(([, v]) => v !== null));
    },
  };
}

/** A promise to be resolved by hand (Promise.withResolvers is not in Node 20). */
function gateOf() {
  let resolve!: () => void;
  const promise = new Promise<void>((r) => { resolve = r; });
  return { promise, resolve };
}

/** A database in small: the result and how far it goes are stored together, or neither. */
export function ledger() {
  const done = new Map<number, number>();
  const effects: unknown[] = [];
  return {
    effects, done,
    stored: async () => new Map(done),
    transaction: (records: readonly JournalRecord[], { partition, first, next }: BatchPlace) => {
      if ((done.get(partition) ?? 0) > first) throw new Error('done already');
      effects.push(...records.map((r) => r.event?.data ?? null));
      done.set(partition, next);
    },
  };
}

/** What every adapter of Journal promises. `makeJournal` gets the error handler and answers a fresh, working journal. */
export function journalContract(name: string, makeJournal: (onError: JournalErrorHandler) => Promise<Journal>): void {
  describe(`journal: ${name}`, () => {
    const patience = { timeout: 20_000, interval: 5 };
    let journal: Journal;
    const onError = vi.fn<JournalErrorHandler>();
    beforeEach(async () => {
      onError.mockReset();
      journal = await makeJournal(onError);
    });
    afterEach(() => journal.close());
    const subscribe = (topic: Topic, handler: JournalHandler, consumer = 'c') => journal.subscribe(topic, { name: consumer, from: 'beginning' }, handler);

    it('keeps the order of each key', async () => {
      const topic = topicOf('forever');
      const reader = recorder();
      await subscribe(topic, reader);
      for (let n = 0; n < 50; n++) await journal.publish(topic, [record('a', n), record('b', n), record('c', n)]);
      await vi.waitFor(() => expect(reader.seen).toHaveLength(150), patience);
      for (const key of ['a', 'b', 'c']) expect(reader.of(key)).toEqual(Array.from({ length: 50 }, (_, n) => n));
      expect(onError).not.toHaveBeenCalled();
    });

    it('replays a topic from the beginning, says once that this is done, and goes on', async () => {
      const topic = topicOf('forever');
      await journal.publish(topic, Array.from({ length: 1_200 }, (_, n) => record('a', n)));
      const seenWhenCaughtUp: number[] = [];
      const reader = recorder({ caughtUp: () => void seenWhenCaughtUp.push(reader.seen.length) });
      await subscribe(topic, reader);
      await vi.waitFor(() => expect(reader.caughtUp).toHaveBeenCalled(), patience);
      await journal.publish(topic, [record('a', 1_200)]);
      await vi.waitFor(() => expect(reader.of('a')).toEqual(Array.from({ length: 1_201 }, (_, n) => n)), patience);
      expect(reader.caughtUp).toHaveBeenCalledTimes(1);
      expect(seenWhenCaughtUp[0]).toBeGreaterThanOrEqual(1_200);
    });

    it('has caught up at once on an empty topic', async () => {
      const reader = recorder();
      await subscribe(topicOf('compacted'), reader);
      await vi.waitFor(() => expect(reader.caughtUp).toHaveBeenCalledTimes(1), patience);
      expect(reader.seen).toEqual([]);
    });

    it('is a table on a compacted topic: the last record stands, a tombstone removes', async () => {
      const topic = topicOf('compacted');
      const early = recorder();
      await subscribe(topic, early, 'early');
      for (let n = 0; n < 300; n++) await journal.publish(topic, [record('changes', n), record('comes', n), record(`k${n % 10}`, n)]);
      await journal.publish(topic, [record('comes', null), record('k3', null), record('once', 1)]);
      const late = recorder();
      await subscribe(topic, late, 'late');
      await vi.waitFor(() => expect(late.caughtUp).toHaveBeenCalled(), patience);
      const table = { changes: 299, once: 1, ...Object.fromEntries([0, 1, 2, 4, 5, 6, 7, 8, 9].map((k) => [`k${k}`, 290 + k])) };
      expect(late.table()).toEqual(table);
      await vi.waitFor(() => expect(early.table()).toEqual(table), patience);
    });

    it('lets a key come back after its tombstone', async () => {
      const topic = topicOf('compacted');
      await journal.publish(topic, [record('a', 1), record('a', null), record('a', 2)]);
      const reader = recorder();
      await subscribe(topic, reader);
      await vi.waitFor(() => expect(reader.caughtUp).toHaveBeenCalled(), patience);
      expect(reader.table()).toEqual({ a: 2 });
    });

    it('reports a failing handler and brings the batch again, in order, missing nothing', async () => {
      const topic = topicOf('forever');
      let failures = 3;
      const reader = recorder({
        batch: (records) => {
          if (records.some((r) => r.event?.data === 5) && failures-- > 0) throw new Error('not now');
        },
      });
      await subscribe(topic, reader, 'fragile');
      for (let n = 0; n < 20; n++) await journal.publish(topic, [record('a', n)]);
      await vi.waitFor(() => expect(reader.of('a')).toEqual(Array.from({ length: 20 }, (_, n) => n)), patience);
      expect(onError).toHaveBeenCalledTimes(3);
      expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'not now' }), { topic: topic.name, consumer: 'fragile' });
    });

    it('tells again that it has caught up when that failed', async () => {
      const told = vi.fn().mockRejectedValueOnce(new Error('sweep failed')).mockResolvedValue(undefined);
      const reader = recorder({ caughtUp: told });
      const topic = topicOf('forever');
      await journal.publish(topic, [record('a', 1)]);
      await subscribe(topic, reader);
      await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2), patience);
      await journal.publish(topic, [record('a', 2)]);
      await vi.waitFor(() => expect(reader.of('a')).toEqual([1, 2]), patience);
      expect(told).toHaveBeenCalledTimes(2);
      expect(onError).toHaveBeenCalledTimes(1);
    });

    it('does not let a slow consumer hold up another, nor the publisher', async () => {
      const topic = topicOf('forever');
      const gate = gateOf();
      const [slow, quick] = [recorder({ batch: () => gate.promise }), recorder()];
      await subscribe(topic, slow, 'slow');
      await subscribe(topic, quick, 'quick');
      for (let n = 0; n < 10; n++) await journal.publish(topic, [record('a', n)]);
      await vi.waitFor(() => expect(quick.seen).toHaveLength(10), patience);
      expect(slow.seen).toEqual([]);
      gate.resolve();
      await vi.waitFor(() => expect(slow.seen).toHaveLength(10), patience);
    });

    it('does not run a handler while it runs', async () => {
      const topic = topicOf('forever');
      let [running, most] = [0, 0];
      const reader = recorder({
        batch: async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 2));
          running--;
        },
      });
      await subscribe(topic, reader);
      for (let n = 0; n < 20; n++) await journal.publish(topic, [record(`k${n}`, n)]);
      await vi.waitFor(() => expect(reader.seen).toHaveLength(20), patience);
      expect(most).toBe(1);
    });

    it('keeps topics apart', async () => {
      const [one, other] = [topicOf('forever'), topicOf('forever')];
      const reader = recorder();
      await subscribe(one, reader);
      await journal.publish(other, [record('a', 1)]);
      await journal.publish(one, [record('a', 2)]);
      await vi.waitFor(() => expect(reader.of('a')).toEqual([2]), patience);
    });

    it('refuses a second subscription of a name until the first is closed', async () => {
      const topic = topicOf('forever');
      const first = await subscribe(topic, recorder());
      await expect(subscribe(topic, recorder())).rejects.toThrow(/already/);
      await first.close();
      await (await subscribe(topic, recorder())).close();
    });

    it('waits for the batch under way when it closes, and begins no other', async () => {
      const topic = topicOf('forever');
      const gate = gateOf();
      const entered = vi.fn();
      const reader = recorder({
        batch: () => {
          entered();
          return gate.promise;
        },
      });
      const subscription = await subscribe(topic, reader);
      await journal.publish(topic, [record('a', 1)]);
      await vi.waitFor(() => expect(entered).toHaveBeenCalled(), patience);
      const closed = subscription.close();
      await journal.publish(topic, [record('a', 2)]);
      gate.resolve();
      await closed;
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(reader.of('a')).toEqual([1]);
    });

    it('brings a batch of many records whole and in order', async () => {
      const topic = topicOf('forever');
      const reader = recorder();
      await subscribe(topic, reader);
      await journal.publish(topic, Array.from({ length: 10_000 }, (_, n) => record(`k${n % 7}`, n)));
      await vi.waitFor(() => expect(reader.seen).toHaveLength(10_000), patience);
      for (let k = 0; k < 7; k++) expect(reader.of(`k${k}`)).toEqual(Array.from({ length: Math.ceil((10_000 - k) / 7) }, (_, n) => 7 * n + k));
      expect(onError).not.toHaveBeenCalled();
    });

    it('has effects once for who stores what is done with the result, also when that is not acknowledged', async () => {
      const topic = topicOf('forever');
      const books = ledger();
      let crashes = 3;
      const reader = recorder({
        batch: (records, place) => {
          books.transaction(records, place);
          if (crashes-- > 0) throw new Error('the connection broke after the commit');
        },
      });
      const durable = (handler: JournalHandler) => journal.subscribe(topic, { name: 'durable', from: 'stored', stored: books.stored }, handler);
      const first = await durable(reader);
      for (let n = 0; n < 100; n++) await journal.publish(topic, [record('a', n)]);
      await vi.waitFor(() => expect(books.effects).toEqual(Array.from({ length: 100 }, (_, n) => n)), patience);
      await first.close();
      await journal.publish(topic, [record('a', 100), record('a', 101)]);
      const again = recorder({ batch: books.transaction });
      await durable(again);
      await vi.waitFor(() => expect(again.of('a')).toEqual([100, 101]), patience);
      expect(again.caughtUp).toHaveBeenCalledTimes(1);
      expect(books.effects).toEqual(Array.from({ length: 102 }, (_, n) => n));
    });

    it('does a batch again whose transaction was rolled back', async () => {
      const topic = topicOf('forever');
      const books = ledger();
      let failures = 2;
      await journal.publish(topic, [record('a', 1), record('a', 2)]);
      await journal.subscribe(topic, { name: 'durable', from: 'stored', stored: books.stored }, recorder({
        batch: (records, place) => {
          if (failures-- > 0) throw new Error('rolled back');
          books.transaction(records, place);
        },
      }));
      await vi.waitFor(() => expect(books.effects).toEqual([1, 2]), patience);
      expect(onError).toHaveBeenCalledTimes(2);
    });

    describe('ownership', () => {
      let groups = 0;
      const owner = async (topic: Topic, more: Partial<OwnershipHandler> = {}) => {
        const acquired = vi.fn(more.acquired);
        const released = vi.fn(more.released);
        const group = `contract-${process.pid}-${groups++}`;
        const ownership = await journal.own(group, [topic], { acquired, released });
        await vi.waitFor(() => expect(acquired).toHaveBeenCalled(), patience);
        return { ownership, acquired, released, group };
      };

      it('lets the only owner write everything, and read what is there', async () => {
        const topic = topicOf('compacted');
        const reader = recorder();
        await subscribe(topic, reader);
        const { ownership, acquired } = await owner(topic);
        const partitions = acquired.mock.calls[0]![0];
        const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
        expect(keys.every((key) => ownership.owns(ownership.partitionOf(key)))).toBe(true);
        await ownership.publish(topic, [...keys.map((key, n) => record(key, n)), record('a', 10), record('b', null)]);
        const table = { a: 10, c: 2, d: 3, e: 4, f: 5, g: 6 };
        await vi.waitFor(() => expect(reader.table()).toEqual(table), patience);
        const seen = recorder();
        await ownership.read(topic, partitions, (records) => void seen.seen.push(...records.map(keyAndValue)));
        expect(seen.table()).toEqual(table);
      });

      it('ends with the ownership: nothing can be written any more', async () => {
        const topic = topicOf('compacted');
        const { ownership, acquired, released, group } = await owner(topic);
        await ownership.close();
        expect(released.mock.calls.flatMap(([partitions]) => partitions).sort()).toEqual([...acquired.mock.calls[0]![0]].sort());
        await expect(ownership.publish(topic, [record('a', 1)])).rejects.toThrow(NotOwner);
        await (await journal.own(group, [topic], { acquired: vi.fn(), released: vi.fn() })).close();
      });

      it('gives partitions again to who failed to take them over', async () => {
        const topic = topicOf('compacted');
        let failures = 2;
        const { acquired } = await owner(topic, { acquired: () => { if (failures-- > 0) throw new Error('could not take over'); } });
        await vi.waitFor(() => expect(acquired).toHaveBeenCalledTimes(3), patience);
        expect(onError).toHaveBeenCalledTimes(2);
      });

      it('is of the topics it was asked for, and once per process', async () => {
        const topic = topicOf('compacted');
        const { ownership, group } = await owner(topic);
        await expect(ownership.publish(topicOf('compacted'), [record('a', 1)])).rejects.toThrow(/not written by/);
        await expect(journal.own(group, [topic], { acquired: vi.fn(), released: vi.fn() })).rejects.toThrow(/already/);
      });
    });

    it('refuses to publish and subscribe after it is closed, also while a handler fails', async () => {
      const topic = topicOf('forever');
      await subscribe(topic, recorder({ batch: () => Promise.reject(new Error('always')) }));
      await journal.publish(topic, [record('a', 1)]);
      await vi.waitFor(() => expect(onError).toHaveBeenCalled(), patience);
      await journal.close();
      await expect(journal.publish(topic, [record('a', 2)])).rejects.toThrow(/closed/);
      await expect(subscribe(topic, recorder(), 'other')).rejects.toThrow(/closed/);
    });
  });
}

import type { JournalRecord, Topic } from '@bordergate/contracts';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { createLog } from '../log.js';
import { record } from '../journal.contract.js';
import { partitionOf, type Message, type TopicMessages } from './client.js';
import { JournalUnavailable, Writer, type WriterOptions } from './writer.js';

const PARTITIONS = 4;
const topic: Topic = { name: 't', key: 'k', content: '', retention: 'forever' };
const quiet = createLog('test', { level: 'silent' });

const textOf = (message: Message) => `${message.key}=${message.value}`;
/** A broker in small; `outcome` says per request what becomes of it. */
function broker(outcome: (request: number) => 'accepted' | 'lost request' | 'lost answer' | Error = () => 'accepted') {
  const log: string[] = [];
  const requests: string[][] = [];
  const seen = new Set<string>();
  let opened = 0;
  const open = async () => {
    const producer = ++opened;
    return {
      async send(topicMessages: TopicMessages[]) {
        const fate = outcome(requests.length);
        requests.push(topicMessages.flatMap(({ messages }) => messages.map(textOf)));
        await Promise.resolve();
        if (fate instanceof Error) throw fate;
        if (fate === 'lost request') throw new Error('connection closed');
        for (const { topic: name, messages } of topicMessages) {
          for (const partition of new Set(messages.map((m) => m.partition))) {
            const ours = messages.filter((m) => m.partition === partition).map(textOf);
            const id = `${producer} ${name} ${partition} ${ours.join()}`; // what its sequence numbers are to a real one
            if (!seen.has(id)) log.push(...ours);
            seen.add(id);
          }
        }
        if (fate === 'lost answer') throw new Error('connection closed');
        return topicMessages.flatMap(({ topic: topicName, messages }) => [...new Set(messages.map((m) => m.partition!))].map((partition) => ({ topicName, partition, errorCode: 0 })));
      },
      close: async () => {},
    };
  };
  return { log, requests, open, get opened() { return opened; } };
}
const kafkaError = (type: string) => Object.assign(new Error(type), { type });
const writerOn = (open: WriterOptions['open'], more: Partial<WriterOptions> = {}) => new Writer({
  topics: { ensure: async () => PARTITIONS, forget: vi.fn() }, open, log: quiet, deadlineMs: 60_000, maxWaiting: 1_000, backoff: { first: 1, last: 2 }, ...more,
});

it('sends what came in while a batch was under way as the next one', async () => {
  const { requests, open } = broker();
  const writer = writerOn(open);
  await Promise.all([1, 2, 3].map((n) => writer.publish(topic, [record('a', n)])));
  expect(requests).toEqual([['a=1', 'a=2', 'a=3']]);
  await writer.close();
});

it('is silent for nothing', async () => {
  const { requests, open } = broker();
  await writerOn(open).publish(topic, []);
  expect(requests).toEqual([]);
});

it('loses nothing and keeps the order of each key, whatever is lost on the way (property)', async () => {
  const fates = fc.array(fc.constantFrom('accepted' as const, 'lost request' as const, 'lost answer' as const), { maxLength: 30 });
  const publications = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
  await fc.assert(fc.asyncProperty(fates, publications, async (outcomes, keys) => {
    const { log, open } = broker((request) => outcomes[request] ?? 'accepted');
    const writer = writerOn(open);
    let n = 0;
    const all = keys.map((some) => some.map((key) => record(key, n++)));
    await Promise.all(all.map(async (records, i) => {
      for (let turn = 0; turn < i % 3; turn++) await Promise.resolve(); // some come in later
      await writer.publish(topic, records);
    }));
    await writer.close();
    expect([...log].sort()).toEqual(all.flat().map(asText).sort());
    for (const records of all) for (const key of 'abcde') expect(inOrder(log, records.filter((r) => r.key === key).map(asText))).toBe(true);
  }));
});

it('splits what is too much for one request', async () => {
  const { requests, log, open } = broker();
  const writer = writerOn(open, { maxWaiting: 100_000 });
  await writer.publish(topic, Array.from({ length: 10_000 }, (_, n) => record('a', n)));
  expect(requests.length).toBeGreaterThan(3);
  expect(log).toEqual(Array.from({ length: 10_000 }, (_, n) => `a=${n}`));
});

it('tells who waits that the broker does not answer, and does not send later what it has not begun', async () => {
  let away = true;
  const { log, open } = broker(() => (away ? 'lost request' : 'accepted'));
  const writer = writerOn(open, { deadlineMs: 20, backoff: { first: 5, last: 5 } });
  const first = writer.publish(topic, [record('a', 1)]);
  first.catch(() => undefined);
  await vi.waitFor(() => expect(writer.waiting).toBe(1));
  await Promise.resolve();
  const second = writer.publish(topic, [record('a', 2)]);
  await expect(first).rejects.toThrow(JournalUnavailable);
  await expect(second).rejects.toThrow(JournalUnavailable);
  expect(writer.waiting).toBe(0);
  away = false;
  await writer.publish(topic, [record('a', 1), record('a', 2)]);
  // what may have been written stays ahead of what comes later
  expect(log).toEqual(['a=1', 'a=1', 'a=2']);
  await writer.close();
});

it('takes no more when too much waits', async () => {
  const { open } = broker(() => 'lost request');
  const writer = writerOn(open, { maxWaiting: 2 });
  const waiting = [writer.publish(topic, [record('a', 1), record('a', 2), record('a', 3)])];
  await expect(writer.publish(topic, [record('a', 4)])).rejects.toThrow(/3 records wait/);
  const closed = writer.close();
  await expect(waiting[0]).rejects.toThrow(/closed/);
  await closed;
});

it('refuses only what the broker refuses, with a producer that counts anew', async () => {
  const tooLarge = record('b', 2);
  const kafka = broker();
  const open = async () => {
    const sender = await kafka.open();
    return { ...sender, send: async (all: TopicMessages[]) => {
      if (all.some(({ messages }) => messages.some((m) => textOf(m) === 'b=2'))) throw kafkaError('MESSAGE_TOO_LARGE');
      return sender.send(all);
    } };
  };
  const writer = writerOn(open);
  const results = await Promise.allSettled([writer.publish(topic, [record('a', 1)]), writer.publish(topic, [tooLarge]), writer.publish(topic, [record('c', 3)])]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { type: 'MESSAGE_TOO_LARGE' } });
  expect(kafka.log).toEqual(['a=1', 'c=3']);
  expect(kafka.opened).toBeGreaterThan(1);
});

it('goes on with another producer when the broker has lost count of the first', async () => {
  const kafka = broker((request) => (request === 0 ? new Error('wrapped', { cause: kafkaError('OUT_OF_ORDER_SEQUENCE_NUMBER') }) : 'accepted'));
  const writer = writerOn(kafka.open);
  await writer.publish(topic, [record('a', 1)]);
  expect(kafka.log).toEqual(['a=1']);
  expect(kafka.opened).toBe(2);
});

it('sends again what an answer does not speak of', async () => {
  const { log, open } = broker();
  let requests = 0;
  const writer = writerOn(async () => {
    const sender = await open();
    return { ...sender, send: async (all: TopicMessages[]) => {
      const answers = requests++ === 0 ? [all[0]!.messages[0]!.partition!] : undefined;
      const some = answers ? all.map(({ topic: name, messages }) => ({ topic: name, messages: messages.filter((m) => answers.includes(m.partition!)) })) : all;
      return sender.send(some);
    } };
  });
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(new Set(keys.map((key) => partitionOf(key, PARTITIONS))).size).toBeGreaterThan(1);
  await writer.publish(topic, keys.map((key, n) => record(key, n)));
  expect([...log].sort()).toEqual(keys.map((key, n) => `${key}=${n}`));
});

it('opens a producer again when that failed', async () => {
  const { log, open } = broker();
  let failures = 2;
  const writer = writerOn(async () => {
    if (failures-- > 0) throw new Error('no broker');
    return open();
  });
  await writer.publish(topic, [record('a', 1)]);
  expect(log).toEqual(['a=1']);
});

const asText = (r: JournalRecord) => `${r.key}=${r.event?.data}`;
const inOrder = (log: readonly string[], wanted: readonly string[]) => {
  let at = 0;
  for (const one of log) if (one === wanted[at]) at++;
  return at === wanted.length;
};

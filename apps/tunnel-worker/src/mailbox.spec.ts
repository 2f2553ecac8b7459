import type { JournalRecord, Topic } from '@bordergate/contracts';
import { createLog, type Journal } from '@bordergate/platform';
import { expect, it, vi } from 'vitest';
import { Mailbox } from './mailbox.js';
import { eventRecord } from './worker.test-support.js';

const table: Topic = { name: 'table', key: 'k', content: '', retention: 'compacted' };
const stream: Topic = { name: 'stream', key: 'k', content: '', retention: 1_000 };
const row = (key: string, n: number | null): JournalRecord => (n === null ? { key, partitionKey: key, event: null } : eventRecord(key, { type: 'Row', n } as { type: string }, `${key}-${n}`));
const saw = (key: string, type: string, n: number) => eventRecord(key, { type, n } as { type: string }, `${key}-${type}-${n}`);

function set(publish: (topic: Topic, records: readonly JournalRecord[]) => Promise<void>) {
  const lines: string[] = [];
  const log = createLog('test', { write: line => lines.push(JSON.parse(line).message) });
  return { lines, mailbox: new Mailbox({ publish } as Journal, log, { first: 1, last: 2 }) };
}
const idOf = (record: JournalRecord) => record.event?.id ?? `${record.key} gone`;

it('keeps nobody waiting, and the order', async () => {
  const taken: string[] = [];
  let open!: () => void;
  const gate = new Promise<void>(resolve => { open = resolve; });
  const { mailbox } = set(async (_, records) => { await gate; taken.push(...records.map(idOf)); });
  mailbox.put(stream, [saw('a', 'Up', 1)]);
  mailbox.put(stream, [saw('a', 'Down', 2), saw('b', 'Up', 3)]);
  expect(mailbox.size).toBeGreaterThan(0);
  open();
  await mailbox.told();
  expect(taken).toEqual(['a-Up-1', 'a-Down-2', 'b-Up-3']);
  expect(mailbox.size).toBe(0);
});

it('tells everything, in order, when the journal is back, and says so once', async () => {
  const taken: string[] = [];
  let failures = 5;
  const { mailbox, lines } = set(async (_, records) => {
    if (failures-- > 0) throw new Error('broker away');
    taken.push(...records.map(idOf));
  });
  mailbox.put(stream, [saw('a', 'Up', 1)]);
  await vi.waitFor(() => expect(failures).toBeLessThan(4));
  mailbox.put(stream, [saw('a', 'Down', 2)]);
  mailbox.put(table, [row('x', 1), row('x', null)]);
  await mailbox.told();
  expect(taken.filter(id => id.startsWith('a'))).toEqual(['a-Up-1', 'a-Down-2']);
  expect(taken.filter(id => id.startsWith('x'))).toEqual(['x-1', 'x gone']);
  expect(lines).toEqual(['the journal takes no records; they wait', 'the journal takes records again']);
});

it('is not held up by a topic that is refused', async () => {
  const taken: string[] = [];
  const { mailbox } = set(async ({ name }, records) => {
    if (name === 'table') throw new Error('not authorised');
    taken.push(...records.map(idOf));
  });
  mailbox.put(table, [row('x', 1)]);
  mailbox.put(stream, [saw('a', 'Up', 1)]);
  await vi.waitFor(() => expect(taken).toEqual(['a-Up-1']));
  await mailbox.close(0);
});

it('is bounded: of what waits long, only how things are is kept', async () => {
  const taken: string[] = [];
  let away = true;
  const { mailbox, lines } = set(async (_, records) => {
    if (away) throw new Error('broker away');
    taken.push(...records.map(idOf));
  });
  for (let n = 0; n < 30_000; n++) {
    mailbox.put(table, [row(`k${n % 10}`, n)]);
    mailbox.put(stream, [saw(`t${n % 5}`, n % 2 ? 'Up' : 'Down', n)]);
  }
  expect(mailbox.size).toBeLessThan(25_000);
  away = false;
  await mailbox.told();
  const last = new Map(taken.map(id => [id.slice(0, id.lastIndexOf('-')), id]));
  for (let n = 29_990; n < 30_000; n++) {
    expect(last.get(`k${n % 10}`)).toBe(`k${n % 10}-${n}`);
    expect(last.get(`t${n % 5}-${n % 2 ? 'Up' : 'Down'}`)).toBe(`t${n % 5}-${n % 2 ? 'Up' : 'Down'}-${n}`);
  }
  expect(lines).toHaveLength(2);
});

it('ends although the journal is away, and says what it could not tell', async () => {
  const { mailbox, lines } = set(async () => { throw new Error('broker away'); });
  mailbox.put(stream, [saw('a', 'Up', 1)]);
  await mailbox.close(5);
  expect(lines.at(-1)).toMatch(/next worker/);
});

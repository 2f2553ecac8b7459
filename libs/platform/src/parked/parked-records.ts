import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS, ParkedRecordResolved, RecordParked, TOPICS, type JournalRecord, type ParkedResolution, type Topic } from '@bordergate/contracts';
import { isRejection, reject, sameData, type Rejection } from '@bordergate/kernel';
import type { Clock } from '../clock.js';
import type { Journal, Subscription } from '../journal.js';
import { decodeRecord, UndecodableMessage } from '../kafka/message.js';
import { JournalUnavailable } from '../kafka/writer.js';
import { UnreadableRecord, type Door, readAs } from './door.js';
import { keyOfPlace, messageOf, resolvedRecord } from './parking.js';

const READ_DEADLINE_MS = 120_000;

export interface ParkedRow {
  readonly id: string;
  /** Sorts by topic and place. */
  readonly place: string;
  /** When it was parked last. */
  readonly at: string;
  readonly parked: RecordParked;
}

/** What is parked and not dealt with, folded from journal.parked.v1; and what an operator can do about it. The same on every journal. */
export class ParkedRecords {
  readonly #rows = new Map<string, ParkedRow>();
  readonly #resolved = new Map<string, ParkedRecordResolved>();
  #subscription: Subscription | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param name of the service, whose consumer it is */
  constructor(private readonly journal: Journal, private readonly name: string, private readonly clock: Clock) {}

  /** Resolves when it follows; the promise in the answer when what was parked before is known. */
  async start(door: Door): Promise<{ read: Promise<void> }> {
    let caughtUp!: () => void;
    const read = new Promise<void>((resolve) => { caughtUp = resolve; });
    this.#subscription = await this.journal.subscribe(TOPICS.parked, { name: `${this.name}/parked`, from: 'beginning' }, {
      batch: async (records, place) => {
        for (const row of await door.admit(records, place, readRow)) this.#fold(row);
      },
      caughtUp,
    });
    return { read };
  }

  async stop(): Promise<void> {
    await this.#subscription?.close();
  }

  /** In the order of topic and place. */
  list(): ParkedRow[] {
    return [...this.#rows.values()].filter(({ parked }) => this.#resolved.get(keyOfPlace(parked))?.fingerprint !== parked.fingerprint).sort((a, b) => (a.place < b.place ? -1 : 1));
  }

  get(id: string): ParkedRow | undefined {
    return this.list().find((row) => row.id === id);
  }

  /** Publishes it to its topic again, for all consumers, unless that would undo what came after it. One at a time. */
  replay({ parked }: ParkedRow, actor: string): Promise<Rejection | undefined> {
    const mine = this.#turn.then(() => this.#replay(parked, actor));
    this.#turn = mine.catch(() => undefined); // it is the caller's
    return mine;
  }

  async discard({ parked }: ParkedRow, actor: string): Promise<void> {
    await this.#resolve(parked, 'discarded', actor);
  }

  async #replay(parked: RecordParked, actor: string): Promise<Rejection | undefined> {
    const found = readable(parked);
    if (isRejection(found)) return found;
    const { topic, record } = found;
    const before = await this.#history(topic, record.key);
    const newest = before.at(-1);
    if (newest && !sameEvent(newest, record)) {
      return reject('parked-record-superseded', `${topic.name} has a newer record of ${record.key}${newest.event ? `, ${newest.event.type} of ${newest.event.time}` : ', a tombstone'}: the parked one would undo it; discard it`);
    }
    await this.journal.publish(topic, [record]);
    // What was published while we looked is on top again.
    const between = (await this.#history(topic, record.key)).slice(0, -1).findLast((other) => !sameEvent(other, record) && !before.some((known) => sameEvent(known, other)));
    if (between) await this.journal.publish(topic, [between]);
    await this.#resolve(parked, 'replayed', actor);
    return undefined;
  }

  async #resolve(parked: RecordParked, resolution: ParkedResolution, actor: string): Promise<void> {
    const record = resolvedRecord(parked, resolution, actor, this.clock);
    await this.journal.publish(TOPICS.parked, [record]);
    this.#fold(record.event!.data); // who asks next must not see it still
  }

  #fold(row: ParkedRow | ParkedRecordResolved): void {
    if ('parked' in row) this.#rows.set(keyOfPlace(row.parked), row);
    else this.#resolved.set(keyOfPlace(row), row);
  }

  /** All records of a key that the topic keeps, in order. The topic is read from its beginning: seconds, and only when an operator asks. */
  async #history(topic: Topic, key: string): Promise<JournalRecord[]> {
    const history: JournalRecord[] = [];
    let caughtUp!: () => void;
    const read = new Promise<boolean>((resolve) => { caughtUp = () => resolve(true); });
    const subscription = await this.journal.subscribe(topic, { name: `${this.name}/replay`, from: 'beginning' }, {
      batch: (records) => void history.push(...records.filter((record) => record.key === key)),
      caughtUp,
    });
    const late = new AbortController();
    try {
      if (await Promise.race([read, sleep(READ_DEADLINE_MS, false, { signal: late.signal, ref: false })])) return history;
      throw new JournalUnavailable(`${topic.name} could not be read to its end within ${READ_DEADLINE_MS} ms`);
    } finally {
      late.abort();
      await subscription.close();
    }
  }
}

/** @throws UnreadableRecord */
function readRow({ event }: JournalRecord): ParkedRow | ParkedRecordResolved {
  const data = event?.data as { type?: unknown } | undefined;
  if (data?.type === 'ParkedRecordResolved') return readAs(ParkedRecordResolved, data);
  const parked = readAs(RecordParked, data);
  return { id: `parked-${createHash('sha256').update(keyOfPlace(parked)).digest('hex').slice(0, 12)}`, place: placeOrder(parked), at: event!.time, parked };
}

const sameEvent = (a: JournalRecord, b: JournalRecord): boolean => a.event?.id === b.event?.id && sameData(a.event?.data, b.event?.data);

const placeOrder = ({ topic, partition, offset, consumer }: RecordParked): string => `${topic} ${String(partition).padStart(6, '0')} ${String(offset).padStart(16, '0')} ${consumer}`;

/** The record and its topic, if today's readers can read it. */
function readable({ topic: name, message }: RecordParked): { topic: Topic; record: JournalRecord } | Rejection {
  const topic = Object.values(TOPICS).find((known) => known.name === name);
  if (!topic) return reject('parked-record-unreadable', `there is no topic ${name} any more`);
  if (!message) return reject('parked-record-unreadable', 'the message was too large to be kept: only its place is known');
  try {
    const record = decodeRecord(messageOf(message));
    if (record.event) readAs(schemaOf(topic, record.event.data), record.event.data);
    return { topic, record };
  } catch (error) {
    if (!(error instanceof UndecodableMessage || error instanceof UnreadableRecord)) throw error;
    return reject('parked-record-unreadable', `it cannot be read by this version either, and would be parked again: ${error.message}`);
  }
}

/** @throws UnreadableRecord */
function schemaOf(topic: Topic, data: unknown) {
  const type = (data as { type?: unknown } | null)?.type;
  const known = EVENTS.find((event) => event.topic.name === topic.name && event.name === type);
  if (!known) throw new UnreadableRecord(typeof type === 'string' ? `${topic.name} has no events of type ${JSON.stringify(type)}` : 'its data does not say a type');
  return known.schema;
}

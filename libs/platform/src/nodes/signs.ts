import { cloudEventType, TOPICS, type JournalRecord, type NodeSign } from '@bordergate/contracts';
import { rfc3339, type Clock } from '../clock.js';
import { newUuid } from '../ids.js';
import type { Journal } from '../journal.js';
import type { Log } from '../log.js';

/** Between two signs of one that lives. */
export const SIGN_EVERY_MS = 5_000;

/** All in one partition: what comes through it from one comes through it from all. */
const PARTITION_KEY = 'nodes';

export interface SignOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly key: string;
  /** Who says it: service:telemetry. */
  readonly actor: string;
  readonly make: () => NodeSign;
  readonly everyMs?: number;
}

/** Gives a sign of life now and then. While one is on its way no other is sent: many at once would not say more. */
export function giveSigns({ journal, clock, log, key, actor, make, everyMs = SIGN_EVERY_MS }: SignOptions): () => void {
  let underWay = false;
  const give = async (): Promise<void> => {
    if (underWay) return;
    underWay = true;
    try {
      await journal.publish(TOPICS.nodes, [signRecord({ clock, key, actor }, make())]);
    } catch (error) {
      log.debug('a sign of life was not taken; the next one will be tried', { key, error });
    } finally {
      underWay = false;
    }
  };
  const timer = setInterval(() => void give(), everyMs).unref();
  void give();
  return () => clearInterval(timer);
}

export function signRecord({ clock, key, actor }: Pick<SignOptions, 'clock' | 'key' | 'actor'>, data: NodeSign): JournalRecord<NodeSign> {
  const id = newUuid();
  const event = {
    specversion: '1.0' as const, id, source: `/bordergate/${key}`, type: cloudEventType(data.type), subject: key, time: rfc3339(clock), data,
    tenant: 'default', actor, correlationid: id, causationid: id, partitionkey: PARTITION_KEY,
  };
  return { key, partitionKey: PARTITION_KEY, event };
}

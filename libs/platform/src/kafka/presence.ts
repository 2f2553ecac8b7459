import type { Clock } from '../clock.js';
import { kafkaErrorType } from './client.js';
import { isSettling } from './consumer-session.js';

/** Kafka is not reached: said once when it begins, and now and then while it goes on, whoever of the readers and writers runs into it. */
export class BrokerAway extends Error {
  override readonly name = 'BrokerAway';
  constructor(since: number, cause: Error) {
    super(`Kafka is not reached since ${new Date(since).toISOString()}; will try again: ${innermost(cause).message}`, { cause });
  }
}

export interface PresenceParts {
  readonly clock: Clock;
  readonly onAway: (error: BrokerAway, part: string) => void;
  readonly onBack: (awayMs: number) => void;
}

const AGAIN_MS = 300_000;
/** Some parts find back before others: it is back when nobody has failed for so long. */
const QUIET_MS = 3_000;
/** A cluster or topic that is new, or that moves, is ready by then. */
const SETTLING_MS = 60_000;

const UNREACHED = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE', 'ERR_STREAM_WRITE_AFTER_END', 'ERR_STREAM_DESTROYED']);
/** That no coordinator is found means that kafkajs has asked every broker it knows, and none has answered. */
const AWAY = new Set(['KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError', 'KafkaJSBrokerNotFound', 'KafkaJSNoBrokerAvailableError', 'KafkaJSGroupCoordinatorNotFound', 'JournalUnavailable']);
/** kafkajs has no class or code for these. */
const AWAY_MESSAGE = /^(Connection timeout|Not connected|Connection closed by the server)/;

/** Whether the broker is there, from what its readers and writers run into: each of them finds out by itself, again and again. */
export class Presence {
  #since: number | undefined;
  #failedAt = 0;
  #saidAt = 0;
  readonly #settling = new Map<string, number>();

  constructor(private readonly parts: PresenceParts) {}

  get away(): boolean {
    return this.#since !== undefined;
  }

  /** @returns whether no more is to be said of it: it has been, or passes by itself */
  failed(error: unknown, part: string): boolean {
    const now = this.parts.clock.now();
    if (isSettling(error)) {
      const since = this.#settling.get(part) ?? now;
      this.#settling.set(part, since);
      return now - since < SETTLING_MS;
    }
    if (!(error instanceof Error) || !isAway(error)) return false;
    this.#failedAt = now;
    const begins = this.#since === undefined;
    this.#since ??= now;
    if (begins || now - this.#saidAt >= AGAIN_MS) {
      this.#saidAt = now;
      this.parts.onAway(new BrokerAway(this.#since, error), part);
    }
    return true;
  }

  works(part: string): void {
    this.#settling.delete(part);
    const now = this.parts.clock.now();
    if (this.#since === undefined || now - this.#failedAt < QUIET_MS) return;
    this.parts.onBack(now - this.#since);
    this.#since = undefined;
  }
}

/** The broker was not reached, or did not answer. That it refuses us, or we it, is another matter. */
function isAway(error: Error): boolean {
  for (const { name, message, code } of causes(error)) {
    const unreached = name.startsWith('KafkaJS') && (UNREACHED.has(code ?? '') || AWAY_MESSAGE.test(message)); // a database may not be reached either
    if (unreached || AWAY.has(name)) return kafkaErrorType(error) === undefined;
  }
  return false;
}

const innermost = (error: Error): Error => [...causes(error)].at(-1)!;

function* causes(error: Error): Generator<Error & { readonly code?: string }> {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) yield cause;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { sqlState } from './sql.js';

/** What this process depends on is not there yet: worth waiting for, unlike a mistake. */
export class NotThereYet extends Error {
  override readonly name = 'NotThereYet';
}

/** Of sockets and names: nobody listens there, or the way there is gone. */
const NETWORK: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET']);
/** Of PostgreSQL: it starts or stops, it is full, the connection broke (class 08), the database is still to be made. */
const POSTGRES = /^(57P0[1-5]|53300|08...|3D000)$/;
/** What pg says of a connection that ended in the middle or was not to be had in time, and that is no error of the server. */
const CONNECTION_ENDED = /^Connection terminated|^timeout expired$|^timeout exceeded when trying to connect$|^Client has encountered a connection error/;
/** What TypeORM says to the next statement when the connection ended between two. */
const RELEASED = /^QueryRunner(Provider)?AlreadyReleasedError$/;

/** Whether an error says that something is not there, rather than that something is wrong. Looks into causes and gathered errors. */
export function isNotThereYet(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof NotThereYet || CONNECTION_ENDED.test(error.message) || RELEASED.test(error.name)) return true;
  const code = sqlState(error);
  if (code !== undefined && (NETWORK.has(code) || POSTGRES.test(code))) return true;
  if (/^KafkaJS/.test(error.name) && (error as { retriable?: boolean }).retriable === true) return true;
  return isNotThereYet(error.cause) || (error instanceof AggregateError && error.errors.some(isNotThereYet));
}

export interface Patience {
  /** Told each time with the pause before the next try. */
  readonly onWait: (error: Error, pauseMs: number) => void;
  /** Aborted: no further try; the last error is thrown. */
  readonly signal?: AbortSignal;
  readonly firstMs?: number;
  readonly lastMs?: number;
}

/** Does the work until it succeeds, as long as what fails is not there yet. @throws any other error, at once */
export async function untilThere<T>(work: () => Promise<T>, { onWait, signal, firstMs = 250, lastMs = 5_000 }: Patience): Promise<T> {
  for (let pause = firstMs; ; pause = Math.min(pause * 2, lastMs)) {
    try {
      return await work();
    } catch (error) {
      if (!isNotThereYet(error) || signal?.aborted) throw error;
      onWait(error as Error, pause);
      await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {}); // aborted: one look more, which throws
    }
  }
}

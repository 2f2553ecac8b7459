import { setTimeout as sleep } from 'node:timers/promises';
import type { EventMeta, RecordedEvent } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import { ConcurrencyError } from './event-store.js';
import { recall, remembered, type Idempotency } from './idempotency.js';
import { sqlState, together } from './sql.js';
import type { StreamStates } from './stream-states.js';
import { TOO_LATE, Turns } from './turns.js';
import { UnitOfWork, type InlineViews } from './unit-of-work.js';

export interface HandleOptions<T> {
  /**
   * Commands with the same key run one after the other (the region, ADR 3): rules that span aggregates, such as quotas
   * and "still used by", are decided on facts read inside the lock.
   */
  readonly lockKey: string;
  readonly meta: EventMeta;
  /** Only for answers without a secret in them: the answer is stored. */
  readonly idempotency?: Idempotency;
  /** Runs in the transaction, before the append (positions are not known yet); see UnitOfWork.applyViews. */
  readonly views?: InlineViews;
  /** Remembered from command to command; without it each command folds its streams from their start. */
  readonly states?: StreamStates;
  /**
   * Commands of this process queue here for their lock, and not in Postgres, where each that waits holds a connection: so a flood of
   * changes in one region leaves the connections to the readers and to other regions.
   */
  readonly turns?: Turns;
  /** Whether nobody waits for the answer any more: asked when the turn has come. A client that gave up tries again, and its old attempts must not stand before the new one. */
  readonly abandoned?: () => boolean;
  /** Decides, and answers what the caller gets (JSON when idempotent). May run again after a conflict: no effects outside of the transaction. */
  readonly work: (unit: UnitOfWork) => Promise<T | Rejection>;
}

export interface Handled<T> {
  /** What `work` answered; the stored answer when `replayed`. */
  readonly answer: T;
  /** What was appended; nothing when replayed. */
  readonly events: readonly RecordedEvent[];
  /** The request had been handled before: nothing happened now. */
  readonly replayed: boolean;
  /** Of the idempotency record. */
  readonly status?: number;
}

const RETRIES = 5;
/** In this process; less than most clients and proxies wait. */
const TURN_PATIENCE_MS = 30_000;
/** Between processes. */
const LOCK_PATIENCE_MS = 15_000;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Handles one command in one Postgres transaction: lock, idempotency, decide, inline views, append, commit. A refusal
 * rolls everything back and is returned, `concurrent-change` (five retries did not help), `busy` (the turn or the lock of
 * the region did not come in time) and `abandoned` among them. Anything that `work` throws rolls back and is thrown.
 */
export async function handle<T>(db: DataSource, options: HandleOptions<T>): Promise<Handled<T> | Rejection> {
  const { turns = new Turns(), lockKey, abandoned = () => false } = options;
  const handled = await turns.take(lockKey, TURN_PATIENCE_MS, async () => (abandoned() ? ABANDONED : untilStored(db, options)));
  return handled === TOO_LATE ? BUSY : handled;
}

const BUSY = reject('busy', 'other changes are still being made; try again');
const ABANDONED = reject('abandoned', 'the client had gone before its turn came: nothing was done');

async function untilStored<T>(db: DataSource, options: HandleOptions<T>): Promise<Handled<T> | Rejection> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await inTransaction(db, (tx) => once(tx, options));
    } catch (error) {
      if (error instanceof Refusal) return error.rejection;
      if (sqlState(error) === LOCK_NOT_AVAILABLE) return BUSY;
      if (!isConflict(error)) throw error;
      if (attempt === RETRIES) return reject('concurrent-change', 'others keep changing the same resource; try again');
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}

/**
 * Statements that need not wait for each other's answer are asked at once: a session answers them in their order, one way there and back for
 * all (pg's pipeline mode). The first that fails aborts the transaction, and so all behind it, a `commit` among them, which then undoes.
 */
async function inTransaction<T>(db: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const runner = db.createQueryRunner();
  try {
    return await work(runner.manager);
  } catch (error) {
    await runner.query('rollback').catch(() => undefined); // the session is lost, and the transaction with it
    throw error;
  } finally {
    await runner.release();
  }
}

async function once<T>(tx: EntityManager, { lockKey, meta, idempotency, views, states, work }: HandleOptions<T>): Promise<Handled<T>> {
  // READ COMMITTED: each statement after the lock sees what was committed before it was granted.
  const [, , stored] = await together([
    tx.query('begin isolation level read committed'),
    tx.query("select set_config('lock_timeout', $2, true), pg_advisory_xact_lock(hashtextextended('bordergate.commands/' || $1, 0))", [lockKey, `${LOCK_PATIENCE_MS}ms`]),
    idempotency && recall(tx, idempotency),
  ]);
  if (isRejection(stored)) throw new Refusal(stored);
  if (stored) {
    await tx.query('commit');
    return { answer: stored.body as T, events: [], replayed: true, status: stored.status };
  }
  const unit = new UnitOfWork(tx, meta, views, states);
  const answer = await work(unit);
  if (isRejection(answer)) throw new Refusal(answer);
  const events = await unit.commit(idempotency && remembered(idempotency, answer));
  return idempotency ? { answer, events, replayed: false, status: idempotency.status } : { answer, events, replayed: false };
}

/** Only to make the transaction roll back. */
class Refusal extends Error {
  constructor(readonly rejection: Rejection) {
    super(rejection.code);
  }
}

const isConflict = (error: unknown): boolean => {
  const state = sqlState(error);
  return error instanceof ConcurrencyError || state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED;
};

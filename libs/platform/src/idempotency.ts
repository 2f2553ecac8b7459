import { createHash } from 'node:crypto';
import { canonicalJson, reject, type Rejection } from '@bordergate/kernel';
import type { Sql } from './sql.js';

/** A request that its sender may repeat without knowing whether the first one arrived (Idempotency-Key, on POST). */
export interface Idempotency {
  readonly tenant: string;
  /** The header's value. */
  readonly key: string;
  /** Method and path: the same key on another route is another request. */
  readonly route: string;
  /** Hash of what was asked (`requestHash`): the same key with another hash is a mistake of the sender. */
  readonly requestHash: string;
  /** HTTP status to store with the answer. */
  readonly status: number;
}

/** The same for bodies that mean the same, in whatever order their keys come; a hash, because the body may hold a secret. */
export const requestHash = (body: unknown): string => createHash('sha256').update(canonicalJson(body ?? null)).digest('base64url');

export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

// json, not jsonb: the answer is replayed with its keys in the order they had.
export const IDEMPOTENCY_SQL = `
create table if not exists idempotency (
  tenant text not null,
  key text not null,
  route text not null,
  request_hash text not null,
  status int not null,
  body json,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant, key, route)
);
create index if not exists idempotency_at on idempotency (at);`;

/**
 * The stored answer of this request, a rejection when the key belongs to another one, or nothing when it is new.
 * A duplicate that arrives meanwhile waits here until the transaction of the first has ended.
 */
export async function recall(tx: Sql, { tenant, key, route, requestHash }: Idempotency): Promise<StoredAnswer | Rejection | undefined> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [JSON.stringify([tenant, key, route])]);
  const [row] = await tx.query('select request_hash, status, body from idempotency where tenant = $1 and key = $2 and route = $3', [tenant, key, route]);
  if (!row) return undefined;
  if (row.request_hash !== requestHash) return reject('idempotency-key-reused', 'this key was used for a request with another content; use a new one', 'Idempotency-Key');
  return { status: row.status, body: row.body };
}

/** Keeps the answer; in the transaction that stores what was decided, so that there is one exactly when the other is. */
export async function remember(tx: Sql, { tenant, key, route, requestHash, status }: Idempotency, body: unknown): Promise<void> {
  await tx.query('insert into idempotency (tenant, key, route, request_hash, status, body) values ($1, $2, $3, $4, $5, $6)', [
    tenant, key, route, requestHash, status, body === undefined ? null : JSON.stringify(body),
  ]);
}

/** Forgets the keys used before an instant; a sender that repeats later than that is taken for a new one. */
export async function forgetIdempotencyKeys(tx: Sql, before: Date): Promise<void> {
  await tx.query('delete from idempotency where at < $1', [before]);
}

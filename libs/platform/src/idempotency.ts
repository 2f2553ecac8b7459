import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson, reject, type Rejection } from '@bordergate/kernel';
import { together, type Sql, type Statement } from './sql.js';
import type { VaultKeys } from './vault-keys.js';

/** A request that its sender may repeat without knowing whether the first one arrived (Idempotency-Key, on POST). */
export interface Idempotency {
  readonly tenant: string;
  /** The header's value. */
  readonly key: string;
  /** Method and path: the same key on another route is another request. */
  readonly route: string;
  /** Hash of what was asked (`requestHash`): the same key with another hash is a mistake of the sender. */
  readonly requestHash: RequestHash;
  /** HTTP status to store with the answer. */
  readonly status: number;
}

/** The hash of a request, and whether a stored one is of the same request. */
export interface RequestHash {
  readonly text: string;
  matches(stored: string): boolean;
}

/**
 * The same for bodies that mean the same, in whatever order their keys come. It covers the secrets in a body, so it is keyed with a vault
 * key: whoever reads the table cannot try short secrets until one fits. The key's id stands in front, so that a hash of before a rotation
 * is still known; one whose key is gone matches nothing.
 */
export function requestHash(body: unknown, { current, byId }: VaultKeys): RequestHash {
  const content = canonicalJson(body ?? null);
  const under = (keyId: string): string | undefined => {
    const key = byId.get(keyId);
    if (!key) return undefined;
    const own = createHmac('sha256', key).update('bordergate.idempotency').digest(); // a key for one purpose only
    return `${keyId}.${createHmac('sha256', own).update(content).digest('base64url')}`;
  };
  return {
    text: under(current)!,
    matches: (stored) => {
      const mine = Buffer.from(under(stored.split('.')[0]!) ?? '');
      const other = Buffer.from(stored);
      return mine.length === other.length && timingSafeEqual(mine, other);
    },
  };
}

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
  const [, [row]] = await together([
    tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [JSON.stringify([tenant, key, route])]),
    tx.query('select request_hash, status, body from idempotency where tenant = $1 and key = $2 and route = $3', [tenant, key, route]),
  ]);
  if (!row) return undefined;
  if (!requestHash.matches(row.request_hash)) return reject('idempotency-key-reused', 'this key was used for a request with another content; use a new one', 'Idempotency-Key');
  return { status: row.status, body: row.body };
}

/** Keeps the answer; in the transaction that stores what was decided, so that there is one exactly when the other is. */
export const remembered = ({ tenant, key, route, requestHash, status }: Idempotency, body: unknown): Statement => ({
  sql: 'insert into idempotency (tenant, key, route, request_hash, status, body) values ($1, $2, $3, $4, $5, $6)',
  parameters: [tenant, key, route, requestHash.text, status, body === undefined ? null : JSON.stringify(body)],
});

/** Forgets the keys used before an instant; a sender that repeats later than that is taken for a new one. */
export async function forgetIdempotencyKeys(tx: Sql, before: Date): Promise<void> {
  await tx.query('delete from idempotency where at < $1', [before]);
}

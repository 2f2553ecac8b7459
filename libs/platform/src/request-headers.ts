import type { FastifyRequest } from 'fastify';
import { requestHash, type Idempotency } from './idempotency.js';
import { InvalidRequestError } from './problem.js';
import type { VaultKeys } from './vault-keys.js';

export const etagOf = (version: number): string => `"${version}"`;

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
/** A comma may also stand inside of a tag; outside, a list may have empty elements (RFC 9110, 5.6.1.2). */
const ENTITY_TAGS = new RegExp(`^[\\s,]*${ENTITY_TAG.source}(?:\\s*,[\\s,]*${ENTITY_TAG.source})*[\\s,]*$`);

/**
 * Versions that If-Match accepts (RFC 9110, 13.1.1); undefined when any will do. Weak tags never match, and a tag we
 * have not made is the version of nothing.
 */
export function seenVersions({ headers }: FastifyRequest): readonly number[] | undefined {
  const header = headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  if (!ENTITY_TAGS.test(header)) throw new InvalidRequestError([{ field: 'If-Match', code: 'invalid-format', rule: 'an ETag of an answer, in its quotes, or *' }]);
  return header.match(ENTITY_TAG)!.flatMap((tag) => /^"(0|[1-9]\d{0,8})"$/.exec(tag)?.[1] ?? []).map(Number);
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** @param status HTTP status of the answer that is kept */
export function idempotencyOf({ headers, method, url, body }: FastifyRequest, { tenant, vaultKeys }: { readonly tenant: string; readonly vaultKeys: VaultKeys }, status: number): Idempotency | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY.test(key)) throw new InvalidRequestError([{ field: 'Idempotency-Key', code: 'invalid-format', rule: '1 to 255 printable ASCII characters without spaces' }]);
  return { tenant, key, route: `${method} ${canonicalPath(url)}`, requestHash: requestHash(body, vaultKeys), status };
}

/** One text for one resource, however its letters were escaped. The router has decoded it before, so it can be decoded. */
const canonicalPath = (url: string): string => decodeURIComponent(url.split('?', 1)[0]!);

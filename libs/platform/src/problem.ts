import type { http } from '@bordergate/contracts';
import type { Rejection } from '@bordergate/kernel';
import type { z } from 'zod';

/** RFC 9457 problem details, as the API answers them. */
export type Problem = z.infer<typeof http.Problem>;

/** One thing wrong with a request: where, which kind, and the rule in a sentence. */
export interface FieldError {
  /** Path in the body, such as "tunnels[0].psk", or the name of a query or path parameter; "" is the body itself. */
  readonly field: string;
  readonly code: string;
  readonly rule: string;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** To be thrown where a value cannot be returned: the HTTP layer answers the rejection as a problem. */
export class RejectionError extends Error {
  override readonly name = 'RejectionError';
  constructor(readonly rejection: Rejection) {
    super(rejection.because);
  }
}

/** A request that its schema refuses. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';
  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ field, rule }) => (field ? `${field}: ${rule}` : rule)).join('; '));
  }
}

/** A body that is not JSON. What exactly the parser saw is not repeated: it may be a part of a secret. */
export class MalformedJsonError extends Error {
  override readonly name = 'MalformedJsonError';
  /** @param cause why it could not be parsed, or not even be decoded */
  constructor(cause: Error) {
    const [, position] = / at position (\d+)/.exec(cause.message) ?? [];
    const why = cause instanceof SyntaxError ? (position === undefined ? '' : `: something is wrong at character ${position}`) : ': its text is not UTF-8';
    super(`the body is not JSON${why && ` (RFC 8259)${why}`}`);
  }
}

/** Codes that have a status of their own; the rest goes by the two rules of `statusOf`. */
const STATUS: Readonly<Record<string, number>> = {
  'invalid-request': 400,
  'malformed-json': 400,
  'malformed-path': 400,
  'malformed-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'cross-site-request': 403,
  'not-found': 404,
  'no-such-route': 404,
  'method-not-allowed': 405,
  'concurrent-change': 409,
  'quota-exceeded': 409,
  'psk-lost': 409,
  'version-mismatch': 412,
  'body-too-large': 413,
  'uri-too-long': 414,
  'unsupported-media-type': 415,
  'expectation-failed': 417,
  'misdirected-request': 421,
  'idempotency-key-reused': 422,
  'precondition-required': 428,
  abandoned: 499, // nobody reads it; the log does, as a proxy's would
  'internal-error': 500,
  busy: 503,
  starting: 503,
  'service-unavailable': 503,
};
const CONFLICT = /-(in-use|exists?|taken|overlaps(-[a-z]+)?|exhausted|not-disabled|not-empty|has-[a-z]+|already-[a-z]+)$/;

/**
 * 409 when the same request could be accepted in another state of the system (something is in use, exists already, is
 * not disabled; a quota is full and something may be deleted); 422 when the request itself asks for what no state allows.
 */
export const statusOf = (code: string): number => STATUS[code] ?? (CONFLICT.test(code) ? 409 : 422);

/** @param requestId becomes the `instance`, so that a user can quote what the log knows */
export function problemOf({ code, because, field }: Rejection, requestId?: string): Problem {
  return {
    ...base(code, because, requestId),
    ...(field === undefined ? {} : { field }),
    rule: because,
  };
}

/** The problem of a request that its schema refuses; with one error its field and rule also stand on the problem. */
export function invalidRequestProblem({ errors, message }: InvalidRequestError, requestId?: string): Problem {
  const only = errors.length === 1 && errors[0]!.field ? { field: errors[0]!.field, rule: errors[0]!.rule } : {};
  return { ...base('invalid-request', message, requestId), ...only, errors: [...errors] };
}

/** The problem of a body that is not JSON, in the form that tools which show errors by field expect. */
export const malformedJsonProblem = ({ message }: MalformedJsonError, requestId?: string): Problem =>
  ({ ...base('malformed-json', message, requestId), errors: [{ field: '', code: 'malformed-json', rule: message }] });

/** A problem of the HTTP layer itself: a code of the table and a sentence. */
export const httpProblem = (code: string, detail: string, requestId?: string, status?: number): Problem => ({ ...base(code, detail, requestId), ...(status === undefined ? {} : { status }) });

const base = (code: string, detail: string, requestId: string | undefined): Problem => ({
  type: `urn:bordergate:problem:${code}`,
  title: `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('-', ' ')}`,
  status: statusOf(code), detail, code,
  ...(requestId === undefined ? {} : { instance: `urn:bordergate:request:${encodeURIComponent(requestId)}` }),
});

import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { addressesIn, type AddressGuard } from './address-guard.js';

export interface Delivery {
  readonly url: string;
  readonly secret: string;
  readonly id: string;
  readonly body: string;
  /** Of this try. */
  readonly at: number;
}

/** What became of a try. */
export interface Outcome {
  /** With whatever status; undefined: it was not asked. */
  readonly answered: boolean | undefined;
  /** undefined: the receiver has it (2xx). */
  readonly failure: string | undefined;
}

const TIMEOUT_MS = 10_000;
/** Nothing in an answer but its status is of use. */
const MAX_ANSWER = 64 * 1024;
const WHSEC = 'whsec_';

/** Standard Webhooks: HMAC-SHA256 over id, timestamp and body. A secret in its form ("whsec_" and base64) is the bytes that it stands for. */
export function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith(WHSEC) ? Buffer.from(secret.slice(WHSEC.length), 'base64') : secret;
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** Posts it once. Redirects are not followed: they could lead anywhere. */
export function deliver({ url, secret, id, body, at }: Delivery, guard: AddressGuard, timeoutMs = TIMEOUT_MS): Promise<Outcome> {
  const forbidden = addressesIn(url).find((address) => !guard.allows(address));
  if (forbidden !== undefined) return Promise.resolve(unanswered(new NotAllowed(forbidden).message));
  const timestamp = Math.floor(at / 1_000);
  const options: RequestOptions = {
    method: 'POST', lookup: guarded(guard), agent: false, signal: AbortSignal.timeout(timeoutMs),
    headers: {
      'content-type': 'application/cloudevents+json; charset=utf-8', 'content-length': Buffer.byteLength(body), 'user-agent': 'bordergate-telemetry',
      'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatureOf(secret, id, timestamp, body),
    },
  };
  return new Promise((resolve) => {
    const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, options, (response) => {
      const status = response.statusCode ?? 0;
      const said = status >= 200 && status < 300 ? undefined : status >= 300 && status < 400 ? `answered ${status}, and redirects are not followed` : `answered ${status}`;
      let read = 0;
      response.on('data', (piece: Buffer) => {
        read += piece.length;
        if (read > MAX_ANSWER) response.destroy();
      });
      response.on('close', () => resolve({ answered: true, failure: said }));
      response.on('error', () => resolve({ answered: true, failure: said })); // the status has been said
    });
    request.on('error', (error) => resolve(unanswered(error.name === 'TimeoutError' || error.name === 'AbortError' ? `no answer in ${timeoutMs} ms` : failureOf(error))));
    request.end(body);
  });
}

/** The address that is connected to is the one that was looked at: a name that changes its mind in between gains nothing. */
const guarded = (guard: AddressGuard): LookupFunction => (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    if (!addresses.every(({ address }) => guard.allows(address))) return callback(new NotAllowed(host), []);
    const [first] = addresses;
    return options.all ? callback(null, addresses) : callback(null, first!.address, first!.family);
  });
};

const unanswered = (failure: string): Outcome => ({ answered: false, failure });

class NotAllowed extends Error {
  constructor(host: string) {
    super(`webhooks may not lead to ${host}: it is this machine's or its segment's`);
  }
}

/** Anybody may make a rule and read its history: it says what an operator needs, not what a name leads to, who is in a certificate, or what speaks at a port that speaks no HTTP. */
function failureOf(error: NodeJS.ErrnoException): string {
  const { code = '' } = error;
  if (error instanceof NotAllowed) return error.message;
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'the name is not found';
  if (code === 'ECONNREFUSED') return 'the connection is refused';
  if (['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT'].includes(code)) return 'the address is not reached';
  if (/CERT|SELF_SIGNED/.test(code) || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') return `the certificate is not accepted: ${code}`;
  return 'the connection ended before an answer';
}

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Why a request is not served: a code of the problem table and a sentence. */
export interface Refused { readonly code: 'misdirected-request' | 'cross-site-request' | 'malformed-request'; readonly detail: string }

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Makes the check that stands before all services while there is no access control (ADR 26). A page on the internet may
 * have its name resolve to 127.0.0.1 and then talk to us as to its own origin (DNS rebinding): so the name in Host has to be
 * one of ours; an address literal always is, since no name was resolved. And a page of another site may send a form or a
 * simple POST without reading the answer: so a write that a browser says comes from elsewhere is refused.
 * @param named host names that the operator calls ours besides localhost, "*" is any; a console may come from them, at whatever port
 * @param own names that this process knows by itself: good in Host, and an origin only with the port that was asked
 */
export function gatekeeper(named: readonly string[], own: readonly string[] = []): (request: IncomingMessage) => Refused | undefined {
  const ours = new Set(named.map((name) => name.toLowerCase()));
  const isOurs = (host: string): boolean => ours.has('*') || ours.has(host) || own.some((name) => name.toLowerCase() === host) || isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost');

  return ({ headers, headersDistinct, method = '', httpVersion }) => {
    const host = nameOf(headers.host);
    if ((headersDistinct.host?.length ?? 0) > 1) return { code: 'malformed-request', detail: 'one Host header and no more (RFC 9112, 3.2)' };
    if (headers.host === undefined && httpVersion !== '1.0') return { code: 'malformed-request', detail: 'HTTP/1.1 needs a Host header (RFC 9112, 3.2)' };
    if (headers.host !== undefined && (host === undefined || !isOurs(host))) return { code: 'misdirected-request', detail: 'this is not a host name of this platform; BORDERGATE_ALLOWED_HOSTS lists more of them' };
    if (SAFE.has(method)) return undefined;
    const site = headers['sec-fetch-site'];
    const foreign = site === 'cross-site' || site === 'same-site' || (headers.origin !== undefined && !sameOrigin(headers.origin, headers.host, ours));
    return foreign ? { code: 'cross-site-request', detail: 'a web page of another origin may not change anything here' } : undefined;
  };
}

/** The host of an origin is that of the request, port included; or it is one that the operator named. */
function sameOrigin(origin: string, host: string | undefined, ours: ReadonlySet<string>): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined; // "null" is the origin of sandboxed pages
  return url !== undefined && (url.host === host?.toLowerCase() || ours.has(url.hostname));
}

/** The name in a Host header, in lower case and without its port, a last dot and the brackets of IPv6. */
function nameOf(host: string | undefined): string | undefined {
  return /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+?)\.?)(?::\d{1,5})?$/i.exec(host ?? '')?.slice(1).find((part) => part !== undefined)?.toLowerCase();
}

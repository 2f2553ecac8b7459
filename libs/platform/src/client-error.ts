import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { httpProblem, PROBLEM_TYPE } from './problem.js';

/** What Node's parser or timers refuse before there is a request: [status, code, sentence]. */
const REFUSALS: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'the headers are larger than this service reads'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-timeout', 'the request did not arrive in time'],
};
const UNREADABLE = [400, 'malformed-request', 'this is not HTTP as RFC 9112 has it'] as const;

/** To be a server's `clientError` listener: a problem document, as all other refusals, and the end of the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(); // nobody is left to answer
    return;
  }
  const [status, code, detail] = REFUSALS[error.code ?? ''] ?? UNREADABLE;
  const body = JSON.stringify(httpProblem(code, detail, undefined, status));
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

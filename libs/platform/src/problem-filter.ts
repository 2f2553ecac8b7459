import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConcurrencyError } from './event-store.js';
import { JournalUnavailable } from './kafka/writer.js';
import type { Log } from './log.js';
import { isNotThereYet } from './not-there-yet.js';
import { httpProblem, InvalidRequestError, invalidRequestProblem, MalformedJsonError, malformedJsonProblem, PROBLEM_TYPE, type Problem, problemOf, RejectionError } from './problem.js';
import type { RouteTable } from './route-table.js';

/** Sends text, so that Fastify neither serialises nor retypes it. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  void reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** Answers everything that is thrown as problem+json; what nobody expected is logged in full and answered in none. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log, private readonly routes: RouteTable) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { problem, allow } = this.#problemOf(exception, request);
    // a client that hung up in the middle of its request is no failure of ours, and nobody is left to answer
    if (request.raw.destroyed && !request.raw.complete) return;
    const expected = exception instanceof RejectionError; // such as "busy": the line of the request says it
    if (problem.status >= 500 && !expected) this.log.error('request failed', { requestId: request.id, method: request.method, route: request.routeOptions?.url, error: exception });
    if (reply.raw.headersSent) {
      reply.raw.destroy(); // in the middle of a stream: all that is left to say is that it is broken
      return;
    }
    if (allow) void reply.header('allow', allow.join(', '));
    if (problem.status === 503) void reply.header('retry-after', '1');
    sendProblem(reply, problem);
  }

  #problemOf(exception: unknown, request: FastifyRequest): { problem: Problem; allow?: string[] } {
    const { id } = request;
    if (exception instanceof RejectionError) return { problem: problemOf(exception.rejection, id) };
    if (exception instanceof InvalidRequestError) return { problem: invalidRequestProblem(exception, id) };
    if (exception instanceof MalformedJsonError) return { problem: malformedJsonProblem(exception, id) };
    if (exception instanceof ConcurrencyError) return { problem: httpProblem('concurrent-change', 'someone else changed the resource; read it and try again', id) };
    if (exception instanceof JournalUnavailable) return { problem: httpProblem('busy', exception.message, id) };
    const status = statusOfHttpLayer(exception);
    // what else is wrong with a request that no route takes (its type, its method's rules) matters no more
    if (status === 404 || (status !== undefined && request.is404)) return this.#noRoute(request);
    if (status !== undefined && status < 500) return { problem: httpProblem(CODES[status] ?? `http-${status}`, DETAILS[status] ?? (exception as Error).message, id, status) };
    // the database went away in the middle: nobody knows what became of a change until it is sent again
    if (isNotThereYet(exception)) return { problem: httpProblem('service-unavailable', 'something that this service needs is not there at the moment; send the request again, a POST with the same Idempotency-Key', id) };
    return { problem: httpProblem('internal-error', 'something went wrong here; the log has it under this request id', id) };
  }

  #noRoute(request: FastifyRequest): { problem: Problem; allow?: string[] } {
    const path = request.url.split('?')[0]!;
    const allow = this.routes.methodsOf(path);
    if (allow.length > 0 && !allow.includes(request.method)) return { problem: httpProblem('method-not-allowed', `${path} has ${allow.join(', ')}, not ${request.method}`, request.id), allow };
    return { problem: httpProblem('no-such-route', `there is no ${request.method} ${path}`, request.id) };
  }
}

const CODES: Readonly<Record<number, string>> = { 400: 'invalid-request', 401: 'unauthenticated', 403: 'forbidden', 413: 'body-too-large', 415: 'unsupported-media-type' };
const DETAILS: Readonly<Record<number, string>> = { 413: 'the body is larger than this service reads', 415: 'the body has to be application/json, in UTF-8 and not compressed' };

/** The status of an exception of Nest or an error of Fastify ("FST_…"); other errors may not choose one. */
function statusOfHttpLayer(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  const { code, statusCode } = (exception ?? {}) as { code?: unknown; statusCode?: unknown };
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : undefined;
}

import { Region } from '@bordergate/contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { type FieldError, InvalidRequestError } from './problem.js';
import { fieldErrors, NO_SUCH_PARAMETER } from './validation.js';

type Request = FastifyRequest<{ Params: Record<string, string>; Querystring: Record<string, unknown> }>;

/**
 * What holds for every request of every service, whatever its handler takes: a region is well-formed, a query parameter
 * is given once, and a parameter or a field that nobody reads is refused by name instead of being ignored.
 */
@Injectable()
export class RequestGuard implements CanActivate {
  /** @param open routes of operators, to whom scrapers may say what they like */
  constructor(private readonly open: ReadonlySet<string>) {}

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<Request>();
    if (this.open.has(request.routeOptions.url ?? '')) return true;
    const errors = [
      ...regionErrors(request), ...(reads(context, RouteParamtypes.QUERY) ? repeated(request) : unread(request)), ...(reads(context, RouteParamtypes.BODY) ? [] : unreadBody(request)),
    ];
    if (errors.length > 0) throw new InvalidRequestError(errors);
    return true;
  }
}

const regionErrors = ({ params: { region } }: Request): FieldError[] => {
  const refused = region === undefined ? undefined : Region.safeParse(region).error;
  return refused ? [{ field: 'region', code: 'invalid-format', rule: refused.issues[0]!.message }] : [];
};

const unread = ({ query }: Request): FieldError[] =>
  Object.keys(query).map((field) => ({ field, code: 'unknown-field', rule: NO_SUCH_PARAMETER }));

const repeated = ({ query }: Request): FieldError[] =>
  Object.entries(query).filter(([, value]) => Array.isArray(value)).map(([field]) => ({ field, code: 'repeated', rule: 'may be given once' }));

/** An empty object is what some clients send for nothing. */
function unreadBody({ body }: Request): FieldError[] {
  if (body === undefined || body === null) return [];
  if (typeof body !== 'object' || Array.isArray(body)) return [{ field: '', code: 'unexpected-body', rule: 'this request takes no body' }];
  return fieldErrors([{ code: 'unrecognized_keys', message: '', keys: Object.keys(body) }]);
}

/** Nest knows what each handler takes: "4:0" is @Query as its first argument. */
function reads(context: ExecutionContext, what: RouteParamtypes): boolean {
  const taken: Readonly<Record<string, unknown>> = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {};
  return Object.keys(taken).some((argument) => argument.startsWith(`${what}:`));
}

import { Region } from '@bordergate/contracts';
import { InvalidRequestError } from '@bordergate/platform';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One HTTP request to a region. Regions are not made: any well-formed name is one, empty at first. */
export interface Call {
  readonly region: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Hands the call to a controller's method, its region checked. */
export const AtRegion = createParamDecorator((_: unknown, context: ExecutionContext): Call => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest<{ Params: { region: string } }>>();
  const { success, data, error } = Region.safeParse(request.params.region);
  if (!success) throw new InvalidRequestError([{ field: 'region', code: 'invalid-format', rule: error.issues[0]!.message }]);
  return { region: data, request, reply: http.getResponse<FastifyReply>() };
});

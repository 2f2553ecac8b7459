import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One HTTP request to a region. Regions are not made: any well-formed name is one, empty at first. */
export interface Call {
  readonly region: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Hands the call to a controller's method; RequestGuard has looked at its region. */
export const AtRegion = createParamDecorator((_: unknown, context: ExecutionContext): Call => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest<{ Params: { region: string } }>>();
  return { region: request.params.region, request, reply: http.getResponse<FastifyReply>() };
});

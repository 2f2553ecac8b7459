import { rfc3339 } from '@bordergate/platform';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChangeContext } from '../commands/commands.js';
import type { ResourcesConfig } from '../config.js';

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

/** Where a change happens and who asks for it; while access control is off, nobody knows who. */
export const contextOf = ({ region, request }: Call, { tenant, clock }: ResourcesConfig): Pick<ChangeContext, 'scope' | 'meta' | 'abandoned'> =>
  ({ scope: { tenant, region }, abandoned: () => request.raw.socket.destroyed, meta: { actor: 'anonymous', tenant, at: rfc3339(clock), causationId: request.id, correlationId: request.id } });

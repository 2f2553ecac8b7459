import { http } from '@bordergate/contracts';
import { reject } from '@bordergate/kernel';
import { pageOf, RejectionError, type PageOrder } from '@bordergate/platform';
import { TunnelStates, type TunnelState } from '@bordergate/telemetry-core';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { EventStreams } from './event-stream.js';

const TunnelStatePage = http.page(http.TunnelState, 'TunnelStatePage');
const StatesQuery = http.PageQuery.extend({ vpnConnectionId: z.string().optional(), bgwId: z.string().optional() });
const BY_ID: PageOrder<string> = { keyOf: (id) => id, pattern: /^[a-z0-9-]{1,64}$/ };

@ApiTags('telemetry')
@Controller('v1/regions/:region')
export class StatesController {
  constructor(private readonly states: TunnelStates, private readonly streams: EventStreams) {}

  @Get('tunnelStates')
  @ApiOperation({ summary: 'Present state and counters of every tunnel' })
  @ApiOkResponse({ standardSchema: TunnelStatePage })
  list(@Param('region') region: string, @Query({ schema: StatesQuery }) query: z.infer<typeof StatesQuery>): z.infer<typeof TunnelStatePage> {
    const { limit, cursor, vpnConnectionId, bgwId } = query;
    const { items, nextCursor } = pageOf(this.states.idsOf({ region, vpnConnectionId, bgwId }), BY_ID, { limit, cursor });
    return { items: items.map((id) => this.states.get(id)!.state), nextCursor };
  }

  @Get('vpnTunnels/:id/state')
  @ApiOperation({ summary: 'Present state and counters of one tunnel, with what changed and why' })
  @ApiOkResponse({ standardSchema: http.TunnelState })
  get(@Param('region') region: string, @Param('id') id: string): TunnelState {
    const overview = this.states.get(id);
    if (overview?.connection.region !== region) throw new RejectionError(reject('not-found', `there is no VPN tunnel ${id} in ${region}`));
    return overview.state;
  }

  @Get('live')
  @ApiOperation({
    summary: 'Changes of tunnel states as server-sent events',
    description: 'Begins with `snapshot` ({ items: TunnelState[] }), or after a known Last-Event-ID with what changed since; then `tunnelState` (a TunnelState) on each change and `tunnelRemoved` ({ vpnTunnelId }). 503 `busy` while as many are open as there may be; a client that takes nothing for a minute is cut off.',
  })
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  live(@Param('region') region: string, @Headers('last-event-id') lastEventId: string | undefined, @Res() reply: FastifyReply): void {
    if (reply.request.method === 'HEAD') {
      void reply.type('text/event-stream').send(); // the stream itself never ends, and HEAD has to (RFC 9110, 9.3.2)
      return;
    }
    this.streams.admit();
    const requestId = String(reply.getHeader('x-request-id') ?? '');
    reply.hijack();
    this.streams.serve(reply.raw, region, lastEventId, requestId === '' ? {} : { 'x-request-id': requestId });
  }
}

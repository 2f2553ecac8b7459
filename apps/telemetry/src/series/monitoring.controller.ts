import { http } from '@bordergate/contracts';
import { prefers } from '@bordergate/platform';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Target } from '../store/directory.js';
import { StateChanges } from '../store/state-changes.js';
import { csvOf } from './metrics-answer.js';
import { MetricsService } from './metrics.service.js';

const StateChangePage = http.page(http.StateChange, 'StateChangePage');
const StateChangesQuery = http.PageQuery.extend(http.stateChangesQuery);
type StateChangesQuery = z.infer<typeof StateChangesQuery>;
const METRICS = 'Series in steps of the window, as JSON or CSV (format=csv, or Accept: text/csv). A point is of [start + i × stepSeconds, + stepSeconds); null: nothing was measured.';

@ApiTags('telemetry')
@Controller('v1/regions/:region')
export class MonitoringController {
  constructor(private readonly service: MetricsService, private readonly changes: StateChanges) {}

  @Get('metrics')
  @ApiOperation({ summary: 'Series of all tunnels of the region', description: METRICS })
  @ApiOkResponse({ standardSchema: http.Metrics })
  @ApiProduces('application/json', 'text/csv')
  metricsOfRegion(@Param('region') region: string, @Query({ schema: http.MetricsQuery }) query: http.MetricsQuery, @Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    return this.#metrics({ region }, query, accept, reply);
  }

  @Get('borderGateways/:id/metrics')
  @ApiOperation({ summary: 'Series of all tunnels of a border gateway', description: METRICS })
  @ApiOkResponse({ standardSchema: http.Metrics })
  @ApiProduces('application/json', 'text/csv')
  metricsOfGateway(@Param('region') region: string, @Param('id') bgwId: string, @Query({ schema: http.MetricsQuery }) query: http.MetricsQuery, @Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    return this.#metrics({ region, bgwId }, query, accept, reply);
  }

  @Get('vpnConnections/:id/metrics')
  @ApiOperation({ summary: 'Series of each tunnel of a VPN connection', description: METRICS })
  @ApiOkResponse({ standardSchema: http.Metrics })
  @ApiProduces('application/json', 'text/csv')
  metricsOfConnection(@Param('region') region: string, @Param('id') vpnConnectionId: string, @Query({ schema: http.MetricsQuery }) query: http.MetricsQuery, @Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    return this.#metrics({ region, vpnConnectionId }, query, accept, reply);
  }

  @Get('vpnTunnels/:id/metrics')
  @ApiOperation({ summary: 'Series of a VPN tunnel', description: METRICS })
  @ApiOkResponse({ standardSchema: http.Metrics })
  @ApiProduces('application/json', 'text/csv')
  metricsOfTunnel(@Param('region') region: string, @Param('id') tunnelId: string, @Query({ schema: http.MetricsQuery }) query: http.MetricsQuery, @Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    return this.#metrics({ region, tunnelId }, query, accept, reply);
  }

  @Get('stateChanges')
  @ApiOperation({ summary: 'What changed about the tunnels of the region, and why' })
  @ApiOkResponse({ standardSchema: StateChangePage })
  changesOfRegion(@Param('region') region: string, @Query({ schema: StateChangesQuery }) query: StateChangesQuery) {
    return this.#changes({ region }, query);
  }

  @Get('borderGateways/:id/stateChanges')
  @ApiOperation({ summary: 'What changed about the tunnels of a border gateway, and why' })
  @ApiOkResponse({ standardSchema: StateChangePage })
  changesOfGateway(@Param('region') region: string, @Param('id') bgwId: string, @Query({ schema: StateChangesQuery }) query: StateChangesQuery) {
    return this.#changes({ region, bgwId }, query);
  }

  @Get('vpnConnections/:id/stateChanges')
  @ApiOperation({ summary: 'What changed about the tunnels of a VPN connection, and why' })
  @ApiOkResponse({ standardSchema: StateChangePage })
  changesOfConnection(@Param('region') region: string, @Param('id') vpnConnectionId: string, @Query({ schema: StateChangesQuery }) query: StateChangesQuery) {
    return this.#changes({ region, vpnConnectionId }, query);
  }

  @Get('vpnTunnels/:id/stateChanges')
  @ApiOperation({ summary: 'What changed about a VPN tunnel, and why' })
  @ApiOkResponse({ standardSchema: StateChangePage })
  changesOfTunnel(@Param('region') region: string, @Param('id') tunnelId: string, @Query({ schema: StateChangesQuery }) query: StateChangesQuery) {
    return this.#changes({ region, tunnelId }, query);
  }

  async #metrics(target: Target, query: http.MetricsQuery, accept: string | undefined, reply: FastifyReply): Promise<void> {
    const answer = await this.service.metrics(target, query);
    void reply.header('vary', 'accept');
    if ((query.format ?? (prefers('text/csv', accept) ? 'csv' : 'json')) === 'json') return void (await reply.send(answer));
    const name = `${target.tunnelId ?? target.vpnConnectionId ?? target.bgwId ?? target.region}-metrics.csv`;
    await reply.type('text/csv; charset=utf-8; header=present').header('content-disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`).send(csvOf(answer));
  }

  async #changes(target: Target, query: StateChangesQuery): Promise<z.infer<typeof StateChangePage>> {
    await this.service.mustKnow(target);
    return this.changes.list(query, target);
  }
}

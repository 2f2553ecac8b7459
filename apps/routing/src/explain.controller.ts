import { http } from '@bordergate/contracts';
import { prefers } from '@bordergate/platform';
import { explainInGateway, explainInVpc, questionOf, Router } from '@bordergate/routing-core';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { notFound } from './not-found.js';

/** Why packets to a prefix or an address go where they go: as a structure, or as text for a terminal (Accept: text/plain). */
@ApiTags('routes')
@ApiProduces('application/json', 'text/plain')
@Controller('v1/regions/:region')
export class ExplainController {
  constructor(private readonly router: Router) {}

  @Get('borderGateways/:id/explain')
  @ApiOkResponse({ standardSchema: http.GatewayExplanation })
  inGateway(
    @Param('region') region: string, @Param('id') id: string, @Query({ schema: http.ExplainQuery }) query: http.ExplainQuery, @Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply,
  ): http.GatewayExplanation | string {
    const here = this.router.topology.gateways.get(id)?.region === region;
    return answer((here && explainInGateway(this.router, id, questionOf(query))) || notFound('border gateway', id, region), accept, reply);
  }

  @Get('vpcs/:id/explain')
  @ApiOkResponse({ standardSchema: http.VpcExplanation })
  inVpc(
    @Param('region') region: string, @Param('id') id: string, @Query({ schema: http.ExplainInVpcQuery }) query: http.ExplainInVpcQuery, @Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply,
  ): http.VpcExplanation | string {
    if (this.router.topology.vpcs.get(id)?.region !== region) notFound('VPC', id, region);
    return answer(explainInVpc(this.router, id, query.routeTableId, questionOf(query)) ?? notFound('route table', query.routeTableId!, region), accept, reply);
  }
}

function answer<E extends http.Explanation>(explanation: E, accept: string | undefined, reply: FastifyReply): E | string {
  void reply.header('vary', 'Accept');
  if (!prefers('text/plain', accept)) return explanation;
  void reply.type('text/plain; charset=utf-8');
  return explanation.text;
}

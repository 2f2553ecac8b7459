import { http } from '@bordergate/contracts';
import { pageOf, type Page, type PageOrder } from '@bordergate/platform';
import { advertisedRoutesFrom, compareFib, gatewayLimit, gatewayRoutesFrom, learnedRoutesFrom, Router, vpcLimits, vpcRoutes } from '@bordergate/routing-core';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { notFound } from './not-found.js';
import { prefixIn, prefixOrder, sortable } from './prefix-order.js';

const { PageQuery } = http;
type PageQuery = z.infer<typeof PageQuery>;
const GatewayRoutesQuery = http.PageQuery.extend({ table: http.RouteTableKind.default('effective') });
const VpcRoutesQuery = http.PageQuery.extend({ routeTableId: http.PageQuery.shape.cursor });

const GatewayRoutePage = http.page(http.GatewayRoute, 'GatewayRoutePage').extend({ dynamicRoutes: http.RouteLimit }).meta({ id: 'GatewayRoutePage' });
type GatewayRoutePage = z.infer<typeof GatewayRoutePage>;
const VpcRoutePage = http.page(http.VpcRoute, 'VpcRoutePage').extend({ propagatedRoutes: z.array(http.TableRouteLimit) }).meta({ id: 'VpcRoutePage' });
type VpcRoutePage = z.infer<typeof VpcRoutePage>;
const LearnedRoutePage = http.page(http.LearnedRoute, 'LearnedRoutePage');
const AdvertisedRoutePage = http.page(http.AdvertisedRoute, 'AdvertisedRoutePage');

const GATEWAY_ORDER: PageOrder<http.GatewayRoute> = { keyOf: (route) => `${sortable(route.bgwRouteDestination)} ${route.source}`, pattern: /^[0-9a-f]{8}[0-3]\d [!-~]{1,300}$/ };
/** Of what a peer says, and of what it is told. */
const PEER_ORDER = prefixOrder<{ readonly prefix: string }>(({ prefix }) => prefix);
const RANK = { local: 0, static: 1, propagated: 2 };
const VPC_ORDER: PageOrder<http.VpcRoute> = {
  keyOf: (route) => `${route.routeTableId} ${sortable(route.destination)} ${RANK[route.routeType]} ${route.source}`, pattern: /^[a-z0-9-]{1,64} [0-9a-f]{8}[0-3]\d [0-2] [!-~]{1,300}$/,
};

/** Route tables as they are now, each row with its reason. Nothing here can be changed: that is done at the source. */
@ApiTags('routes')
@Controller('v1/regions/:region')
export class RoutesController {
  constructor(private readonly router: Router) {}

  @Get('borderGateways/:id/routes')
  @ApiOkResponse({ standardSchema: GatewayRoutePage })
  gatewayRoutes(@Param('region') region: string, @Param('id') id: string, @Query({ schema: GatewayRoutesQuery }) query: z.infer<typeof GatewayRoutesQuery>): GatewayRoutePage {
    const routes = this.#inRegion(region, this.#gatewayRegion(id)) && gatewayRoutesFrom(this.router, id, query.table, prefixIn(query.cursor, GATEWAY_ORDER));
    const page = pageOf(routes || notFound('border gateway', id, region), GATEWAY_ORDER, query);
    return { ...page, dynamicRoutes: gatewayLimit(this.router, id)! };
  }

  @Get('borderGateways/:id/fib')
  @ApiOkResponse({ standardSchema: http.FibComparison })
  fib(@Param('region') region: string, @Param('id') id: string): http.FibComparison {
    return (this.#inRegion(region, this.#gatewayRegion(id)) && compareFib(this.router, id)) || notFound('border gateway', id, region);
  }

  @Get('vpcs/:id/routes')
  @ApiOkResponse({ standardSchema: VpcRoutePage })
  vpcRoutes(@Param('region') region: string, @Param('id') id: string, @Query({ schema: VpcRoutesQuery }) query: z.infer<typeof VpcRoutesQuery>): VpcRoutePage {
    if (!this.#inRegion(region, this.router.topology.vpcs.get(id)?.region)) notFound('VPC', id, region);
    const routes = vpcRoutes(this.router, id, query.routeTableId) ?? notFound('route table', query.routeTableId!, region);
    const page = pageOf(routes, VPC_ORDER, query);
    return { ...page, propagatedRoutes: (vpcLimits(this.router, id) ?? []).filter(({ routeTableId }) => query.routeTableId === undefined || routeTableId === query.routeTableId) };
  }

  @Get('vpnTunnels/:id/learnedRoutes')
  @ApiOkResponse({ standardSchema: LearnedRoutePage })
  learnedRoutes(@Param('region') region: string, @Param('id') id: string, @Query({ schema: PageQuery }) query: PageQuery): Page<http.LearnedRoute> {
    const routes = this.#inRegion(region, this.#tunnelRegion(id)) && learnedRoutesFrom(this.router, id, prefixIn(query.cursor, PEER_ORDER));
    return pageOf(routes || notFound('VPN tunnel', id, region), PEER_ORDER, query);
  }

  @Get('virtualInterfaces/:id/learnedRoutes')
  @ApiOkResponse({ standardSchema: LearnedRoutePage })
  learnedOverVif(@Param('region') region: string, @Param('id') id: string, @Query({ schema: PageQuery }) query: PageQuery): Page<http.LearnedRoute> {
    const routes = this.#inRegion(region, this.router.topology.vifs.get(id)?.region) && learnedRoutesFrom(this.router, id, prefixIn(query.cursor, PEER_ORDER));
    return pageOf(routes || notFound('virtual interface', id, region), PEER_ORDER, query);
  }

  @Get('virtualInterfaces/:id/advertisedRoutes')
  @ApiOkResponse({ standardSchema: AdvertisedRoutePage })
  advertisedOverVif(@Param('region') region: string, @Param('id') id: string, @Query({ schema: PageQuery }) query: PageQuery): Page<http.AdvertisedRoute> {
    const routes = this.#inRegion(region, this.router.topology.vifs.get(id)?.region) && advertisedRoutesFrom(this.router, id, prefixIn(query.cursor, PEER_ORDER));
    return pageOf(routes || notFound('virtual interface', id, region), PEER_ORDER, query);
  }

  @Get('vpnTunnels/:id/advertisedRoutes')
  @ApiOkResponse({ standardSchema: AdvertisedRoutePage })
  advertisedRoutes(@Param('region') region: string, @Param('id') id: string, @Query({ schema: PageQuery }) query: PageQuery): Page<http.AdvertisedRoute> {
    const routes = this.#inRegion(region, this.#tunnelRegion(id)) && advertisedRoutesFrom(this.router, id, prefixIn(query.cursor, PEER_ORDER));
    return pageOf(routes || notFound('VPN tunnel', id, region), PEER_ORDER, query);
  }

  #gatewayRegion(id: string): string | undefined {
    return this.router.topology.gateways.get(id)?.region;
  }

  #tunnelRegion(id: string): string | undefined {
    return this.router.topology.tunnel(id)?.connection.region;
  }

  #inRegion(asked: string, actual: string | undefined): boolean {
    return actual === asked;
  }
}

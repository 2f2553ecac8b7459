import { http, ID_PREFIX } from '@bordergate/contracts';
import { newId } from '@bordergate/platform';
import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ToBorderGateway } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Changes, Creates, Deletes, Extends, pageOf } from './documents.js';
import { Door } from './door.js';

/** The gateway's own number; each connection chooses what it speaks as (localAsn). Shown, not asked for (semantics 1.1). */
const GATEWAY_ASN = 65000;

/** Border gateways, and what is on one: VPC attachments and static routes. */
@ApiTags('borderGateways')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region')
export class BorderGatewaysController {
  constructor(private readonly door: Door) {}

  @Post('borderGateways')
  @Creates(http.BorderGateway)
  createBorderGateway(@AtRegion() call: Call, @Body({ schema: http.CreateBorderGateway }) { bgwName: name, description, transitEnabled }: z.infer<typeof http.CreateBorderGateway>) {
    const id = newId(ID_PREFIX.borderGateway);
    return this.door.create(call, 'borderGateways', id, (context) =>
      new ToBorderGateway(context, id, { type: 'CreateBorderGateway', borderGatewayId: id, region: call.region, name, description, transitEnabled, bgpAsn: GATEWAY_ASN }));
  }

  @Patch('borderGateways/:id')
  @Changes(http.BorderGateway)
  updateBorderGateway(@AtRegion() call: Call, @Param('id') id: string, @Body({ schema: http.UpdateBorderGateway }) { bgwName: name, description, transitEnabled }: z.infer<typeof http.UpdateBorderGateway>) {
    return this.door.change(call, 'borderGateways', id, (context) => new ToBorderGateway(context, id, { type: 'UpdateBorderGateway', name, description, transitEnabled }));
  }

  @Delete('borderGateways/:id')
  @Deletes()
  deleteBorderGateway(@AtRegion() call: Call, @Param('id') id: string) {
    return this.door.remove(call, 'borderGateways', id, (context) => new ToBorderGateway(context, id, { type: 'DeleteBorderGateway' }));
  }

  @Post('vpcAttachments')
  @Creates(http.VpcAttachment)
  createVpcAttachment(@AtRegion() call: Call, @Body({ schema: http.CreateVpcAttachment }) body: z.infer<typeof http.CreateVpcAttachment>) {
    const { vpcAttachmentName: name, bgwId, ...attachment } = body;
    const vpcAttachmentId = newId(ID_PREFIX.vpcAttachment);
    return this.door.create(call, 'vpcAttachments', vpcAttachmentId, (context) => new ToBorderGateway(context, bgwId, { type: 'AttachVpc', vpcAttachmentId, name, ...attachment }));
  }

  @Patch('vpcAttachments/:id')
  @Changes(http.VpcAttachment)
  async updateVpcAttachment(@AtRegion() call: Call, @Param('id') vpcAttachmentId: string, @Body({ schema: http.UpdateVpcAttachment }) body: z.infer<typeof http.UpdateVpcAttachment>) {
    const { vpcAttachmentName: name, ...change } = body;
    const { bgwId } = await this.door.fieldsOf(call, 'vpcAttachments', vpcAttachmentId);
    return this.door.change(call, 'vpcAttachments', vpcAttachmentId, (context) => new ToBorderGateway(context, bgwId, { type: 'UpdateVpcAttachment', vpcAttachmentId, name, ...change }));
  }

  @Delete('vpcAttachments/:id')
  @Deletes()
  async deleteVpcAttachment(@AtRegion() call: Call, @Param('id') vpcAttachmentId: string) {
    const { bgwId } = await this.door.fieldsOf(call, 'vpcAttachments', vpcAttachmentId);
    return this.door.remove(call, 'vpcAttachments', vpcAttachmentId, (context) => new ToBorderGateway(context, bgwId, { type: 'DetachVpc', vpcAttachmentId }));
  }

  @Post('staticRoutes')
  @Creates(http.StaticRoute)
  createStaticRoute(@AtRegion() call: Call, @Body({ schema: http.CreateStaticRoute }) body: z.infer<typeof http.CreateStaticRoute>) {
    const { bgwId, bgwRouteDestination: destination, bgwRouteNextHopType: nextHopType, bgwRouteNexthop: nextHopId, description } = body;
    const staticRouteId = newId(ID_PREFIX.staticRoute);
    return this.door.create(call, 'staticRoutes', staticRouteId, (context) =>
      new ToBorderGateway(context, bgwId, { type: 'AddStaticRoute', staticRouteId, destination, nextHopType, nextHopId, description }));
  }

  @Post('borderGateways/:id(^[^:]+)::addStaticRoutes')
  @Extends(pageOf('staticRoutes'))
  addStaticRoutes(@AtRegion() call: Call, @Param('id') bgwId: string, @Body({ schema: http.AddStaticRoutes }) body: z.infer<typeof http.AddStaticRoutes>) {
    const routes = body.routes.map(({ bgwRouteDestination: destination, bgwRouteNextHopType: nextHopType, bgwRouteNexthop: nextHopId, description }) =>
      ({ staticRouteId: newId(ID_PREFIX.staticRoute), destination, nextHopType, nextHopId, description }));
    return this.door.extend(call, 'borderGateways', bgwId, (context) => new ToBorderGateway(context, bgwId, { type: 'AddStaticRoutes', routes }));
  }

  @Patch('staticRoutes/:id')
  @Changes(http.StaticRoute)
  async updateStaticRoute(@AtRegion() call: Call, @Param('id') staticRouteId: string, @Body({ schema: http.UpdateStaticRoute }) { description }: z.infer<typeof http.UpdateStaticRoute>) {
    const { bgwId } = await this.door.fieldsOf(call, 'staticRoutes', staticRouteId);
    return this.door.change(call, 'staticRoutes', staticRouteId, (context) => new ToBorderGateway(context, bgwId, { type: 'UpdateStaticRoute', staticRouteId, description }));
  }

  @Delete('staticRoutes/:id')
  @Deletes()
  async deleteStaticRoute(@AtRegion() call: Call, @Param('id') staticRouteId: string) {
    const { bgwId } = await this.door.fieldsOf(call, 'staticRoutes', staticRouteId);
    return this.door.remove(call, 'staticRoutes', staticRouteId, (context) => new ToBorderGateway(context, bgwId, { type: 'RemoveStaticRoute', staticRouteId }));
  }
}

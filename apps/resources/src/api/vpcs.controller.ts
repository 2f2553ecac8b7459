import { http, ID_PREFIX } from '@bordergate/contracts';
import { newId } from '@bordergate/platform';
import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ToVpc } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Changes, Creates, Deletes, Extends, pageOf } from './documents.js';
import { Door } from './door.js';

/** VPCs, and what is in a VPC: subnets, route tables, propagation relations, static routes. */
@ApiTags('vpcs')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region')
export class VpcsController {
  constructor(private readonly door: Door) {}

  @Post('vpcs')
  @Creates(http.Vpc)
  createVpc(@AtRegion() call: Call, @Body({ schema: http.CreateVpc }) { vpcName: name, description, cidr }: z.infer<typeof http.CreateVpc>) {
    const vpcId = newId(ID_PREFIX.vpc);
    const mainRouteTableId = newId(ID_PREFIX.routeTable);
    return this.door.create(call, 'vpcs', vpcId, (context) => new ToVpc(context, vpcId, { type: 'CreateVpc', vpcId, region: call.region, name, description, cidr, mainRouteTableId }));
  }

  @Patch('vpcs/:id')
  @Changes(http.Vpc)
  updateVpc(@AtRegion() call: Call, @Param('id') id: string, @Body({ schema: http.UpdateVpc }) { vpcName: name, description }: z.infer<typeof http.UpdateVpc>) {
    return this.door.change(call, 'vpcs', id, (context) => new ToVpc(context, id, { type: 'UpdateVpc', name, description }));
  }

  @Delete('vpcs/:id')
  @Deletes()
  deleteVpc(@AtRegion() call: Call, @Param('id') id: string) {
    return this.door.remove(call, 'vpcs', id, (context) => new ToVpc(context, id, { type: 'DeleteVpc' }));
  }

  @Post('subnets')
  @Creates(http.Subnet)
  createSubnet(@AtRegion() call: Call, @Body({ schema: http.CreateSubnet }) { vpcId, subnetName: name, cidr, routeTableId }: z.infer<typeof http.CreateSubnet>) {
    const subnetId = newId(ID_PREFIX.subnet);
    return this.door.create(call, 'subnets', subnetId, (context) => new ToVpc(context, vpcId, { type: 'CreateSubnet', subnetId, name, cidr, routeTableId }));
  }

  @Patch('subnets/:id')
  @Changes(http.Subnet)
  async updateSubnet(@AtRegion() call: Call, @Param('id') subnetId: string, @Body({ schema: http.UpdateSubnet }) { routeTableId }: z.infer<typeof http.UpdateSubnet>) {
    const { vpcId } = await this.door.fieldsOf(call, 'subnets', subnetId);
    return this.door.change(call, 'subnets', subnetId, (context) => new ToVpc(context, vpcId, { type: 'ChangeSubnetRouteTable', subnetId, routeTableId }));
  }

  @Delete('subnets/:id')
  @Deletes()
  async deleteSubnet(@AtRegion() call: Call, @Param('id') subnetId: string) {
    const { vpcId } = await this.door.fieldsOf(call, 'subnets', subnetId);
    return this.door.remove(call, 'subnets', subnetId, (context) => new ToVpc(context, vpcId, { type: 'DeleteSubnet', subnetId }));
  }

  @Post('routeTables')
  @Creates(http.RouteTable)
  createRouteTable(@AtRegion() call: Call, @Body({ schema: http.CreateRouteTable }) { vpcId, routeTableName: name }: z.infer<typeof http.CreateRouteTable>) {
    const routeTableId = newId(ID_PREFIX.routeTable);
    return this.door.create(call, 'routeTables', routeTableId, (context) => new ToVpc(context, vpcId, { type: 'CreateVpcRouteTable', routeTableId, name }));
  }

  @Delete('routeTables/:id')
  @Deletes()
  async deleteRouteTable(@AtRegion() call: Call, @Param('id') routeTableId: string) {
    const { vpcId } = await this.door.fieldsOf(call, 'routeTables', routeTableId);
    return this.door.remove(call, 'routeTables', routeTableId, (context) => new ToVpc(context, vpcId, { type: 'DeleteVpcRouteTable', routeTableId }));
  }

  @Post('routePropagations')
  @Creates(http.RoutePropagation)
  async createRoutePropagation(@AtRegion() call: Call, @Body({ schema: http.CreateRoutePropagation }) body: z.infer<typeof http.CreateRoutePropagation>) {
    const { routeTableId, bgwId: borderGatewayId, propagationCidrs: cidrs } = body;
    const { vpcId } = await this.door.referred(call, 'routeTables', routeTableId, 'routeTableId', 'unknown-route-table');
    const propagationId = newId(ID_PREFIX.routePropagation);
    return this.door.create(call, 'routePropagations', propagationId, (context) => new ToVpc(context, vpcId, { type: 'AddRoutePropagation', routeTableId, propagationId, borderGatewayId, cidrs }));
  }

  @Patch('routePropagations/:id')
  @Changes(http.RoutePropagation)
  async updateRoutePropagation(@AtRegion() call: Call, @Param('id') propagationId: string, @Body({ schema: http.UpdateRoutePropagation }) { propagationCidrs: cidrs }: z.infer<typeof http.UpdateRoutePropagation>) {
    const { vpcId, routeTableId } = await this.door.fieldsOf(call, 'routePropagations', propagationId);
    return this.door.change(call, 'routePropagations', propagationId, (context) => new ToVpc(context, vpcId, { type: 'UpdateRoutePropagation', routeTableId, propagationId, cidrs }));
  }

  @Delete('routePropagations/:id')
  @Deletes()
  async deleteRoutePropagation(@AtRegion() call: Call, @Param('id') propagationId: string) {
    const { vpcId, routeTableId } = await this.door.fieldsOf(call, 'routePropagations', propagationId);
    return this.door.remove(call, 'routePropagations', propagationId, (context) => new ToVpc(context, vpcId, { type: 'RemoveRoutePropagation', routeTableId, propagationId }));
  }

  @Post('vpcRoutes')
  @Creates(http.VpcStaticRoute)
  async createVpcRoute(@AtRegion() call: Call, @Body({ schema: http.CreateVpcRoute }) { routeTableId, destination, bgwId: borderGatewayId, description }: z.infer<typeof http.CreateVpcRoute>) {
    const { vpcId } = await this.door.referred(call, 'routeTables', routeTableId, 'routeTableId', 'unknown-route-table');
    const vpcRouteId = newId(ID_PREFIX.vpcRoute);
    return this.door.create(call, 'vpcRoutes', vpcRouteId, (context) => new ToVpc(context, vpcId, { type: 'AddVpcStaticRoute', routeTableId, vpcRouteId, destination, borderGatewayId, description }));
  }

  @Post('routeTables/:id(^[^:]+)::addRoutes')
  @Extends(pageOf('vpcRoutes'))
  async addVpcRoutes(@AtRegion() call: Call, @Param('id') routeTableId: string, @Body({ schema: http.AddVpcRoutes }) body: z.infer<typeof http.AddVpcRoutes>) {
    const { vpcId } = await this.door.fieldsOf(call, 'routeTables', routeTableId);
    const routes = body.routes.map(({ destination, bgwId: borderGatewayId, description }) => ({ vpcRouteId: newId(ID_PREFIX.vpcRoute), destination, borderGatewayId, description }));
    return this.door.extend(call, 'routeTables', routeTableId, (context) => new ToVpc(context, vpcId, { type: 'AddVpcStaticRoutes', routeTableId, routes }));
  }

  @Patch('vpcRoutes/:id')
  @Changes(http.VpcStaticRoute)
  async updateVpcRoute(@AtRegion() call: Call, @Param('id') vpcRouteId: string, @Body({ schema: http.UpdateVpcRoute }) { description }: z.infer<typeof http.UpdateVpcRoute>) {
    const { vpcId, routeTableId } = await this.door.fieldsOf(call, 'vpcRoutes', vpcRouteId);
    return this.door.change(call, 'vpcRoutes', vpcRouteId, (context) => new ToVpc(context, vpcId, { type: 'UpdateVpcStaticRoute', routeTableId, vpcRouteId, description }));
  }

  @Delete('vpcRoutes/:id')
  @Deletes()
  async deleteVpcRoute(@AtRegion() call: Call, @Param('id') vpcRouteId: string) {
    const { vpcId, routeTableId } = await this.door.fieldsOf(call, 'vpcRoutes', vpcRouteId);
    return this.door.remove(call, 'vpcRoutes', vpcRouteId, (context) => new ToVpc(context, vpcId, { type: 'RemoveVpcStaticRoute', routeTableId, vpcRouteId }));
  }
}

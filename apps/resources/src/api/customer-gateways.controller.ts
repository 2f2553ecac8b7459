import { http, ID_PREFIX } from '@bordergate/contracts';
import { newId } from '@bordergate/platform';
import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ToCustomerGateway } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Changes, Creates, Deletes } from './documents.js';
import { Door } from './door.js';

@ApiTags('customerGateways')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/customerGateways')
export class CustomerGatewaysController {
  constructor(private readonly door: Door) {}

  @Post()
  @Creates(http.CustomerGateway)
  createCustomerGateway(@AtRegion() call: Call, @Body({ schema: http.CreateCustomerGateway }) body: z.infer<typeof http.CreateCustomerGateway>) {
    const { customerGatewayName: name, description, customerIps, bgpAsn } = body;
    const id = newId(ID_PREFIX.customerGateway);
    return this.door.create(call, 'customerGateways', id, (context) =>
      new ToCustomerGateway(context, id, { type: 'CreateCustomerGateway', customerGatewayId: id, region: call.region, name, description, customerIps, bgpAsn }));
  }

  @Patch(':id')
  @Changes(http.CustomerGateway)
  updateCustomerGateway(@AtRegion() call: Call, @Param('id') id: string, @Body({ schema: http.UpdateCustomerGateway }) body: z.infer<typeof http.UpdateCustomerGateway>) {
    const { customerGatewayName: name, description, customerIps } = body;
    return this.door.change(call, 'customerGateways', id, (context) => new ToCustomerGateway(context, id, { type: 'UpdateCustomerGateway', name, description, customerIps }));
  }

  @Delete(':id')
  @Deletes()
  deleteCustomerGateway(@AtRegion() call: Call, @Param('id') id: string) {
    return this.door.remove(call, 'customerGateways', id, (context) => new ToCustomerGateway(context, id, { type: 'DeleteCustomerGateway' }));
  }
}

import { http, ID_PREFIX } from '@bordergate/contracts';
import { newId } from '@bordergate/platform';
import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ToVirtualInterface } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Changes, Creates, Deletes } from './documents.js';
import { Door } from './door.js';

@ApiTags('virtualInterfaces')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/virtualInterfaces')
export class VirtualInterfacesController {
  constructor(private readonly door: Door) {}

  @Post()
  @Creates(http.VirtualInterface)
  createVirtualInterface(@AtRegion() call: Call, @Body({ schema: http.CreateVirtualInterface }) body: z.infer<typeof http.CreateVirtualInterface>) {
    const { vifName: name, description, bgwId: borderGatewayId, node, interface: device, vlanId, vifIp, bgpEnabled, localAsn, customerAsn, bgpHoldSec: holdSec, ...bfd } = body;
    const vifId = newId(ID_PREFIX.virtualInterface);
    return this.door.create(call, 'virtualInterfaces', vifId, (context) => new ToVirtualInterface(context, vifId, {
      type: 'CreateVirtualInterface', vifId, region: call.region, name, description, borderGatewayId, line: { node, interface: device, vlanId }, vifIp, bgpEnabled, localAsn, customerAsn,
      bgpTimers: { holdSec, ...bfd },
    }));
  }

  @Patch(':id')
  @Changes(http.VirtualInterface)
  updateVirtualInterface(@AtRegion() call: Call, @Param('id') id: string, @Body({ schema: http.UpdateVirtualInterface }) body: z.infer<typeof http.UpdateVirtualInterface>) {
    const { vifName: name, description, vifIp, bgpEnabled, customerAsn, bgpHoldSec: holdSec, ...bfd } = body;
    return this.door.change(call, 'virtualInterfaces', id, (context) =>
      new ToVirtualInterface(context, id, { type: 'UpdateVirtualInterface', name, description, vifIp, bgpEnabled, customerAsn, bgpTimers: { holdSec, ...bfd } }));
  }

  @Delete(':id')
  @Deletes()
  deleteVirtualInterface(@AtRegion() call: Call, @Param('id') id: string) {
    return this.door.remove(call, 'virtualInterfaces', id, (context) => new ToVirtualInterface(context, id, { type: 'DeleteVirtualInterface' }));
  }

  @Post(':id(^[^:]+)::enable')
  @Changes(http.VirtualInterface)
  enableVirtualInterface(@AtRegion() call: Call, @Param('id') id: string) {
    return this.door.change(call, 'virtualInterfaces', id, (context) => new ToVirtualInterface(context, id, { type: 'EnableVirtualInterface' }));
  }

  @Post(':id(^[^:]+)::disable')
  @Changes(http.VirtualInterface)
  disableVirtualInterface(@AtRegion() call: Call, @Param('id') id: string) {
    return this.door.change(call, 'virtualInterfaces', id, (context) => new ToVirtualInterface(context, id, { type: 'DisableVirtualInterface' }));
  }
}

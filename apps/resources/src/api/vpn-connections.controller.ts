import { http, ID_PREFIX } from '@bordergate/contracts';
import { newId } from '@bordergate/platform';
import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ToVpnConnection } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Changes, Creates, Deletes, Extends, pageOf } from './documents.js';
import { Door } from './door.js';
import { tunnelParts } from './tunnel-parts.js';

@ApiTags('vpnConnections')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/vpnConnections')
export class VpnConnectionsController {
  constructor(private readonly door: Door) {}

  @Post()
  @Creates(http.VpnConnection)
  createVpnConnection(@AtRegion() call: Call, @Body({ schema: http.CreateVpnConnection }) body: z.infer<typeof http.CreateVpnConnection>) {
    const { vpnConnectionName: name, description, bgwId: borderGatewayId, cgwId: customerGatewayId, bgpEnabled, localAsn, bgpHoldSec: holdSec, ...bfd } = body;
    const id = newId(ID_PREFIX.vpnConnection);
    return this.door.create(call, 'vpnConnections', id, (context) => new ToVpnConnection(context, id, {
      type: 'CreateVpnConnection', vpnConnectionId: id, region: call.region, name, description, borderGatewayId, customerGatewayId, bgpEnabled, localAsn, bgpTimers: { holdSec, ...bfd },
    }));
  }

  @Patch(':id')
  @Changes(http.VpnConnection)
  updateVpnConnection(@AtRegion() call: Call, @Param('id') id: string, @Body({ schema: http.UpdateVpnConnection }) body: z.infer<typeof http.UpdateVpnConnection>) {
    const { vpnConnectionName: name, description, bgpEnabled, bgpHoldSec: holdSec, trafficSelectors, ...bfd } = body;
    return this.door.change(call, 'vpnConnections', id, (context) =>
      new ToVpnConnection(context, id, { type: 'UpdateVpnConnection', name, description, bgpEnabled, bgpTimers: { holdSec, ...bfd }, trafficSelectors }));
  }

  @Delete(':id')
  @Deletes()
  deleteVpnConnection(@AtRegion() call: Call, @Param('id') id: string) {
    return this.door.remove(call, 'vpnConnections', id, (context) => new ToVpnConnection(context, id, { type: 'DeleteVpnConnection' }));
  }

  /** No body is the whole initial set by default; once there are tunnels, each one names both ends. All or nothing. */
  @Post(':id(^[^:]+)::addTunnels')
  @Extends(pageOf('vpnTunnels'))
  addTunnels(@AtRegion() call: Call, @Param('id') id: string, @Body({ schema: http.AddTunnels.prefault({}) }) { tunnels }: z.infer<typeof http.AddTunnels>) {
    return this.door.extend(call, 'vpnConnections', id, (context) => new ToVpnConnection(context, id, { type: 'AddTunnels', tunnels: tunnels.map(tunnelParts) }));
  }
}

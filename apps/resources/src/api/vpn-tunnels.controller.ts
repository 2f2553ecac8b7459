import { http, ID_PREFIX } from '@bordergate/contracts';
import { newId } from '@bordergate/platform';
import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ToVpnConnection, type VpnConnectionIntent } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Changes, Creates, Deletes } from './documents.js';
import { Door } from './door.js';
import { tunnelParts } from './tunnel-parts.js';

@ApiTags('vpnTunnels')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/vpnTunnels')
export class VpnTunnelsController {
  constructor(private readonly door: Door) {}

  @Post()
  @Creates(http.VpnTunnel)
  createVpnTunnel(@AtRegion() call: Call, @Body({ schema: http.CreateVpnTunnel }) { vpnConnectionId, ...body }: z.infer<typeof http.CreateVpnTunnel>) {
    const tunnelId = newId(ID_PREFIX.vpnTunnel);
    return this.door.create(call, 'vpnTunnels', tunnelId, (context) => new ToVpnConnection(context, vpnConnectionId, { type: 'AddTunnel', tunnelId, tunnel: tunnelParts(body) }));
  }

  @Patch(':id')
  @Changes(http.VpnTunnel)
  updateVpnTunnel(@AtRegion() call: Call, @Param('id') tunnelId: string, @Body({ schema: http.UpdateVpnTunnel }) body: z.infer<typeof http.UpdateVpnTunnel>) {
    return this.#change(call, tunnelId, { type: 'ReconfigureTunnel', tunnelId, change: tunnelParts(body) });
  }

  @Delete(':id')
  @Deletes()
  async deleteVpnTunnel(@AtRegion() call: Call, @Param('id') tunnelId: string) {
    const { vpnConnectionId } = await this.door.fieldsOf(call, 'vpnTunnels', tunnelId);
    return this.door.remove(call, 'vpnTunnels', tunnelId, (context) => new ToVpnConnection(context, vpnConnectionId, { type: 'RemoveTunnel', tunnelId }));
  }

  @Post(':id(^[^:]+)::enable')
  @Changes(http.VpnTunnel)
  enable(@AtRegion() call: Call, @Param('id') tunnelId: string) {
    return this.#change(call, tunnelId, { type: 'EnableTunnel', tunnelId });
  }

  @Post(':id(^[^:]+)::disable')
  @Changes(http.VpnTunnel)
  disable(@AtRegion() call: Call, @Param('id') tunnelId: string) {
    return this.#change(call, tunnelId, { type: 'DisableTunnel', tunnelId });
  }

  /** The one place where the API shows a secret; that it did is an event. */
  @Post(':id(^[^:]+)::revealPsk')
  @Changes(http.RevealedPsk)
  revealPsk(@AtRegion() call: Call, @Param('id') tunnelId: string) {
    call.reply.header('cache-control', 'no-store');
    return this.#change(call, tunnelId, { type: 'RevealTunnelPsk', tunnelId });
  }

  async #change(call: Call, tunnelId: string, intent: VpnConnectionIntent): Promise<object> {
    const { vpnConnectionId } = await this.door.fieldsOf(call, 'vpnTunnels', tunnelId);
    return this.door.change(call, 'vpnTunnels', tunnelId, (context) => new ToVpnConnection(context, vpnConnectionId, intent));
  }
}

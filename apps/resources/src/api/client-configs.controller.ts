import { DEVICES } from '@bordergate/client-config';
import { http } from '@bordergate/contracts';
import { prefers } from '@bordergate/platform';
import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ClientConfigs, type ClientConfigAsk, type ClientConfigDocument } from '../clients/client-configs.js';
import { ToVpnConnection } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Changes } from './documents.js';
import { Door } from './door.js';

type Asked = z.infer<typeof http.ClientConfigQuery>;
const schema = http.ClientConfigQuery;

/**
 * Configurations for a connection's or a tunnel's customer router. GET has placeholders where the keys go; POST has the
 * keys, and remembers that they were shown. Accept: text/plain answers the files alone.
 */
@ApiTags('clientConfigs')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region')
export class ClientConfigsController {
  constructor(private readonly door: Door, private readonly clients: ClientConfigs) {}

  @Get('vpnConnections/:id/clientConfig')
  @ApiOkResponse({ standardSchema: http.ClientConfig as never })
  async ofConnection(@AtRegion() call: Call, @Param('id') id: string, @Query({ schema }) query: Asked) {
    const connection = await this.door.fieldsOf(call, 'vpnConnections', id);
    return answer(call, await this.door.derive(call, (region) => this.clients.make(region, connection, askOf(query))));
  }

  @Get('vpnTunnels/:id/clientConfig')
  @ApiOkResponse({ standardSchema: http.ClientConfig as never })
  async ofTunnel(@AtRegion() call: Call, @Param('id') tunnelId: string, @Query({ schema }) query: Asked) {
    const connection = await this.door.fieldsOf(call, 'vpnConnections', await this.#connectionOf(call, tunnelId));
    return answer(call, await this.door.derive(call, (region) => this.clients.make(region, connection, askOf(query, tunnelId))));
  }

  @Post('vpnConnections/:id(^[^:]+)::clientConfig')
  @Changes(http.ClientConfig)
  async withKeysOfConnection(@AtRegion() call: Call, @Param('id') id: string, @Query({ schema }) query: Asked) {
    return this.#withKeys(call, 'vpnConnections', id, id, askOf(query));
  }

  @Post('vpnTunnels/:id(^[^:]+)::clientConfig')
  @Changes(http.ClientConfig)
  async withKeysOfTunnel(@AtRegion() call: Call, @Param('id') tunnelId: string, @Query({ schema }) query: Asked) {
    return this.#withKeys(call, 'vpnTunnels', tunnelId, await this.#connectionOf(call, tunnelId), askOf(query, tunnelId));
  }

  async #withKeys(call: Call, collection: 'vpnConnections' | 'vpnTunnels', id: string, connectionId: string, ask: ClientConfigAsk) {
    call.reply.header('cache-control', 'no-store');
    const config = await this.door.change(call, collection, id, (context) => new ToVpnConnection(context, connectionId, { type: 'RevealClientConfig', ask }));
    return answer(call, config as ClientConfigDocument);
  }

  async #connectionOf(call: Call, tunnelId: string): Promise<string> {
    return (await this.door.fieldsOf(call, 'vpnTunnels', tunnelId)).vpnConnectionId;
  }
}

@ApiTags('clientConfigs')
@Controller('v1/clientDevices')
export class ClientDevicesController {
  @Get()
  @ApiOkResponse({ standardSchema: http.ClientDevices as never })
  clientDevices(): z.infer<typeof http.ClientDevices> {
    return { items: DEVICES.map(({ id, title, versions }) => ({ id, title, versions })) };
  }
}

const askOf = ({ device, networks, outsideInterface, knownHash }: Asked, tunnelId?: string): ClientConfigAsk =>
  ({ device, tunnelId, knownHash, local: { networks: networks?.split(',') ?? [], outsideInterface } });

/** JSON, or for a person with curl the files one after another, each under its name when there are several. */
function answer({ request, reply }: Call, config: ClientConfigDocument): ClientConfigDocument | string {
  void reply.header('vary', 'Accept');
  if (!prefers('text/plain', request.headers.accept)) return config;
  void reply.type('text/plain; charset=utf-8');
  const { files } = config;
  return files.map(({ name, content }) => (files.length > 1 ? `### ${name}\n${content}` : content)).join('\n');
}

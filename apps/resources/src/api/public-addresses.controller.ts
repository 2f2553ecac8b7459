import { http } from '@bordergate/contracts';
import { Body, Controller, Delete, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ToAddressPool } from '../commands/commands.js';
import { AtRegion, type Call } from './call.js';
import { Creates, Deletes } from './documents.js';
import { Door } from './door.js';

/** The region's pool of public addresses; an address is its own id. */
@ApiTags('publicAddresses')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/publicAddresses')
export class PublicAddressesController {
  constructor(private readonly door: Door) {}

  @Post()
  @Creates(http.PublicAddress)
  createPublicAddress(@AtRegion() call: Call, @Body({ schema: http.CreatePublicAddress }) { publicAddress: address, node }: z.infer<typeof http.CreatePublicAddress>) {
    return this.door.create(call, 'publicAddresses', address, (context) => new ToAddressPool(context, { type: 'AddPublicAddress', region: call.region, address, node }));
  }

  @Delete(':id')
  @Deletes()
  deletePublicAddress(@AtRegion() call: Call, @Param('id') address: string) {
    return this.door.remove(call, 'publicAddresses', address, (context) => new ToAddressPool(context, { type: 'RemovePublicAddress', region: call.region, address }));
  }
}

import { http } from '@bordergate/contracts';
import { reject } from '@bordergate/kernel';
import { pageOf, RejectionError, type PageOrder } from '@bordergate/platform';
import { VifStates, type VifState } from '@bordergate/telemetry-core';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

const VifStatePage = http.page(http.VifState, 'VifStatePage');
const StatesQuery = http.PageQuery.extend({ bgwId: z.string().optional() });
const BY_ID: PageOrder<string> = { keyOf: (id) => id, pattern: /^[a-z0-9-]{1,64}$/ };

@ApiTags('telemetry')
@Controller('v1/regions/:region')
export class VifStatesController {
  constructor(private readonly states: VifStates) {}

  @Get('vifStates')
  @ApiOperation({ summary: 'Present state and counters of every virtual interface' })
  @ApiOkResponse({ standardSchema: VifStatePage })
  vifStates(@Param('region') region: string, @Query({ schema: StatesQuery }) { limit, cursor, bgwId }: z.infer<typeof StatesQuery>): z.infer<typeof VifStatePage> {
    const { items, nextCursor } = pageOf(this.states.idsOf({ region, bgwId }), BY_ID, { limit, cursor });
    return { items: items.map((id) => this.states.get(id)!), nextCursor };
  }

  @Get('virtualInterfaces/:id/state')
  @ApiOperation({ summary: 'Present state and counters of one virtual interface, with what changed and why' })
  @ApiOkResponse({ standardSchema: http.VifState })
  vifState(@Param('region') region: string, @Param('id') id: string): VifState {
    const state = this.states.regionOf(id) === region ? this.states.get(id) : undefined;
    if (!state) throw new RejectionError(reject('not-found', `there is no virtual interface ${id} in ${region}`));
    return state;
  }
}

import { http, QuotaType } from '@bordergate/contracts';
import { pageOf, type PageOrder } from '@bordergate/platform';
import type { RegionSettings } from '@bordergate/resources-core';
import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { QuotaDocument } from '../settings/quota-usage.js';
import { AtRegion, type Call } from './call.js';
import { Changes } from './documents.js';
import { noSuchQuota, SettingsDoor } from './settings-door.js';

const Quotas = http.page(http.Quota, 'QuotaPage');

/** The limits of a region beside what there is of each; a limit is named by its type, and by its parent where it is one parent's own. */
@ApiTags('quotas')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/quotas')
export class QuotasController {
  constructor(private readonly door: SettingsDoor) {}

  /** In the order of the types; of one type the region's first, then the parents' by id. */
  @Get()
  @ApiOkResponse({ standardSchema: Quotas as never })
  async list(@AtRegion() call: Call, @Query({ schema: http.QuotasQuery }) { type, parentResourceId, limit, cursor }: z.infer<typeof http.QuotasQuery>): Promise<z.infer<typeof Quotas>> {
    const usage = this.door.usage(call, await this.door.read(call));
    const items: QuotaDocument[] = [];
    for (const each of type === undefined ? QuotaType.options : [type]) items.push(...(await usage.of(each, parentResourceId)));
    return pageOf(items, ORDER, { limit, cursor });
  }

  @Get(':type')
  @ApiOkResponse({ standardSchema: http.Quota as never })
  async one(@AtRegion() call: Call, @Param('type') type: string, @Query({ schema: http.QuotaQuery }) { parentResourceId }: z.infer<typeof http.QuotaQuery>) {
    return this.#quota(call, await this.door.read(call), typeOf(type), parentResourceId);
  }

  @Patch(':type')
  @Changes(http.Quota)
  async update(@AtRegion() call: Call, @Param('type') type: string, @Body({ schema: http.UpdateQuota }) { parentResourceId, maxLimit }: z.infer<typeof http.UpdateQuota>) {
    const quotaType = typeOf(type);
    const settings = await this.door.change(call, { type: 'SetQuota', region: call.region, quotaType, parentResourceId, maxLimit });
    return this.#quota(call, settings, quotaType, parentResourceId ?? undefined);
  }

  /** The parent may be gone, also when its limit has just been set. */
  async #quota(call: Call, settings: RegionSettings, type: QuotaType, parentResourceId: string | undefined): Promise<QuotaDocument> {
    const [quota] = await this.door.usage(call, settings).of(type, parentResourceId);
    if (!quota) throw noSuchQuota(`${type} for ${parentResourceId}`);
    return quota;
  }
}

/** What a region allows. */
@ApiTags('policy')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/policy')
export class PolicyController {
  constructor(private readonly door: SettingsDoor) {}

  @Get()
  @ApiOkResponse({ standardSchema: http.RegionPolicy as never })
  async policy(@AtRegion() call: Call): Promise<z.infer<typeof http.RegionPolicy>> {
    const { weakAlgorithms } = await this.door.read(call);
    return { region: call.region, weakAlgorithms };
  }

  @Patch()
  @Changes(http.RegionPolicy)
  async update(@AtRegion() call: Call, @Body({ schema: http.UpdateRegionPolicy }) body: z.infer<typeof http.UpdateRegionPolicy>): Promise<z.infer<typeof http.RegionPolicy>> {
    const { weakAlgorithms } = await this.door.change(call, { type: 'ChangeRegionPolicy', region: call.region, weakAlgorithms: body.weakAlgorithms });
    return { region: call.region, weakAlgorithms };
  }
}

function typeOf(text: string): QuotaType {
  const type = QuotaType.safeParse(text);
  if (!type.success) throw noSuchQuota(text);
  return type.data;
}

const ORDER: PageOrder<QuotaDocument> = {
  keyOf: ({ type, parentResourceId }) => `${String(QuotaType.options.indexOf(type)).padStart(2, '0')} ${parentResourceId ?? ''}`,
  pattern: /^\d\d [A-Za-z0-9._-]{0,64}$/,
};

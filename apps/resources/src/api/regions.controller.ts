import { http } from '@bordergate/contracts';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { CONFIG, DATA_SOURCE, type ResourcesConfig } from '../config.js';

@ApiTags('regions')
@Controller('v1/regions')
export class RegionsController {
  constructor(@InjectDataSource(DATA_SOURCE) private readonly db: DataSource, @Inject(CONFIG) private readonly config: ResourcesConfig) {}

  @Get()
  @ApiOperation({ summary: 'The regions that have a resource', description: 'Regions are not made: any well-formed name is one, empty at first.' })
  @ApiOkResponse({ standardSchema: http.Regions as never })
  async regions(): Promise<z.infer<typeof http.Regions>> {
    const items: { region: string }[] = await this.db.query('select distinct region from resource where tenant = $1 order by region', [this.config.tenant]);
    return { items };
  }
}

import { http } from '@bordergate/contracts';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { AlarmReader } from './alarm-reader.js';

const AlarmPage = http.page(http.Alarm, 'AlarmPage');
const AlarmHistoryPage = http.page(http.AlarmHistoryItem, 'AlarmHistoryPage');
const AlarmsQuery = http.PageQuery.extend(http.alarmsQuery);
const HistoryQuery = http.PageQuery.extend(http.alarmHistoryQuery);

@ApiTags('alarms')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region')
export class AlarmsController {
  constructor(private readonly reader: AlarmReader) {}

  @Get('alarms')
  @ApiOperation({ summary: 'How each rule finds each of its resources now' })
  @ApiOkResponse({ standardSchema: AlarmPage })
  alarms(@Param('region') region: string, @Query({ schema: AlarmsQuery }) query: z.infer<typeof AlarmsQuery>): Promise<z.infer<typeof AlarmPage>> {
    return this.reader.alarms(region, query);
  }

  @Get('alarmHistory')
  @ApiOperation({ summary: 'What changed, newest first, and what became of its notification' })
  @ApiOkResponse({ standardSchema: AlarmHistoryPage })
  history(@Param('region') region: string, @Query({ schema: HistoryQuery }) query: z.infer<typeof HistoryQuery>): Promise<z.infer<typeof AlarmHistoryPage>> {
    return this.reader.history(region, query);
  }
}

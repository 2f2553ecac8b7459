import { http } from '@bordergate/contracts';
import { etagOf, idempotencyOf, pageOf, seenVersions, type PageOrder, type VaultKeys } from '@bordergate/platform';
import { applyDecorators, Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { RuleStore, type Versioned } from './rule-store.js';

const AlarmRulePage = http.page(http.AlarmRule, 'AlarmRulePage');
/** In the order in which they were made. */
const BY_AGE: PageOrder<http.AlarmRule> = { keyOf: ({ createdTime, alarmRuleId }) => `${createdTime} ${alarmRuleId}`, pattern: /^\d{4}-\d\d-\d\dT[\d:.]+Z [a-z0-9-]{1,64}$/ };

/** Whose rules, and what their requests are told by. */
export interface AlarmsConfig {
  readonly tenant: string;
  readonly vaultKeys: VaultKeys;
}
export const ALARMS_CONFIG = Symbol('alarms.config');

const ifMatch = ApiHeader({ name: 'If-Match', required: false, description: 'the ETag you have seen; 412 when the rule has changed since' });
const Changes = (summary: string) => applyDecorators(HttpCode(200), ifMatch, ApiOperation({ summary }), ApiOkResponse({ standardSchema: http.AlarmRule }));

@ApiTags('alarms')
@ApiParam({ name: 'region' })
@Controller('v1/regions/:region/alarmRules')
export class AlarmRulesController {
  constructor(private readonly rules: RuleStore, @Inject(ALARMS_CONFIG) private readonly config: AlarmsConfig) {}

  @Post()
  @ApiOperation({ summary: 'Watch resources', description: 'Each condition by itself can raise the alarm. A region begins with default rules, which can be changed, disabled and deleted like any other.' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'repeat a request with the same key and get the same answer, without doing it twice' })
  @ApiCreatedResponse({ standardSchema: http.AlarmRule })
  async create(
    @Param('region') region: string, @Body({ schema: http.CreateAlarmRule }) body: http.CreateAlarmRule, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<http.AlarmRule> {
    const { answer, replayed } = await this.rules.create(region, body, request.id, idempotencyOf(request, this.config, 201));
    if (replayed) void reply.header('idempotent-replayed', 'true');
    void reply.header('location', `/v1/regions/${region}/alarmRules/${answer.rule.alarmRuleId}`);
    return answered(answer, reply);
  }

  @Get()
  @ApiOperation({ summary: 'The alarm rules of a region' })
  @ApiOkResponse({ standardSchema: AlarmRulePage })
  async list(@Param('region') region: string, @Query({ schema: http.PageQuery }) query: z.infer<typeof http.PageQuery>): Promise<z.infer<typeof AlarmRulePage>> {
    return pageOf(await this.rules.list(region), BY_AGE, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One alarm rule' })
  @ApiOkResponse({ standardSchema: http.AlarmRule })
  async get(@Param('region') region: string, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<http.AlarmRule> {
    return answered(await this.rules.get(region, id), reply);
  }

  @Patch(':id')
  @Changes('Change an alarm rule: fields that are left out stay as they are')
  async update(
    @Param('region') region: string, @Param('id') id: string, @Body({ schema: http.UpdateAlarmRule }) body: http.UpdateAlarmRule, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<http.AlarmRule> {
    return answered(await this.rules.update(region, id, body, seenVersions(request), request.id), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @ifMatch
  @ApiOperation({ summary: 'Delete an alarm rule', description: 'Its history stays. A default rule does not come back.' })
  @ApiNoContentResponse()
  async remove(@Param('region') region: string, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.rules.remove(region, id, seenVersions(request), request.id);
  }

  @Post(':id(^[^:]+)::enable')
  @Changes('Watch again')
  async enable(@Param('region') region: string, @Param('id') id: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<http.AlarmRule> {
    return answered(await this.rules.enable(region, id, true, seenVersions(request), request.id), reply);
  }

  @Post(':id(^[^:]+)::disable')
  @Changes('Stop watching; nobody is notified')
  async disable(@Param('region') region: string, @Param('id') id: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<http.AlarmRule> {
    return answered(await this.rules.enable(region, id, false, seenVersions(request), request.id), reply);
  }
}

function answered({ rule, version }: Versioned, reply: FastifyReply): http.AlarmRule {
  void reply.header('etag', etagOf(version));
  return rule;
}

import type { http } from '@bordergate/contracts';
import { cursorOf, keyOfCursor, numbersOfCursor, RejectionError, type Clock, type Page } from '@bordergate/platform';
import { emptyRange } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';

interface Paging { readonly limit: number; readonly cursor?: string | undefined }
type AlarmsQuery = Paging & { readonly alarmRuleId?: string | undefined; readonly resourceId?: string | undefined; readonly state?: http.AlarmState | undefined; readonly level?: http.AlarmLevel | undefined };
type HistoryQuery = Paging & { readonly alarmRuleId?: string | undefined; readonly resourceId?: string | undefined; readonly start?: string | undefined; readonly end?: string | undefined };

const ALARM = /^([a-z0-9-]{1,64}) ([a-z0-9-]{1,64})$/;

/** What the store says of alarms, as the API shows it. */
export class AlarmReader {
  constructor(private readonly db: DataSource, private readonly tenant: string, private readonly retentionDays: number, private readonly clock: Clock) {}

  async alarms(region: string, { limit, cursor, alarmRuleId, resourceId, state, level }: AlarmsQuery): Promise<Page<http.Alarm>> {
    const after = cursor === undefined ? [null, null] : keyOfCursor(cursor, ALARM).slice(1);
    // A rule that was disabled a moment ago is disabled now.
    const rows: (Omit<http.Alarm, 'since'> & { since_ms: string })[] = await this.db.query(
      `select * from (
         select rule_id as "alarmRuleId", content->>'alarmRuleName' as "alarmRuleName", resource_kind as "resourceKind", resource_id as "resourceId", since_ms::text,
           case when enabled then state else 'disabled' end as state, case when enabled then level end as level, case when enabled then detail else 'the rule is disabled' end as detail
         from alarm join alarm_rule on alarm_rule.id = rule_id where tenant = $1 and region = $2
       ) as alarms
       where ($3::text is null or "alarmRuleId" = $3) and ($4::text is null or "resourceId" = $4) and ($5::text is null or state = $5) and ($6::text is null or level = $6)
         and ($7::text is null or ("alarmRuleId" collate "C", "resourceId" collate "C") > ($7, $8))
       order by "alarmRuleId" collate "C", "resourceId" collate "C" limit $9`,
      [this.tenant, region, alarmRuleId ?? null, resourceId ?? null, state ?? null, level ?? null, ...after, limit + 1],
    );
    const items = rows.slice(0, limit).map(({ since_ms, ...alarm }) => ({ ...alarm, since: timeOf(since_ms) }));
    const last = rows.length > limit ? items.at(-1) : undefined;
    return { items, nextCursor: last ? cursorOf(`${last.alarmRuleId} ${last.resourceId}`) : null };
  }

  async history(region: string, { limit, cursor, alarmRuleId, resourceId, start, end }: HistoryQuery): Promise<Page<http.AlarmHistoryItem>> {
    const empty = emptyRange({ start, end });
    if (empty) throw new RejectionError(empty);
    const after = cursor === undefined ? [null, null] : numbersOfCursor(cursor, [64, 64]);
    const oldest = this.clock.now() - this.retentionDays * 86_400_000;
    const rows: (Omit<http.AlarmHistoryItem, 'at'> & { at_ms: string; no: string })[] = await this.db.query(
      `select no::text, at_ms::text, rule_id as "alarmRuleId", rule_name as "alarmRuleName", resource_kind as "resourceKind", resource_id as "resourceId", was as "from", state as "to", level, detail,
         notification, attempts, failure
       from alarm_history
       where tenant = $1 and region = $2 and at_ms >= $3 and ($4::bigint is null or at_ms < $4) and ($5::text is null or rule_id = $5) and ($6::text is null or resource_id = $6)
         and ($7::bigint is null or (at_ms, no) < ($7::bigint, $8::bigint))
       order by at_ms desc, no desc limit $9`,
      [this.tenant, region, Math.max(oldest, start === undefined ? 0 : Date.parse(start)), end === undefined ? null : Date.parse(end), alarmRuleId ?? null, resourceId ?? null, ...after, limit + 1],
    );
    const items = rows.slice(0, limit).map(({ at_ms, no, ...line }) => ({ ...line, at: timeOf(at_ms) }));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items, nextCursor: last ? cursorOf(`${last.at_ms} ${last.no}`) : null };
  }
}

const timeOf = (ms: string): string => new Date(Number(ms)).toISOString();

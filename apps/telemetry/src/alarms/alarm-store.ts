import type { http } from '@bordergate/contracts';
import type { Sql } from '@bordergate/platform';
import type { AlarmMemory, AlarmStep } from '@bordergate/telemetry-core';

export interface StoredAlarm {
  readonly ruleId: string;
  readonly resourceId: string;
  readonly resourceKind: http.AlarmResourceKind;
  readonly memory: AlarmMemory;
}
/** A step of an alarm, with the message that it becomes when somebody is to be told. */
export interface Line extends AlarmStep {
  readonly at: number;
  readonly rule: { readonly id: string; readonly tenant: string; readonly region: string; readonly name: string };
  readonly resourceKind: http.AlarmResourceKind;
  readonly resourceId: string;
  readonly message: { readonly id: string; readonly body: string } | null;
}
export interface Portion {
  readonly changed: readonly StoredAlarm[];
  readonly gone: readonly Pick<StoredAlarm, 'ruleId' | 'resourceId'>[];
  readonly lines: readonly Line[];
}

/** Another process has looked at the same moment. */
export class LookedAlready extends Error {
  override readonly name = 'LookedAlready';
}

export async function loadAlarms(db: Sql): Promise<StoredAlarm[]> {
  return db.query('select rule_id as "ruleId", resource_id as "resourceId", resource_kind as "resourceKind", memory from alarm');
}

export async function lookedMs(db: Sql): Promise<number | null> {
  const [row] = await db.query('select looked_ms::text from alarm_progress');
  return row ? Number(row.looked_ms) : null;
}

/**
 * What a look has found, in one piece with how far has been looked: nothing is found twice, and nothing told twice under two ids.
 * @param before what `lookedMs` said. @throws LookedAlready
 */
export async function storeLook(tx: Sql, before: number | null, at: number, { changed, gone, lines }: Portion): Promise<void> {
  const moved: unknown[] = before === null
    ? await tx.query('insert into alarm_progress (looked_ms) values ($1) on conflict do nothing returning looked_ms', [at])
    : (await tx.query('with moved as (update alarm_progress set looked_ms = $2 where looked_ms = $1 returning 1) select 1 from moved', [before, at]));
  if (moved.length === 0) throw new LookedAlready('another process has looked at the same moment');
  // A rule that is deleted meanwhile takes its alarms with it.
  const rules: { id: string }[] = await tx.query('select id from alarm_rule where id = any($1) for key share', [[...new Set([...changed.map(({ ruleId }) => ruleId), ...lines.map(({ rule }) => rule.id)])]]);
  const there = new Set(rules.map(({ id }) => id));
  const alarms = changed.filter(({ ruleId }) => there.has(ruleId));
  if (alarms.length > 0) await tx.query(
    `insert into alarm (rule_id, resource_id, resource_kind, state, level, since_ms, detail, memory) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::json[])
     on conflict (rule_id, resource_id) do update set resource_kind = excluded.resource_kind, state = excluded.state, level = excluded.level, since_ms = excluded.since_ms, detail = excluded.detail, memory = excluded.memory`,
    [
      alarms.map(({ ruleId }) => ruleId), alarms.map(({ resourceId }) => resourceId), alarms.map(({ resourceKind }) => resourceKind), alarms.map(({ memory }) => memory.state), alarms.map(({ memory }) => memory.level),
      alarms.map(({ memory }) => memory.since), alarms.map(({ memory }) => text(memory.detail)), alarms.map(({ memory }) => JSON.stringify({ ...memory, detail: text(memory.detail) })),
    ],
  );
  if (gone.length > 0) await tx.query('delete from alarm using unnest($1::text[], $2::text[]) as gone (rule_id, resource_id) where alarm.rule_id = gone.rule_id and alarm.resource_id = gone.resource_id', [gone.map(({ ruleId }) => ruleId), gone.map(({ resourceId }) => resourceId)]);
  for (const line of lines) if (there.has(line.rule.id)) await tx.query(
    `insert into alarm_history (at_ms, tenant, region, rule_id, rule_name, resource_kind, resource_id, was, state, level, detail, notification, next_ms, notice_id, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      line.at, line.rule.tenant, line.rule.region, line.rule.id, line.rule.name, line.resourceKind, line.resourceId, line.from, line.to, line.level, text(line.detail),
      line.message ? 'pending' : 'none', line.message ? 0 : null, line.message?.id ?? null, line.message?.body ?? null,
    ],
  );
}

/** Postgres keeps no NUL in text. */
const text = (detail: string): string => detail.replaceAll('\0', '');

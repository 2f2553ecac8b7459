import type { Sql } from '@bordergate/platform';

/** Of one alarm, so many of the newest wait at most, and no longer than a receiver that is away for a night and a morning. */
export const MAX_WAITING = 20;
export const MAX_AGE_MS = 86_400_000;

/** A rule for which something waits. */
export interface Awaited {
  readonly id: string;
  readonly webhook_url: string;
  /** Sealed. */
  readonly webhook_secret: string;
}
export interface Waiting {
  readonly no: string;
  readonly rule_id: string;
  readonly notice_id: string;
  readonly body: string;
  readonly attempts: number;
}
/** What of a rule may be sent: with the others of its receiver at most so many. */
export interface Share {
  readonly ruleId: string;
  readonly origin: string;
  readonly room: number;
}
export interface GivenUp {
  readonly alarmRuleId: string;
  readonly because: string;
  readonly count: number;
}

export const awaited = (db: Sql): Promise<Awaited[]> => db.query(
  `select id, webhook_url, webhook_secret from alarm_rule
   where webhook_url is not null and exists (select from alarm_history where rule_id = id and notification = 'pending')`,
);

/** Of each alarm the oldest that waits, when its time has come; each receiver's first before any receiver's second. */
export const due = (db: Sql, now: number, shares: readonly Share[], underWay: readonly string[], atMost: number): Promise<Waiting[]> => db.query(
  `select no::text, rule_id, notice_id, body, attempts from (
     select *, row_number() over (partition by origin order by next_ms, no) as place from (
       select distinct on (rule_id, resource_id) no, rule_id, notice_id, body, attempts, next_ms, origin, room
       from alarm_history join unnest($2::text[], $3::text[], $4::int[]) as share (id, origin, room) on share.id = rule_id
       where notification = 'pending' order by rule_id, resource_id, no
     ) as oldest where next_ms <= $1 and no <> all($5::bigint[])
   ) as queue where place <= room order by place, next_ms, no limit $6`,
  [now, shares.map(({ ruleId }) => ruleId), shares.map(({ origin }) => origin), shares.map(({ room }) => room), underWay, atMost],
);

/** What would wait for ever, or be of no use when it came: the history says why each was given up. */
export const giveUp = (db: Sql, now: number, underWay: readonly string[]): Promise<GivenUp[]> => db.query(
  `with judged as (
     select no, case
       when webhook_url is null then 'the rule is deleted, or has no webhook any more'
       when at_ms < $1 then 'it has waited for 24 h'
       when row_number() over (partition by rule_id, resource_id order by no desc) > $2 then '${MAX_WAITING} newer ones of the alarm wait'
     end as because
     from alarm_history left join alarm_rule on id = rule_id where notification = 'pending'
   ), given_up as (
     update alarm_history as line set notification = 'failed', next_ms = null, body = null, failure = concat_ws('; the last try: ', 'given up: ' || because, failure)
     from judged where line.no = judged.no and because is not null and line.no <> all($3::bigint[]) returning rule_id, because
   )
   select rule_id as "alarmRuleId", because, count(*)::int as count from given_up group by rule_id, because`,
  [now - MAX_AGE_MS, MAX_WAITING, underWay],
);

/** What became of a try. @param next undefined: there is no further one */
export async function note(db: Sql, no: string, result: 'delivered' | 'failed' | 'pending', attempts: number, next: number | undefined, failure: string | undefined): Promise<void> {
  await db.query("update alarm_history set notification = $2, attempts = $3, next_ms = $4, failure = $5, body = case when $2 = 'pending' then body end where no = $1", [no, result, attempts, next ?? null, failure?.replaceAll('\0', '') ?? null]);
}

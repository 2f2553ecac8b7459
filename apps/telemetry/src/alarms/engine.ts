import type { http } from '@bordergate/contracts';
import { grouped } from '@bordergate/kernel';
import type { Clock, Log } from '@bordergate/platform';
import { DEFAULT_ALARMS, leave, look, readingsOf, type AlarmStep, type Readings, type RouteLimits, type TunnelMetric, type TunnelStates } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import { SeriesStore } from '../store/series-store.js';
import { loadAlarms, lookedMs, storeLook, type Line, type StoredAlarm } from './alarm-store.js';
import { messageOf } from './message.js';
import type { PeriodReader } from './period-reader.js';
import { newRuleId, RULE_COLUMNS, ruleOf, type RuleRow } from './rule-rows.js';
import { watchedIn, type WatchedRegion, type WatchedResource } from './watched.js';

const MINUTE_MS = 60_000;
/** Longer than the longest period. */
const FORGET_MS = 7_200_000;

export interface EngineOptions {
  readonly db: DataSource;
  readonly states: TunnelStates;
  readonly limits: RouteLimits;
  readonly periods: PeriodReader;
  readonly tenant: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Looks at all alarms once a minute: at the last full minute that is stored completely. While the store is behind, it waits: what has not arrived is
 * not missing. What a look finds is stored in one transaction.
 */
export class AlarmEngine {
  #alarms: Map<string, StoredAlarm> | undefined;
  #looked: number | null = null;

  constructor(private readonly options: EngineOptions) {}

  /** Present alarms by state and level, of the last look. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { memory } of this.#alarms?.values() ?? []) {
      const key = `${memory.state} ${memory.level ?? ''}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  /** Of a term that begins: another may have looked meanwhile. */
  async resume(): Promise<void> {
    const { db } = this.options;
    this.#looked = await lookedMs(db.manager);
    this.#alarms = new Map((await loadAlarms(db.manager)).map((alarm) => [keyOf(alarm), alarm]));
  }

  /** @returns whether there was something new to look at */
  async look(): Promise<boolean> {
    const { db, periods } = this.options;
    if (!this.#alarms) await this.resume();
    const drawn = await SeriesStore.drawnMs(db.manager);
    const at = Math.floor((drawn ?? 0) / MINUTE_MS) * MINUTE_MS;
    if (drawn === undefined || (this.#looked !== null && at <= this.#looked)) return false;
    await this.#makeDefaults();
    const rows: RuleRow[] = await db.query(`select ${RULE_COLUMNS} from alarm_rule`);
    const [changed, lines] = [new Map<string, StoredAlarm>(), [] as Line[]];
    const met = new Set<string>();
    const rules = rows.map(ruleOf);
    for (const [region, ofRegion] of grouped(rules, (rule) => rule.region)) await this.#lookAt(region, ofRegion, at, met, changed, lines);
    const byId = new Map(rules.map((rule) => [rule.alarmRuleId, rule]));
    const gone = [...this.#alarms!].filter(([key]) => !met.has(key)).map(([, alarm]) => alarm);
    for (const { ruleId, resourceKind, resourceId, memory } of gone) {
      const rule = byId.get(ruleId);
      const step = rule && leave(rule, memory, 'the resource is not there any more, or not watched');
      if (step) lines.push(lineOf(rule, resourceKind, resourceId, at, step));
    }
    try {
      await db.transaction((tx) => storeLook(tx, this.#looked, at, { changed: [...changed.values()], gone, lines }));
    } catch (error) {
      this.#alarms = undefined; // what is stored is what was
      throw error;
    }
    this.#looked = at;
    for (const [key, alarm] of changed) this.#alarms!.set(key, alarm);
    for (const alarm of gone) this.#alarms!.delete(keyOf(alarm));
    periods.forgetBefore(at - FORGET_MS);
    return true;
  }

  async #lookAt(region: string, rules: readonly http.AlarmRule[], at: number, met: Set<string>, changed: Map<string, StoredAlarm>, lines: Line[]): Promise<void> {
    const { states, periods, limits } = this.options;
    const watched = watchedIn(states, region);
    const pairs = rules.flatMap((rule) => resourcesOf(rule, watched).map((resource) => ({ rule, resource })));
    const isLive = ({ rule, resource }: (typeof pairs)[number]) => rule.enabled && resource.off === null;
    const read = await periods.at(at, region, pairs.filter(isLive).flatMap(({ rule, resource: { tunnelIds } }) => rule.conditions.filter(isOfTunnels).map((condition) => ({ periods: condition, tunnelIds }))));
    for (const pair of pairs) {
      const { rule, resource } = pair;
      const { kind } = rule.resources;
      const key = keyOf({ ruleId: rule.alarmRuleId, resourceId: resource.id });
      met.add(key);
      const readings = isLive(pair)
        ? rule.conditions.map((condition): Readings => {
          if (!isOfTunnels(condition)) return limits.readings(resource.id, condition, at);
          return readingsOf(condition, resource.tunnelIds.map((id) => read(condition, id)), condition.consecutivePeriods);
        })
        : [];
      const before = this.#alarms!.get(key)?.memory ?? null;
      const { memory, step } = look(rule, before, { at, readings, off: resource.off, because: resource.because });
      if (memory !== before) changed.set(key, { ruleId: rule.alarmRuleId, resourceId: resource.id, resourceKind: kind, memory });
      if (step) lines.push(lineOf(rule, kind, resource.id, at, step));
    }
  }

  /** A region gets each default once; a deleted one does not come back. */
  async #makeDefaults(): Promise<void> {
    const { db, states, tenant, clock } = this.options;
    const regions = new Set(states.idsOf().map((id) => states.placeOf(id)!.region));
    for (const region of regions) {
      const made = await db.transaction(async (tx) => {
        const fresh: { key: string }[] = await tx.query('insert into alarm_default (tenant, region, key) select $1, $2, unnest($3::text[]) on conflict do nothing returning key', [tenant, region, DEFAULT_ALARMS.map(({ key }) => key)]);
        const keys = new Set(fresh.map(({ key }) => key));
        for (const { key, alarmRuleName, kind, conditions } of DEFAULT_ALARMS) if (keys.has(key)) await tx.query(
          'insert into alarm_rule (id, tenant, region, version, enabled, default_key, content, created_ms, updated_ms) values ($1, $2, $3, 1, true, $4, $5, $6, $6)',
          [newRuleId(), tenant, region, key, JSON.stringify({ alarmRuleName, resources: { kind, ids: null }, conditions, notify: { onAlarm: true, onInsufficientData: false, onRecovery: true }, effectiveHours: null, repeatMinutes: null }), clock.now()],
        );
        return keys.size;
      });
      if (made > 0) this.options.log.info('a region has its default alarms', { region, made });
    }
  }
}

/** Read from the points of tunnels; else the routing says it of a gateway. */
const isOfTunnels = (condition: http.AlarmCondition): condition is http.AlarmCondition & { metric: TunnelMetric } => condition.metric !== 'routeLimitStatus';

const keyOf = ({ ruleId, resourceId }: Pick<StoredAlarm, 'ruleId' | 'resourceId'>): string => `${ruleId} ${resourceId}`;

function resourcesOf({ resources: { kind, ids } }: http.AlarmRule, watched: WatchedRegion): WatchedResource[] {
  return ids === null ? [...watched[kind].values()] : ids.flatMap((id) => watched[kind].get(id) ?? []);
}

function lineOf(rule: http.AlarmRule, resourceKind: http.AlarmResourceKind, resourceId: string, at: number, step: AlarmStep): Line {
  const { alarmRuleId, alarmRuleName, region, tenant, webhook } = rule;
  const message = webhook && step.notice ? messageOf(rule, resourceKind, resourceId, at, { ...step, notice: step.notice }) : null;
  return { ...step, at, rule: { id: alarmRuleId, tenant, region, name: alarmRuleName }, resourceKind, resourceId, message };
}

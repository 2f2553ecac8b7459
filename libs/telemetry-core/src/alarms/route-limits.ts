import { keyOf, type http, type JournalRecord, type LimitStatus, type RouteLimitReached } from '@bordergate/contracts';
import { periodsAt, type Readings } from './condition.js';

const LEVEL: Readonly<Record<LimitStatus, number>> = { ok: 0, 'near-limit': 1, 'over-limit': 2 };
/** A table that goes to and fro between near and full. */
const MANY = 100;

/** How full the tables of dynamic routes are, by the warnings of the RIB: there is none while there is room. */
export class RouteLimits {
  readonly #reached = new Map<string, { readonly at: number; readonly level: number }[]>();

  warning({ key, event }: Pick<JournalRecord<RouteLimitReached>, 'key' | 'event'>): void {
    if (!event) return void this.#reached.delete(key);
    const { data: { status }, time } = event;
    const changes = this.#reached.get(key) ?? [];
    this.#reached.set(key, changes);
    if (changes.at(-1)?.level === LEVEL[status]) return;
    changes.push({ at: Date.parse(time), level: LEVEL[status] });
    if (changes.length > MANY) changes.shift();
  }

  /** What stood at the end of each period of a condition, oldest first: 0 there was room, 1 near the limit, 2 over it. */
  readings(resourceId: string, condition: Pick<http.AlarmCondition, 'periodMinutes' | 'consecutivePeriods'>, at: number): Readings {
    const { startMs, stepMs } = periodsAt(condition, at);
    const changes = this.#reached.get(keyOf.limitStatus(resourceId)) ?? [];
    return Array.from({ length: condition.consecutivePeriods }, (_, index) => changes.findLast((change) => change.at < startMs + (index + 1) * stepMs)?.level ?? 0);
  }
}

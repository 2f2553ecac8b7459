import type { http } from '@bordergate/contracts';
import { periodsAt, type TunnelPeriods } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import type { MetricsService } from '../series/metrics.service.js';
import type { Asked, SeriesReader } from '../series/series-reader.js';

/** Tunnels that are read at once: their points are in memory together. */
const MANY = 1_000;
/** How far back one looks for what a tunnel was before a change. */
const BEFORE_MS = 86_400_000;

interface Read { readonly endMs: number; readonly tunnels: ReadonlyMap<string, TunnelPeriods> }
export type Periods = Pick<http.AlarmCondition, 'periodMinutes' | 'consecutivePeriods'>;

/** Tunnels in the last periods of conditions: read once for all conditions with the same periods, and again only when one more is over. */
export class PeriodReader {
  #read = new Map<string, Read>();

  constructor(private readonly db: DataSource, private readonly metrics: MetricsService, private readonly series: SeriesReader) {}

  /**
   * @param wanted all that will be asked for at this instant
   * @returns the periods of a condition and a tunnel, oldest first
   */
  async at(at: number, region: string, wanted: readonly { readonly periods: Periods; readonly tunnelIds: readonly string[] }[]): Promise<(periods: Periods, tunnelId: string) => TunnelPeriods> {
    const keyOf = ({ periodMinutes, consecutivePeriods }: Periods) => `${region} ${consecutivePeriods} × ${periodMinutes}`;
    const reads = new Map<string, { periods: Periods; tunnelIds: Set<string> }>();
    for (const { periods, tunnelIds } of wanted) {
      const read = reads.get(keyOf(periods)) ?? { periods, tunnelIds: new Set() };
      reads.set(keyOf(periods), read);
      for (const id of tunnelIds) read.tunnelIds.add(id);
    }
    for (const [key, { periods, tunnelIds }] of reads) await this.#readOnce(key, periodsAt(periods, at), region, tunnelIds);
    return (periods, tunnelId) => this.#read.get(keyOf(periods))!.tunnels.get(tunnelId)!;
  }

  /** Regions and lengths that nobody asks for any more are let go. */
  forgetBefore(ms: number): void {
    for (const [key, { endMs }] of this.#read) if (endMs < ms) this.#read.delete(key);
  }

  async #readOnce(key: string, periods: { startMs: number; endMs: number; stepMs: number }, region: string, tunnelIds: ReadonlySet<string>): Promise<void> {
    const known = this.#read.get(key);
    const enough = known?.endMs === periods.endMs && [...tunnelIds].every((id) => known.tunnels.has(id));
    if (enough) return;
    const asked = (await this.metrics.mustKnow({ region })).filter(({ tunnelId }) => tunnelIds.has(tunnelId));
    const tunnels = new Map<string, TunnelPeriods>();
    for (let first = 0; first < asked.length; first += MANY) {
      const part = asked.slice(first, first + MANY);
      const [points, flaps] = [await this.series.ofTunnels(part, periods), await this.#flaps(part, periods)];
      for (const { tunnelId } of part) tunnels.set(tunnelId, { points: points.get(tunnelId)!, flaps: flaps.get(tunnelId)! });
    }
    const count = (periods.endMs - periods.startMs) / periods.stepMs;
    const nothing: TunnelPeriods = { points: new Array(count).fill(undefined), flaps: new Array(count).fill(0) };
    for (const id of tunnelIds) if (!tunnels.has(id)) tunnels.set(id, nothing);
    this.#read.set(key, { endMs: periods.endMs, tunnels });
  }

  /** Changes from UP to DOWN: another reason for the same status is told as well, and counts nothing. */
  async #flaps(tunnels: readonly Asked[], { startMs, endMs, stepMs }: { startMs: number; endMs: number; stepMs: number }): Promise<Map<string, number[]>> {
    const rows: { series: number; period: number; n: number }[] = await this.db.query(
      `select series, ((at_ms - $2) / $4)::int as period, count(*)::int as n from (
         select series, at_ms, what, lag(what) over (partition by series order by at_ms) as before from state_change
         where series = any($1) and at_ms >= $2::bigint - ${BEFORE_MS} and at_ms < $3 and what in ('oper UP', 'oper DOWN')
       ) as changes where at_ms >= $2 and what = 'oper DOWN' and before = 'oper UP' group by 1, 2`,
      [tunnels.flatMap(({ no }) => no ?? []), startMs, endMs, stepMs],
    );
    const byNo = new Map(tunnels.map(({ no, tunnelId }) => [no, tunnelId]));
    const flaps = new Map(tunnels.map(({ tunnelId }) => [tunnelId, new Array<number>((endMs - startMs) / stepMs).fill(0)]));
    for (const { series, period, n } of rows) flaps.get(byNo.get(series)!)![period] = n;
    return flaps;
  }
}

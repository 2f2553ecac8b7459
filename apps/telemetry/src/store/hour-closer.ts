import type { Sql } from '@bordergate/platform';
import { emptyPoint, joinInBreadth, joinInTime, type Point } from '@bordergate/telemetry-core';
import { packRows, squeeze, unpackRows, unsqueeze } from './codec.js';
import type { Directory, TotalKind } from './directory.js';
import { Partitions } from './partitions.js';
import { SHARD_BITS } from './series-store.js';

/** An hour is closed when what comes late has had time to arrive; what comes later still opens it again. */
const AFTER_MS = 180_000;
const HOUR_MS = 3_600_000;

/** Points of an hour by minute, 0 to 59. */
export type HourPoints = Map<number, Point>;

/** What charts of a day and more are made of: a third of an hour. */
export const PART_MINUTES = 20;

/** The sums of an hour: of its thirds that have points, by the minute at which they begin. */
function partsOf(minutes: HourPoints): HourPoints {
  const parts: HourPoints = new Map();
  for (const [minute, point] of minutes) join(parts, minute - (minute % PART_MINUTES), point, joinInTime);
  return parts;
}
const packed = (hour: HourPoints): Buffer => {
  const rows = [...hour].sort(([a], [b]) => a - b);
  return packRows(rows.map(([, point]) => point), [rows.map(([minute]) => minute)]);
};
export function readParts(parts: Buffer, columns?: ReadonlySet<number>): HourPoints {
  const { keys: [minuteKeys = []], points } = unpackRows(parts, 1, { columns });
  return new Map(points.map((point, index) => [minuteKeys[index]!, point]));
}

/** Reads an hour as it is stored: its minutes that have points. */
export function readHour(minutes: Buffer, columns?: ReadonlySet<number>): HourPoints {
  return readParts(unsqueeze(minutes), columns);
}

/** Reads rows of the log, those of one shard and hour, into hours by number. @param wanted numbers; all when not said */
export function readLog(shard: number, rows: readonly Buffer[], wanted?: ReadonlySet<number>, columns?: ReadonlySet<number>): Map<number, HourPoints> {
  const into = new Map<number, HourPoints>();
  for (const row of rows) {
    const { keys: [numbers = [], minutes = []], points } = unpackRows(unsqueeze(row), 2, { columns, ...(wanted && { row: (low: number) => wanted.has((shard << SHARD_BITS) | low) }) });
    points.forEach((point, index) => {
      const no = (shard << SHARD_BITS) | numbers[index]!;
      const hour = into.get(no) ?? new Map();
      into.set(no, hour);
      join(hour, minutes[index]!, point, joinInTime);
    });
  }
  return into;
}

export function join(hour: HourPoints, minute: number, point: Point, how: typeof joinInTime): void {
  hour.set(minute, how(hour.get(minute) ?? emptyPoint(), point));
}

/** Makes of the log of an hour that is over a row per series, with sums over gateways and regions beside them. */
export class HourCloser {
  constructor(private readonly directory: Directory, private readonly partitions: Partitions) {}

  async due(db: Sql, nowMs: number): Promise<number[]> {
    const rows: { hour: number }[] = await db.query('select distinct hour from minute_log where hour < $1 order by hour', [Math.floor((nowMs - AFTER_MS) / HOUR_MS)]);
    return rows.map(({ hour }) => hour);
  }

  /** In the caller's transaction: readers see the log or the hour, never both. */
  async close(tx: Sql, hour: number): Promise<void> {
    await this.partitions.make(tx, 'hours', [hour]);
    const [{ before }] = await tx.query('select exists (select from hours where hour = $1) as before', [hour]);
    const totals = new Totals(this.directory);
    const shards: { shard: number }[] = await tx.query('select distinct shard from minute_log where hour = $1 order by shard', [hour]);
    for (const { shard } of shards) {
      const rows: { points: Buffer }[] = await tx.query('with gone as (delete from minute_log where hour = $1 and shard = $2 returning points) select points from gone', [hour, shard]);
      const hours = readLog(shard, rows.map(({ points }) => points));
      if (before) await this.#joinWith(tx, hour, hours);
      else await totals.add(tx, shard, hours);
      await this.#store(tx, hour, hours);
    }
    if (before) await this.#addAll(tx, hour, totals);
    await this.#store(tx, hour, await totals.numbered(tx));
  }

  /** Something of an hour that was closed has come late. */
  async #joinWith(tx: Sql, hour: number, late: Map<number, HourPoints>): Promise<void> {
    const rows: { series: number; minutes: Buffer }[] = await tx.query('select series, minutes from hours where hour = $1 and series = any($2)', [hour, [...late.keys()]]);
    for (const { series, minutes } of rows) for (const [minute, point] of readHour(minutes)) join(late.get(series)!, minute, point, joinInTime);
  }

  async #addAll(tx: Sql, hour: number, totals: Totals): Promise<void> {
    const shards: { shard: number }[] = await tx.query(`select distinct no >> ${SHARD_BITS} as shard from series where kind = 'tunnel' order by 1`);
    for (const { shard } of shards) {
      const rows: { series: number; minutes: Buffer }[] = await tx.query('select series, minutes from hours where hour = $1 and series >= $2 and series < $3', [hour, shard << SHARD_BITS, (shard + 1) << SHARD_BITS]);
      await totals.add(tx, shard, new Map(rows.map(({ series, minutes }) => [series, readHour(minutes)])));
    }
  }

  async #store(tx: Sql, hour: number, hours: ReadonlyMap<number, HourPoints>): Promise<void> {
    if (hours.size === 0) return;
    await tx.query(
      `insert into hours (series, hour, parts, minutes) select series, $1::int, parts, minutes from unnest($2::int[], $3::bytea[], $4::bytea[]) as t (series, parts, minutes)
       on conflict (series, hour) do update set parts = excluded.parts, minutes = excluded.minutes`,
      [hour, [...hours.keys()], [...hours.values()].map((minutes) => packed(partsOf(minutes))), [...hours.values()].map((minutes) => squeeze(packed(minutes)))],
    );
  }
}

/** Sums over tunnels, as they come. */
class Totals {
  readonly #all = new Map<string, { kind: TotalKind; region: string; id: string; hour: HourPoints }>();

  constructor(private readonly directory: Directory) {}

  async add(tx: Sql, shard: number, hours: ReadonlyMap<number, HourPoints>): Promise<void> {
    for (const { no, region, bgwId } of await this.directory.placesOf(tx, shard << SHARD_BITS, (shard + 1) << SHARD_BITS)) {
      const points = hours.get(no);
      if (!points) continue;
      for (const total of [this.#of('region', region, region), this.#of('gateway', region, bgwId)]) for (const [minute, point] of points) join(total, minute, point, joinInBreadth);
    }
  }

  async numbered(tx: Sql): Promise<Map<number, HourPoints>> {
    const all = [...this.#all.values()];
    const numbers = await this.directory.totals(tx, all);
    return new Map(all.map(({ hour }, index) => [numbers[index]!, hour]));
  }

  #of(kind: TotalKind, region: string, id: string): HourPoints {
    const key = `${kind} ${region} ${id}`;
    const known = this.#all.get(key) ?? { kind, region, id, hour: new Map() };
    this.#all.set(key, known);
    return known.hour;
  }
}

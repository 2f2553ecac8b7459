import { storeOffset, type BatchRange, type Sql } from '@bordergate/platform';
import type { MinutePoints, Place, SampleTail } from '@bordergate/telemetry-core';
import { packRows, squeeze, unsqueeze } from './codec.js';
import { Directory } from './directory.js';

/** So many series share a row of the log. */
export const SHARD_BITS = 6;
export const shardOf = (no: number): number => no >> SHARD_BITS;
/** The consumer of samples, as the journal and its offsets know it. */
export const CONSUMER = 'telemetry/series';

/** What is stored in one go: all of it, or nothing. */
export interface Portion {
  readonly points: readonly { readonly place: Place; readonly points: MinutePoints }[];
  readonly tails: readonly { readonly place: Place; readonly tail: SampleTail }[];
  /** The records of the journal that it comes from. */
  readonly ranges: readonly BatchRange[];
  /** ms up to which states are drawn. */
  readonly drawnMs: number;
}

/** Writes what is measured, at once; closing an hour (hour-closer.ts) puts it where it stays. */
export class SeriesStore {
  /** Where the counters of the tunnels of a shard stood. */
  readonly #tails = new Map<number, Map<string, SampleTail>>();

  constructor(private readonly directory: Directory) {}

  /** What was stored of where counters stood, and of how far states are drawn. */
  async load(db: Sql): Promise<ReadonlyMap<string, SampleTail>> {
    this.#tails.clear();
    const rows: { shard: number; tunnels: Buffer }[] = await db.query('select shard, tunnels from tail');
    for (const { shard, tunnels } of rows) this.#tails.set(shard, new Map(JSON.parse(unsqueeze(tunnels).toString('utf8'))));
    return new Map([...this.#tails.values()].flatMap((tunnels) => [...tunnels]));
  }

  static async drawnMs(db: Sql): Promise<number | undefined> {
    const [row] = await db.query('select drawn_ms::text from progress');
    return row && Number(row.drawn_ms);
  }

  async write(tx: Sql, { points, tails, ranges, drawnMs }: Portion): Promise<void> {
    for (const range of ranges) await storeOffset(tx, CONSUMER, range);
    await this.#writePoints(tx, points);
    await this.#writeTails(tx, tails);
    await tx.query('insert into progress (drawn_ms) values ($1) on conflict (one) do update set drawn_ms = excluded.drawn_ms', [drawnMs]);
  }

  async #writePoints(tx: Sql, points: Portion['points']): Promise<void> {
    const numbers = await this.directory.numbersOf(tx, points.map(({ place }) => place));
    const rows = new Map<string, { hour: number; shard: number; keys: [number[], number[]]; points: Float64Array[] }>();
    points.forEach((each, index) => {
      const no = numbers[index]!;
      for (const [minute, point] of each.points) {
        const [hour, shard] = [Math.floor(minute / 60), shardOf(no)];
        const row = rows.get(`${hour} ${shard}`) ?? { hour, shard, keys: [[], []], points: [] };
        rows.set(`${hour} ${shard}`, row);
        row.keys[0].push(no & ((1 << SHARD_BITS) - 1));
        row.keys[1].push(minute % 60);
        row.points.push(point);
      }
    });
    if (rows.size === 0) return;
    const all = [...rows.values()];
    await tx.query('insert into minute_log (hour, shard, first_minute, last_minute, points) select * from unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::bytea[])', [
      all.map(({ hour }) => hour), all.map(({ shard }) => shard), all.map(({ keys }) => Math.min(...keys[1])), all.map(({ keys }) => Math.max(...keys[1])),
      all.map((row) => squeeze(packRows(row.points, row.keys))),
    ]);
  }

  async #writeTails(tx: Sql, tails: Portion['tails']): Promise<void> {
    const numbers = await this.directory.numbersOf(tx, tails.map(({ place }) => place));
    const touched = new Set<number>();
    tails.forEach(({ place, tail }, index) => {
      const shard = shardOf(numbers[index]!);
      const known = this.#tails.get(shard) ?? new Map<string, SampleTail>();
      this.#tails.set(shard, known.set(place.tunnelId, tail));
      touched.add(shard);
    });
    if (touched.size === 0) return;
    const shards = [...touched];
    await tx.query('insert into tail (shard, tunnels) select * from unnest($1::int[], $2::bytea[]) on conflict (shard) do update set tunnels = excluded.tunnels', [
      shards, shards.map((shard) => squeeze(Buffer.from(JSON.stringify([...this.#tails.get(shard)!])))),
    ]);
  }
}

import { setImmediate as breathe } from 'node:timers/promises';
import type { Sql } from '@bordergate/platform';
import { joinInBreadth, joinInTime, Roll, type MinutePoints, type Point, type Steps } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import { join, PART_MINUTES, readHour, readLog, readParts, type HourPoints } from '../store/hour-closer.js';
import { shardOf } from '../store/series-store.js';
import type { SeriesRow } from '../store/directory.js';
import { SettledMinutes, type OpenHour } from './settled-minutes.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Tunnels that are looked up at once. */
const MANY = 1_000;
const ROWS_AT_ONCE = 50;

/** What is in memory of a tunnel, and a number that changes when it moves into the store. */
export interface Unstored {
  readonly version: number;
  /** Brings what is in memory up to now. */
  draw(): void;
  peek(tunnelId: string): MinutePoints[];
}

type Points = (Point | undefined)[];

/** A sum over tunnels that has rows of its own, once it has a number. */
export interface Total {
  readonly name: string;
  readonly no: number | undefined;
}

/** Reads points of series, stored or not, in steps. */
export class SeriesReader {
  readonly #settled = new SettledMinutes();

  constructor(private readonly db: DataSource, private readonly unstored: Unstored) {}

  /** By tunnel id. @param tunnels `no` is undefined while nothing of it has been stored @param columns that are wanted; all when not said */
  async ofTunnels(tunnels: readonly Asked[], steps: Steps, columns?: ReadonlySet<number>): Promise<Map<string, Points>> {
    return this.#consistently(async (tx, memory) => {
      const rolls = new Map(tunnels.map(({ tunnelId }) => [tunnelId, new Roll(steps)]));
      const byNo = new Map(tunnels.flatMap(({ no, tunnelId }) => (no === undefined ? [] : [[no, rolls.get(tunnelId)!] as const])));
      await this.#closed(tx, [...byNo.keys()], steps, columns, (no, at, point) => byNo.get(no)!.add(at, point));
      for (const [no, hour, points] of await this.#open(tx, [...byNo.keys()], steps, columns)) for (const [minute, point] of points) byNo.get(no)!.add(hour * HOUR_MS + minute * MINUTE_MS, point);
      for (const { tunnelId } of tunnels) for (const piece of memory(tunnelId)) for (const [minute, point] of piece) rolls.get(tunnelId)!.add(minute * MINUTE_MS, point);
      return new Map([...rolls].map(([tunnelId, { points }]) => [tunnelId, points]));
    }, tunnels);
  }

  /**
   * All together.
   * @param total of which the sum of closed hours is stored, and that of an open one's minutes kept; else all is summed here
   */
  async together(tunnels: readonly Asked[], total: Total | undefined, steps: Steps, columns?: ReadonlySet<number>): Promise<Points> {
    const of = total && `${total.name} ${[...(columns ?? [])].join()}`;
    return this.#consistently(async (tx, memory) => {
      const roll = new Roll(steps);
      const sums = new Map<number, Point>(); // by minute
      const add = (minute: number, point: Point) => {
        const known = sums.get(minute);
        sums.set(minute, known ? joinInBreadth(known, point) : point.slice());
      };
      const numbers = tunnels.flatMap(({ no }) => no ?? []);
      const perTunnel = new Map<number | string, Map<number, Point>>();
      const ofTunnel = (key: number | string, minute: number, point: Point) => {
        const own = perTunnel.get(key) ?? new Map<number, Point>();
        perTunnel.set(key, own);
        join(own, minute, point, joinInTime);
      };
      if (total?.no !== undefined) await this.#closed(tx, [total.no], steps, columns, (_, at, point) => roll.add(at, point));
      else await this.#closed(tx, numbers, steps, columns, (no, at, point) => ofTunnel(no, at / MINUTE_MS, point));
      const unstored = firstMinute(tunnels.flatMap(({ tunnelId }) => memory(tunnelId)));
      const hours = of === undefined ? [] : await this.#settled.read(tx, of, steps, unstored);
      for (const { sums: settled } of hours) for (const [minute, point] of settled) add(minute, point);
      for (const span of of === undefined ? [steps] : hours.map(unsettled)) {
        for (const [no, hour, points] of await this.#open(tx, numbers, span, columns)) for (const [minute, point] of points) if (hour * 60 + minute >= span.startMs / MINUTE_MS) ofTunnel(no, hour * 60 + minute, point);
      }
      for (const { no, tunnelId } of tunnels) for (const piece of memory(tunnelId)) for (const [minute, point] of piece) ofTunnel(no ?? tunnelId, minute, point);
      for (const own of perTunnel.values()) for (const [minute, point] of own) add(minute, point);
      if (of !== undefined) this.#settled.keep(of, hours, sums, unstored);
      for (const [minute, point] of sums) roll.add(minute * MINUTE_MS, point);
      return roll.points;
    }, tunnels);
  }

  /** Hours that are closed: in thirds where a step is made of those. */
  async #closed(tx: Sql, numbers: readonly number[], { startMs, endMs, stepMs }: Steps, columns: ReadonlySet<number> | undefined, each: (no: number, at: number, point: Point) => void): Promise<void> {
    const [from, to] = [Math.floor(startMs / HOUR_MS), Math.ceil(endMs / HOUR_MS)];
    const coarse = stepMs % (PART_MINUTES * MINUTE_MS) === 0;
    for (let at = 0; at < numbers.length; at += MANY) {
      const rows: { series: number; hour: number; packed: Buffer }[] = await tx.query(
        `select series, hour, ${coarse ? 'parts' : 'minutes'} as packed from hours where series = any($1) and hour >= $2 and hour < $3`, [numbers.slice(at, at + MANY), from, to],
      );
      for (const { series, hour, packed } of rows) {
        for (const [minute, point] of (coarse ? readParts : readHour)(packed, columns)) each(series, hour * HOUR_MS + minute * MINUTE_MS, point);
      }
    }
  }

  async #open(tx: Sql, numbers: readonly number[], { startMs, endMs }: Steps, columns: ReadonlySet<number> | undefined): Promise<[no: number, hour: number, points: HourPoints][]> {
    const shards = [...new Set(numbers.map(shardOf))];
    const rows: { hour: number; shard: number; points: Buffer }[] = await tx.query(
      'select hour, shard, points from minute_log where shard = any($1) and hour >= $2 and hour < $3 and hour * 60 + last_minute >= $4 and hour * 60 + first_minute < $5',
      [shards, Math.floor(startMs / HOUR_MS), Math.ceil(endMs / HOUR_MS), Math.floor(startMs / MINUTE_MS), Math.ceil(endMs / MINUTE_MS)],
    );
    const wanted = new Set(numbers);
    const read: [number, number, HourPoints][] = [];
    for (const [index, { hour, shard, points }] of rows.entries()) {
      for (const [no, of] of readLog(shard, [points], wanted, columns)) read.push([no, hour, of]);
      if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await breathe(); // of a region these are many, and others wait
    }
    return read;
  }

  /** One state of the store, and what was in memory beside it: anew when something has moved from the one to the other meanwhile. */
  async #consistently<T>(read: (tx: Sql, memory: (tunnelId: string) => MinutePoints[]) => Promise<T>, tunnels: readonly Asked[]): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      this.unstored.draw();
      const { version } = this.unstored;
      const memory = new Map(tunnels.map(({ tunnelId }) => [tunnelId, this.unstored.peek(tunnelId).map(copied)]));
      const result = await this.db.transaction('REPEATABLE READ', (tx) => read(tx, (tunnelId) => memory.get(tunnelId) ?? []));
      if (version === this.unstored.version || attempt === ATTEMPTS) return result;
    }
  }
}

/** Samples come all the time; a chart that is a sample wrong at its end for a moment is better than none. */
const ATTEMPTS = 3;
export type Asked = Omit<SeriesRow, 'no'> & { readonly no: number | undefined };
/** Of an hour that is open: what has to be summed still. */
const unsettled = ({ hour, until }: OpenHour) => ({ startMs: until * MINUTE_MS, endMs: (hour + 1) * HOUR_MS, stepMs: MINUTE_MS });
const firstMinute = (pieces: readonly MinutePoints[]): number => pieces.reduce((first, piece) => [...piece.keys()].reduce((a, b) => Math.min(a, b), first), Number.POSITIVE_INFINITY);
const copied = (points: MinutePoints): MinutePoints => new Map([...points].map(([minute, point]) => [minute, point.slice()]));

import { emptyPoint, type Point } from './columns.js';

export const MINUTE_MS = 60_000;
export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);

/** Points of one tunnel by minute, as they are being made: what has not been taken yet. */
export class OpenMinutes {
  #points = new Map<number, Point>();
  /** Nearly always the minute of before. */
  #minute = -1;
  #point: Point | undefined;

  at(minute: number): Point {
    if (this.#point && this.#minute === minute) return this.#point;
    const known = this.#points.get(minute) ?? emptyPoint();
    this.#points.set(minute, known);
    this.#minute = minute;
    this.#point = known;
    return known;
  }

  /** Hands each minute that [from, to) touches to `part`, with the piece of the span that is in it. */
  spread(from: number, to: number, part: (point: Point, from: number, to: number) => void): void {
    for (let begin = from; begin < to;) {
      const minute = minuteOf(begin);
      const end = Math.min(to, (minute + 1) * MINUTE_MS);
      part(this.at(minute), begin, end);
      begin = end;
    }
  }

  get points(): ReadonlyMap<number, Point> {
    return this.#points;
  }

  take(): ReadonlyMap<number, Point> {
    const taken = this.#points;
    this.#points = new Map();
    this.#point = undefined;
    return taken;
  }
}

import { http } from '@bordergate/contracts';
import { reject, type Rejection } from '@bordergate/kernel';
import { emptyPoint, joinInTime, type Point } from './columns.js';

/** A row of points of equal length: the one at i is of [startMs + i × stepMs, + stepMs). */
export interface Steps {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

const DAY_S = 86_400;
/** More than a screen is wide; the finest points of a day. */
const MAX_POINTS = 1_500;
const MAX_RANGE_S = 31 * DAY_S;
const WINDOWS = Object.values(http.METRIC_WINDOWS);

/**
 * The points that are asked for. They begin at whole multiples of the step since 1970, so the same moment is always in the
 * same point; the last one is that of now, and still growing.
 */
export function stepsOf({ window, start, end, step }: Pick<http.MetricsQuery, 'window' | 'start' | 'end' | 'step'>, nowMs: number): Steps | Rejection {
  if (window !== undefined && start !== undefined) return reject('window-and-start', 'a window, or start and end: not both', 'start');
  if (start === undefined && end !== undefined) return reject('end-without-start', 'start says where it begins; a window ends now', 'end');
  if (start === undefined) {
    const { seconds, step: finest } = http.METRIC_WINDOWS[window ?? '1h'];
    const stepMs = (step ?? finest) * 1_000;
    if ((seconds * 1_000) % stepMs !== 0) return reject('step-does-not-fit', `a step that divides the window of ${seconds} s`, 'step');
    if ((seconds * 1_000) / stepMs > MAX_POINTS) return tooMany;
    const endMs = Math.floor(nowMs / stepMs) * stepMs + stepMs;
    return { startMs: endMs - seconds * 1_000, endMs, stepMs };
  }
  const [from, to] = [Date.parse(start), end === undefined ? nowMs : Date.parse(end)];
  const empty = emptyRange({ start, end }, nowMs);
  if (empty) return empty;
  if (to - from > MAX_RANGE_S * 1_000) return reject('range-too-long', 'at most 31 days', 'start');
  const stepMs = (step ?? (WINDOWS.find(({ seconds }) => to - from <= seconds * 1_000) ?? WINDOWS.at(-1)!).step) * 1_000;
  const startMs = Math.floor(from / stepMs) * stepMs;
  const endMs = Math.ceil(to / stepMs) * stepMs;
  return (endMs - startMs) / stepMs > MAX_POINTS ? tooMany : { startMs, endMs, stepMs };
}

/** Nothing is in a range that does not begin before its end. @param nowMs its end when none is said; a list has none then */
export function emptyRange({ start, end }: { readonly start?: string | undefined; readonly end?: string | undefined }, nowMs = Number.POSITIVE_INFINITY): Rejection | undefined {
  if (start === undefined || Date.parse(start) < (end === undefined ? nowMs : Date.parse(end))) return undefined;
  return reject('empty-range', end === undefined ? 'a time that has passed' : 'a time before end', 'start');
}

const tooMany = reject('too-many-points', `a step that makes at most ${MAX_POINTS} points`, 'step');

/** Gathers points of any finer length into steps. */
export class Roll {
  readonly points: (Point | undefined)[];

  constructor(private readonly steps: Steps) {
    this.points = new Array((steps.endMs - steps.startMs) / steps.stepMs).fill(undefined);
  }

  /** @param at ms at which the finer one begins */
  add(at: number, finer: Point): void {
    const index = Math.floor((at - this.steps.startMs) / this.steps.stepMs);
    if (index < 0 || index >= this.points.length) return;
    this.points[index] = joinInTime(this.points[index] ?? emptyPoint(), finer);
  }
}

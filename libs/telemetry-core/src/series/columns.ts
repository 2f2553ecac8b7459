import type { http } from '@bordergate/contracts';

/**
 * A point: all that is known of a tunnel over a span of time (a minute, an hour, a step of a chart), as a row of numbers.
 * Points of one tunnel are joined in time, of several tunnels in breadth; either is a sum, a least or a greatest per
 * column, so neither order nor grouping matters, and a point can be written in parts.
 */
export type Point = Float64Array;

type Rule = 'add' | 'min' | 'max';
export interface Column {
  readonly name: string;
  /** Whole numbers are exact up to 2^53; of the others a chart shows four digits. */
  readonly whole: boolean;
  readonly inTime: Rule;
  readonly inBreadth: Rule;
}

const columns: Column[] = [];
const column = (name: string, whole: boolean, inTime: Rule, inBreadth: Rule): number => columns.push({ name, whole, inTime, inBreadth }) - 1;
/** Time in which it was measured: of several tunnels, that of the one measured longest. */
const measured = (name: string) => column(name, true, 'add', 'max');
const total = (name: string) => column(name, true, 'add', 'add');
/** The least of several tunnels together is taken for the sum of their least ones: it was not less. */
const least = (name: string) => column(name, false, 'min', 'add');
const greatest = (name: string) => column(name, false, 'max', 'add');
/** The value times the milliseconds it lasted, and its bounds. */
const level = (name: string) => ({ ms: total(`${name}Ms`), min: least(`${name}Min`), max: greatest(`${name}Max`) });

export const TRAFFIC = ['originalIn', 'originalOut', 'encryptedIn', 'encryptedOut', 'packetsIn', 'packetsOut'] as const;
const six = (make: (name: string) => number, what: string) => TRAFFIC.map((name) => make(`${name}${what}`)) as [number, number, number, number, number, number];

/** Where each column is. */
export const AT = {
  coveredMs: measured('coveredMs'),
  /** Bytes, and packets of the last two. */
  sums: six(total, ''),
  rateMin: six(least, 'Min'),
  rateMax: six(greatest, 'Max'),
  toldMs: measured('toldMs'),
  oper: level('oper'), ike: level('ike'), child: level('child'),
  bgpToldMs: measured('bgpToldMs'),
  bgp: level('bgp'), prefixes: level('prefixes'),
  sent: total('sent'), received: total('received'), rttMicros: total('rttMicros'),
  lossMin: column('lossMin', false, 'min', 'min'), lossMax: column('lossMax', false, 'max', 'max'),
  rttMin: column('rttMin', false, 'min', 'min'), rttMax: column('rttMax', false, 'max', 'max'),
  rekeys: total('rekeys'), failures: total('failures'),
} as const;
export const COLUMNS: readonly Column[] = columns;

const IDENTITY: Readonly<Record<Rule, number>> = { add: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
const EMPTY = Float64Array.from(columns, ({ inTime }) => IDENTITY[inTime]);
const IN_TIME = columns.map(({ inTime }) => inTime);
const IN_BREADTH = columns.map(({ inBreadth }) => inBreadth);

/** Of nothing measured: joined with any other it changes nothing. */
export const emptyPoint = (): Point => EMPTY.slice();

export const isEmpty = (point: Point): boolean => point[AT.coveredMs] === 0 && point[AT.toldMs] === 0 && point[AT.bgpToldMs] === 0 && point[AT.sent] === 0 && point[AT.rekeys] === 0 && point[AT.failures] === 0;

/** Adds to `into` what was measured of the same tunnel in another span. */
export function joinInTime(into: Point, other: Point): Point {
  for (let at = 0; at < into.length; at++) into[at] = joined(IN_TIME[at]!, into[at]!, other[at]!);
  return into;
}

/** Adds to `into` what was measured of another tunnel in the same span. */
export function joinInBreadth(into: Point, other: Point): Point {
  for (let at = 0; at < into.length; at++) into[at] = joined(IN_BREADTH[at]!, into[at]!, other[at]!);
  return into;
}

function joined(rule: Rule, a: number, b: number): number {
  if (rule === 'min') return a < b ? a : b;
  if (rule === 'max') return a > b ? a : b;
  // A bound of nothing measured is no number to add.
  if (!Number.isFinite(a)) return b;
  return Number.isFinite(b) ? a + b : a;
}

type Metric = http.SeriesMetric;
/** `sum` of a rate is its integral in bits or packets, of a level its value times the seconds; counts are what happened in the span, whatever the statistic. */
type Read = (point: Point, statistic: http.Statistic) => number | null;

const rate = (index: number, factor: number): Read => (point, statistic) => {
  const covered = point[AT.coveredMs]!;
  if (covered === 0) return null;
  const amount = point[AT.sums[index]!]! * factor;
  switch (statistic) {
    case 'sum': return amount;
    case 'avg': return (amount * 1_000) / covered;
    case 'min': return point[AT.rateMin[index]!]!;
    case 'max': return point[AT.rateMax[index]!]!;
  }
};
const levelOf = (at: { ms: number; min: number; max: number }, toldMs: number): Read => (point, statistic) => {
  const told = point[toldMs]!;
  if (told === 0) return null;
  switch (statistic) {
    case 'sum': return point[at.ms]! / 1_000;
    case 'avg': return point[at.ms]! / told;
    case 'min': return point[at.min]!;
    case 'max': return point[at.max]!;
  }
};
const loss: Read = (point, statistic) => {
  const sent = point[AT.sent]!;
  if (sent === 0) return null;
  const lost = sent - point[AT.received]!;
  return { sum: lost, avg: lost / sent, min: point[AT.lossMin]!, max: point[AT.lossMax]! }[statistic];
};
const roundTrip: Read = (point, statistic) => {
  const received = point[AT.received]!;
  if (received === 0) return null;
  const total = point[AT.rttMicros]! / 1_000;
  return { sum: total, avg: total / received, min: point[AT.rttMin]!, max: point[AT.rttMax]! }[statistic];
};
const count = (at: number): Read => (point) => (point[AT.toldMs] === 0 && point[at] === 0 ? null : point[at]!);

const READ: Readonly<Record<Metric, Read>> = {
  originalInBps: rate(0, 8), originalOutBps: rate(1, 8), encryptedInBps: rate(2, 8), encryptedOutBps: rate(3, 8), packetsInPps: rate(4, 1), packetsOutPps: rate(5, 1),
  operUp: levelOf(AT.oper, AT.toldMs), ikeSas: levelOf(AT.ike, AT.toldMs), childSas: levelOf(AT.child, AT.toldMs),
  bgpEstablished: levelOf(AT.bgp, AT.bgpToldMs), learnedPrefixes: levelOf(AT.prefixes, AT.bgpToldMs),
  probeLossRatio: loss, probeRttMs: roundTrip, rekeys: count(AT.rekeys), negotiationFailures: count(AT.failures),
};

const ofLevel = ({ ms, min, max }: { ms: number; min: number; max: number }, told: number): number[] => [told, ms, min, max];
const ofRate = (index: number): number[] => [AT.coveredMs, AT.sums[index]!, AT.rateMin[index]!, AT.rateMax[index]!];
const NEEDED: Readonly<Record<Metric, readonly number[]>> = {
  originalInBps: ofRate(0), originalOutBps: ofRate(1), encryptedInBps: ofRate(2), encryptedOutBps: ofRate(3), packetsInPps: ofRate(4), packetsOutPps: ofRate(5),
  operUp: ofLevel(AT.oper, AT.toldMs), ikeSas: ofLevel(AT.ike, AT.toldMs), childSas: ofLevel(AT.child, AT.toldMs),
  bgpEstablished: ofLevel(AT.bgp, AT.bgpToldMs), learnedPrefixes: ofLevel(AT.prefixes, AT.bgpToldMs),
  probeLossRatio: [AT.sent, AT.received, AT.lossMin, AT.lossMax], probeRttMs: [AT.received, AT.rttMicros, AT.rttMin, AT.rttMax], rekeys: [AT.toldMs, AT.rekeys], negotiationFailures: [AT.toldMs, AT.failures],
};

/** The columns from which these metrics are read: who has them need not know the others. */
export const columnsOf = (metrics: readonly Metric[]): ReadonlySet<number> => new Set(metrics.flatMap((metric) => NEEDED[metric]));

/** Null: nothing was measured. */
export const readPoint = (point: Point, metric: Metric, statistic: http.Statistic): number | null => READ[metric](point, statistic);

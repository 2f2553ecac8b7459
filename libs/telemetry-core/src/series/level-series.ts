import { AT, type Point } from './columns.js';
import { minuteOf, OpenMinutes } from './minutes.js';
import { lower, raise } from './sample-series.js';

/** What a worker says of a tunnel, as numbers. */
export interface Reported {
  readonly oper: number;
  readonly ike: number;
  readonly child: number;
}
/** What its BGP session says. */
export interface Peering {
  readonly bgp: number;
  readonly prefixes: number;
}

/**
 * A tunnel's states become points: each value counts for as long as it stood. The two sources (the worker's reports, the
 * BGP table) know no order between each other, and each has its own line. Lines are drawn up to a moment that leaves news
 * time to arrive; what is told later than that counts from where the drawing has come to.
 */
export class LevelSeries {
  readonly open = new OpenMinutes();
  readonly #reported: Line<Reported>;
  readonly #peering: Line<Peering>;
  readonly #happened: { readonly what: 'rekeys' | 'failures'; readonly at: number }[] = [];
  #drawn: number;

  /** @param from ms up to which it has been drawn before: of what happened until then, only what it left is wanted */
  constructor(private readonly from: number) {
    this.#drawn = from;
    this.#reported = new Line(from, (point, ms, { oper, ike, child }) => {
      point[AT.toldMs]! += ms;
      stood(point, AT.oper, oper, ms);
      stood(point, AT.ike, ike, ms);
      stood(point, AT.child, child, ms);
    });
    this.#peering = new Line(from, (point, ms, { bgp, prefixes }) => {
      point[AT.bgpToldMs]! += ms;
      stood(point, AT.bgp, bgp, ms);
      stood(point, AT.prefixes, prefixes, ms);
    });
  }

  /** Null: nobody knows. */
  reported(value: Reported | null, at: number): void {
    this.#reported.tell(value, at);
  }

  /** To the second: a session begins with thousands of prefixes. */
  peering(value: Peering | null, at: number): void {
    this.#peering.tell(value, Math.floor(at / 1_000) * 1_000);
  }

  /** Something that is counted; the caller tells it once. */
  happened(what: 'rekeys' | 'failures', at: number): void {
    if (at > this.#drawn) this.#happened.push({ what, at });
    else if (at > this.from) this.open.at(minuteOf(at))[AT[what]]! += 1; // late
  }

  /** Draws up to here, to the second. */
  draw(to: number): void {
    const whole = Math.floor(to / 1_000) * 1_000;
    this.#reported.draw(this.open, whole);
    this.#peering.draw(this.open, whole);
    this.#drawn = Math.max(this.#drawn, whole);
    for (const { what, at } of this.#happened.splice(0)) {
      if (at > whole) this.#happened.push({ what, at });
      else this.open.at(minuteOf(at))[AT[what]]! += 1;
    }
  }
}

/** A value that stands until another is told. */
class Line<T> {
  #value: T | null = null;
  #drawn: number;
  #told: { at: number; value: T | null }[] = [];

  constructor(from: number, private readonly stand: (point: Point, ms: number, value: T) => void) {
    this.#drawn = from;
  }

  tell(value: T | null, at: number): void {
    const last = this.#told.at(-1);
    if (!last && at <= this.#drawn) this.#value = value;
    else if (last && at <= last.at) last.value = value; // one source's order stands, whatever its clock says
    else this.#told.push({ at, value });
  }

  draw(open: OpenMinutes, to: number): void {
    let next = 0;
    for (; next < this.#told.length && this.#told[next]!.at <= to; next++) {
      const { at, value } = this.#told[next]!;
      this.#stood(open, at);
      this.#value = value;
    }
    this.#told.splice(0, next);
    this.#stood(open, to);
  }

  #stood(open: OpenMinutes, to: number): void {
    const value = this.#value;
    if (to <= this.#drawn) return;
    if (value !== null) open.spread(this.#drawn, to, (point, begin, end) => this.stand(point, end - begin, value));
    this.#drawn = to;
  }
}

function stood(point: Point, at: { readonly ms: number; readonly min: number; readonly max: number }, value: number, ms: number): void {
  point[at.ms]! += value * ms;
  lower(point, at.min, value);
  raise(point, at.max, value);
}

import type { TelemetrySample } from '@bordergate/contracts';
import type { Point } from './columns.js';
import { LevelSeries, type Peering, type Reported } from './level-series.js';
import { SampleSeries, type SampleTail } from './sample-series.js';

/** Where a tunnel belongs. */
export interface Place {
  readonly region: string;
  readonly borderGatewayId: string;
  readonly vpnConnectionId: string;
  readonly tunnelId: string;
}
/** By minute since 1970. */
export type MinutePoints = ReadonlyMap<number, Point>;
type TunnelSample = Exclude<TelemetrySample, { type: 'VifCountersSampled' }>;

/** Longer than a worker takes to start anew, and than a busy machine makes it late. */
const LEAST_GAP_MS = 30_000;
const GAP_INTERVALS = 3;

/** The samples of all tunnels, on their way into points. */
export class SampleBook {
  readonly #gapMs: number;
  readonly #series = new Map<string, SampleSeries>();
  readonly #tails = new Map<string, SampleTail>();
  /** Those that have something to be taken, and where they belong. */
  readonly #touched = new Map<string, Place>();

  constructor(sampleIntervalMs: number) {
    this.#gapMs = Math.max(LEAST_GAP_MS, GAP_INTERVALS * sampleIntervalMs);
  }

  /** Goes on where another book was. */
  resume(tunnelId: string, tail: SampleTail): void {
    this.#tails.set(tunnelId, tail);
  }

  /** False: a duplicate, or late. */
  sample(data: TunnelSample, at: number): boolean {
    const { tunnelId } = data;
    let series = this.#series.get(tunnelId);
    if (!series) {
      series = new SampleSeries(this.#gapMs, this.#tails.get(tunnelId));
      this.#tails.delete(tunnelId);
      this.#series.set(tunnelId, series);
    }
    const news = data.type === 'TunnelCountersSampled' ? series.counters(data, at) : series.probes(data, at);
    if (news && !this.#touched.has(tunnelId)) this.#touched.set(tunnelId, { region: data.region, borderGatewayId: data.borderGatewayId, vpnConnectionId: data.vpnConnectionId, tunnelId });
    return news;
  }

  /** What has not been taken yet. */
  peek(tunnelId: string): MinutePoints | undefined {
    return this.#series.get(tunnelId)?.open.points;
  }

  /** Takes what has come since the last time, with what is needed to go on from there. */
  take(): { place: Place; points: MinutePoints; tail: SampleTail }[] {
    const taken = [...this.#touched.values()].map((place) => {
      const series = this.#series.get(place.tunnelId)!;
      return { place, points: series.open.take(), tail: series.tail };
    });
    this.#touched.clear();
    return taken;
  }

  forget(tunnelId: string): void {
    this.#series.delete(tunnelId);
    this.#tails.delete(tunnelId);
    this.#touched.delete(tunnelId);
  }
}

/** News take a moment to arrive. */
export const NEWS_MS = 30_000;
/** So long after its start, a tunnel that nobody reports is one that is down. */
const SILENCE_MS = 60_000;
const DOWN: Reported = { oper: 0, ike: 0, child: 0 };
const NO_SESSION: Peering = { bgp: 0, prefixes: 0 };

/** What a tunnel is at the moment, by both sources; null: nobody has said, `off`: there is no BGP to speak of. */
export interface Levels {
  readonly reported: Reported | null;
  readonly peering: Peering | null | 'off';
}

/** The states of all tunnels, on their way into points. */
export class LevelBook {
  readonly #series = new Map<string, { readonly levels: LevelSeries; readonly since: number; told: Levels }>();
  #drawn: number;

  /** @param from ms up to which another book has drawn */
  constructor(private readonly from: number) {
    this.#drawn = from;
  }

  /** After each word about a tunnel: what it is since when. */
  told(tunnelId: string, now: Levels, at: number): void {
    const series = this.#of(tunnelId, at);
    const { levels, told } = series;
    series.told = now;
    if (now.reported?.oper !== told.reported?.oper || now.reported?.ike !== told.reported?.ike || now.reported?.child !== told.reported?.child) levels.reported(now.reported, at);
    if (!samePeering(now.peering, told.peering)) levels.peering(now.peering === 'off' ? null : now.peering, at);
  }

  happened(tunnelId: string, what: 'rekeys' | 'failures', at: number): void {
    this.#of(tunnelId, at).levels.happened(what, at);
  }

  /** Draws all lines up to what can be known now. @returns ms up to which they are drawn, by this or an earlier call */
  draw(now: number): number {
    const to = now - NEWS_MS;
    if (to <= this.#drawn) return this.#drawn;
    this.#drawn = Math.floor(to / 1_000) * 1_000;
    for (const { levels, since, told } of this.#series.values()) {
      const silent = Math.max(since, this.from) + SILENCE_MS;
      if (silent <= to) {
        if (told.reported === null) levels.reported(DOWN, silent);
        if (told.peering === null) levels.peering(NO_SESSION, silent);
      }
      levels.draw(to);
    }
    return this.#drawn;
  }

  peek(tunnelId: string): MinutePoints | undefined {
    return this.#series.get(tunnelId)?.levels.open.points;
  }

  take(): Map<string, MinutePoints> {
    const taken = new Map<string, MinutePoints>();
    for (const [tunnelId, { levels }] of this.#series) if (levels.open.points.size > 0) taken.set(tunnelId, levels.open.take());
    return taken;
  }

  forget(tunnelId: string): void {
    this.#series.delete(tunnelId);
  }

  #of(tunnelId: string, at: number) {
    const known = this.#series.get(tunnelId);
    if (known) return known;
    const made = { levels: new LevelSeries(this.from), since: at, told: { reported: null, peering: null } as Levels };
    this.#series.set(tunnelId, made);
    return made;
  }
}

function samePeering(a: Levels['peering'], b: Levels['peering']): boolean {
  if (a === null || b === null || a === 'off' || b === 'off') return a === b;
  return a.bgp === b.bgp && a.prefixes === b.prefixes;
}

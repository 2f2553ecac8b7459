import type { BgpObservation, CloudEvent, Decision, JournalRecord, TunnelObservation } from '@bordergate/contracts';
import type { Clock } from '@bordergate/platform';
import type { LevelBook, Touched, TunnelStates } from '@bordergate/telemetry-core';

/** Hears what the states have just folded, and tells their series: what is now, and since when. */
export class LevelTap {
  #live = false;
  #latest = 0;

  constructor(private readonly states: TunnelStates, private readonly levels: LevelBook, private readonly clock: Clock, private readonly removed: (tunnelId: string) => void) {}

  /** What comes from now on has just happened. */
  live(): void {
    this.#live = true;
  }

  decision({ time }: CloudEvent<Decision>, touched: Touched): Touched {
    return this.#tell(touched, Date.parse(time));
  }

  observation({ data, time }: CloudEvent<TunnelObservation>, touched: Touched): Touched {
    const at = Date.parse(data.type === 'TunnelOperStatusChanged' ? data.since : time);
    for (const tunnelId of touched) {
      if (data.type === 'ChildSaRekeyed') this.levels.happened(tunnelId, 'rekeys', at);
      if (data.type === 'NegotiationFailed') this.levels.happened(tunnelId, 'failures', at);
    }
    return this.#tell(touched, at);
  }

  /** A withdrawal has no time: it is of now, or in a replay of when its neighbours are. */
  ribIn({ event }: Pick<JournalRecord<BgpObservation>, 'event'>, touched: Touched): Touched {
    const said = event && Date.parse('since' in event.data && event.data.type !== 'BgpRouteAnnounced' ? event.data.since : event.time);
    if (said !== null && said > this.#latest) this.#latest = said;
    return this.#tell(touched, said ?? (this.#live ? this.clock.now() : this.#latest));
  }

  /** Nodes have fallen silent, or are heard again: at this moment. */
  nodes(touched: Touched): Touched {
    return this.#tell(touched, this.clock.now());
  }

  #tell(touched: Touched, at: number): Touched {
    for (const tunnelId of touched) {
      const levels = this.states.levelsOf(tunnelId);
      if (levels) this.levels.told(tunnelId, levels, Number.isFinite(at) ? at : this.clock.now());
      else if (!this.states.isExpected(tunnelId)) this.removed(tunnelId);
    }
    return touched;
  }
}

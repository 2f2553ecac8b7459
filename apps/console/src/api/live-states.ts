import type { ServerEvent } from './sse.js';
import type { TunnelState } from './types.js';

/** What one message of the live stream changed. */
export interface LiveChange {
  /** Whose states are others now; null: all of them (a snapshot). */
  readonly ids: readonly string[] | null;
  /** Tunnels that were not there before, that are gone, or whose administrative status changed: lists of resources are old. */
  readonly resources: boolean;
}

const NOTHING: LiveChange = { ids: [], resources: false };

/** The present state of every tunnel of a region, folded from the live stream: the same for a snapshot as for all that led to it. */
export class LiveStates {
  #states = new Map<string, TunnelState>();

  get(id: string): TunnelState | undefined {
    return this.#states.get(id);
  }

  all(): ReadonlyMap<string, TunnelState> {
    return this.#states;
  }

  apply({ event, data }: ServerEvent): LiveChange {
    switch (event) {
      case 'snapshot': {
        const before = this.#states;
        const { items } = JSON.parse(data) as { items: TunnelState[] };
        this.#states = new Map(items.map((state) => [state.vpnTunnelId, state]));
        return { ids: null, resources: before.size !== items.length || items.some((state) => differs(before.get(state.vpnTunnelId), state)) };
      }
      case 'tunnelState': {
        const state = JSON.parse(data) as TunnelState;
        const before = this.#states.get(state.vpnTunnelId);
        this.#states.set(state.vpnTunnelId, state);
        return { ids: [state.vpnTunnelId], resources: differs(before, state) };
      }
      case 'tunnelRemoved': {
        const { vpnTunnelId } = JSON.parse(data) as { vpnTunnelId: string };
        return { ids: [vpnTunnelId], resources: this.#states.delete(vpnTunnelId) };
      }
      default:
        return NOTHING; // of a newer platform
    }
  }

  clear(): void {
    this.#states = new Map();
  }
}

const differs = (before: TunnelState | undefined, after: TunnelState): boolean => before === undefined || before.adminStatus !== after.adminStatus;

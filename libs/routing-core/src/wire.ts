import { peerIdOf, type BgpObservation, type FibNextHop, type TunnelObservation } from '@bordergate/contracts';

/** What the wire said about a tunnel, a virtual interface or a node's kernel; `at` is the time of the fact. */
export interface TunnelFact {
  readonly kind: 'tunnel';
  readonly observation: TunnelObservation;
  readonly at: string;
}
/** A record of the table bgp.rib-in.v1; null withdraws the key. */
export interface BgpFact {
  readonly kind: 'bgp';
  readonly key: string;
  readonly observation: BgpObservation | null;
}

/** What a peer says about one destination. */
export type Announcement = Extract<BgpObservation, { readonly type: 'BgpRouteAnnounced' }>;
export type AnnouncementFact = BgpFact & { readonly observation: Announcement };

export interface KernelFib {
  readonly at: string;
  readonly entries: readonly { readonly prefix: string; readonly nextHops: readonly FibNextHop[] }[];
}

/** The last word of a node about a tunnel or virtual interface it runs. */
export interface OperWord {
  readonly up: boolean;
  readonly reason: string;
  readonly detail: string;
  readonly since: string;
}

/** What was last said about the session of a peer. */
export interface SessionWord {
  readonly epoch: number;
  readonly established: boolean;
  readonly since: string;
  /** Of an established session. */
  readonly neighborAddress: string | null;
  readonly neighborAsn: number | null;
  /** Why it was closed. */
  readonly reason: string | null;
}

/** Oper status and kernel FIBs, each the last word of its source: a node speaks for itself, so nodes need no order between them. */
export class Wire {
  readonly #oper = new Map<string, OperWord>();
  readonly #kernelFibs = new Map<string, Map<string, KernelFib>>();

  /** The leg that became usable or ceased to be; undefined when none did. */
  apply({ observation, at }: TunnelFact): string | undefined {
    switch (observation.type) {
      case 'TunnelOperStatusChanged':
      case 'TunnelGone':
      case 'VifOperStatusChanged':
      case 'VifGone': {
        const legId = peerIdOf(observation);
        const key = `${legId}@${observation.node}`;
        const wasUp = this.#oper.get(key)?.up === true;
        if ('operStatus' in observation) this.#oper.set(key, { up: observation.operStatus === 'UP', reason: observation.reason, detail: observation.detail, since: observation.since });
        else this.#oper.delete(key);
        return wasUp === (this.#oper.get(key)?.up === true) ? undefined : legId;
      }
      case 'KernelFibObserved': {
        const ofGateway = this.#kernelFibs.get(observation.borderGatewayId) ?? new Map<string, KernelFib>();
        this.#kernelFibs.set(observation.borderGatewayId, ofGateway.set(observation.node, { at, entries: observation.entries }));
        return undefined;
      }
      default:
        return undefined; // SA life: diagnosis, not routing
    }
  }

  /** A leg is usable when the node that runs it says so; another node's word about it is old news. */
  isUp(legId: string, node: string): boolean {
    return this.oper(legId, node)?.up === true;
  }

  /** Undefined while its node has said nothing, or says that it no longer runs it. */
  oper(legId: string, node: string): OperWord | undefined {
    return this.#oper.get(`${legId}@${node}`);
  }

  /** By node. */
  kernelFibs(borderGatewayId: string): ReadonlyMap<string, KernelFib> {
    return this.#kernelFibs.get(borderGatewayId) ?? new Map();
  }
}

/** What a record of bgp.rib-in.v1 with the key <gateway>/<peer>/session says (keyOf in contracts). */
export function sessionWord(observation: BgpObservation | null): SessionWord | null {
  switch (observation?.type) {
    case 'BgpSessionEstablished':
      return { established: true, epoch: observation.epoch, since: observation.since, neighborAddress: observation.neighborAddress, neighborAsn: observation.neighborAsn, reason: null };
    case 'BgpSessionClosed':
      return { established: false, epoch: observation.epoch, since: observation.since, neighborAddress: null, neighborAsn: null, reason: observation.reason };
    default:
      return null;
  }
}

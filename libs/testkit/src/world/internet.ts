import type { TunnelSpec } from '@bordergate/contracts';
import { viciIntent } from '@bordergate/tunnel-core';
import { listOf, sectionOf, sectionsOf, textOf, type ViciMessage } from '@bordergate/vici';

/** What the customer's device has for one tunnel: what it was given to configure, until someone there changes it. */
export interface PeerTunnel {
  readonly version: string;
  readonly ike: string;
  readonly esp: string;
  readonly psk: string;
  /** The identity it shows, and the one it expects of us. */
  readonly ownId: string;
  readonly cloudId: string;
  readonly bgp: { readonly asn: number; readonly cloudAsn: number } | null;
}
export type Answer = 'silence' | 'agreed' | { readonly refused: readonly string[]; readonly phase: 1 | 2 };

/** Two public addresses: one end of each is the cloud's. */
export const pairOf = ({ cloudPublicIp, customerIp }: Pick<TunnelSpec, 'cloudPublicIp' | 'customerIp'>): string => `${cloudPublicIp} ${customerIp}`;

/** What a customer copies from the console into the device. */
export function configurationFor(spec: TunnelSpec, psk: string, bgp: PeerTunnel['bgp']): PeerTunnel {
  const { connection } = viciIntent(spec);
  return { ...proposalsOf(connection), psk, ownId: spec.remoteId, cloudId: spec.localId, bgp };
}

const proposalsOf = (connection: ViciMessage): Pick<PeerTunnel, 'version' | 'ike' | 'esp'> => ({
  version: textOf(connection, 'version') ?? '', ike: listOf(connection, 'proposals').join(),
  esp: listOf(sectionsOf(sectionOf(connection, 'children') ?? {})[0]?.[1] ?? {}, 'esp_proposals').join(),
});

/** The lines between the two sides, and the customers' devices at their far ends. */
export class Internet {
  readonly #peers = new Map<string, PeerTunnel>();
  readonly #cut = new Set<string>();
  /** By pair: prefix to the AS_PATH beyond the customer's own number. */
  readonly #announced = new Map<string, Map<string, readonly number[]>>();
  readonly #listeners: ((pair: string, event: 'changed' | 'deleted') => void)[] = [];

  onChange(listener: (pair: string, event: 'changed' | 'deleted') => void): void {
    this.#listeners.push(listener);
  }

  peer(pair: string): PeerTunnel | undefined {
    return this.#peers.get(pair);
  }

  /** Undefined: nobody answers. */
  configure(pair: string, peer: PeerTunnel | undefined): void {
    if (peer) this.#peers.set(pair, peer);
    else this.#peers.delete(pair);
    this.#tell(pair, 'changed');
  }

  /** The customer says good-bye: RFC 7296, 1.4.1. */
  hangUp(pair: string): void {
    this.#tell(pair, 'deleted');
  }

  cut(pair: string, isCut: boolean): void {
    if (isCut) this.#cut.add(pair);
    else this.#cut.delete(pair);
    this.#tell(pair, 'changed');
  }

  announce(pair: string, prefix: string, beyond: readonly number[] | null): void {
    const announced = this.#announced.get(pair) ?? new Map<string, readonly number[]>();
    this.#announced.set(pair, announced);
    if (beyond) announced.set(prefix, beyond);
    else announced.delete(prefix);
    this.#tell(pair, 'changed');
  }

  announcedBy(pair: string): ReadonlyMap<string, readonly number[]> {
    return this.#announced.get(pair) ?? new Map();
  }

  /** Packets pass in both directions. */
  reaches(pair: string): boolean {
    return this.#peers.has(pair) && !this.#cut.has(pair);
  }

  /** How the far end answers an initiation: in the words that charon finds in its log (reference/dataplane.md C.1). */
  negotiate(pair: string, connection: ViciMessage, psk: string | undefined, phase1Done: boolean): Answer {
    const peer = this.#peers.get(pair);
    if (!peer || !this.reaches(pair)) return 'silence';
    const ours = proposalsOf(connection);
    if (!phase1Done) {
      if (ours.version !== peer.version || ours.ike !== peer.ike) return { refused: ['received NO_PROPOSAL_CHOSEN notify error'], phase: 1 };
      if (psk !== peer.psk || textOf(sectionOf(connection, 'local') ?? {}, 'id') !== peer.cloudId) return { refused: ['received AUTHENTICATION_FAILED notify error'], phase: 1 };
      const expected = textOf(sectionOf(connection, 'remote') ?? {}, 'id');
      if (expected !== peer.ownId) return { refused: [`IDir '${peer.ownId}' does not match to '${expected}'`], phase: 1 };
    }
    return ours.esp === peer.esp ? 'agreed' : { refused: ['IKE_SA established between us', 'received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built'], phase: 2 };
  }

  #tell(pair: string, event: 'changed' | 'deleted'): void {
    for (const listener of this.#listeners) listener(pair, event);
  }
}

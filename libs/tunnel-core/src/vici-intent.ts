import { espProposal, ikeProposal, type TrafficSelector, type TunnelOptions, type TunnelSpec } from '@bordergate/contracts';
import { canonicalJson } from '@bordergate/kernel';
import type { ViciMessage } from '@bordergate/vici';
import { hash8 } from './hash.js';

/**
 * A tunnel in charon's words (swanctl.conf's names; reference/dataplane.md C). Two rules carry the design:
 *
 * `start_action = none`: loading and unloading never touches an SA, so the plan alone decides what is negotiated.
 * Names hold a hash of what they name: a worker that finds `tun-x-1a2b3c4d` in charon knows by looking that exactly
 * this configuration (its pre-shared key's reference included) is loaded or runs, whoever loaded it and when.
 */
export interface ViciIntent {
  /** Name of the connection: the tunnel's id and the hash of all that follows, and of the generation. */
  readonly connectionName: string;
  readonly connection: ViciMessage;
  readonly secret: SecretIntent;
  /** The CHILD SAs that make the tunnel whole. */
  readonly children: readonly ChildIntent[];
}
/** One CHILD SA: its name in the connection, and what may pass through it. */
export interface ChildIntent { readonly name: string; readonly localTs: readonly string[]; readonly remoteTs: readonly string[] }
/** The shared key to be loaded; the key itself is fetched by its reference when it must be. */
export interface SecretIntent { readonly id: string; readonly pskRef: string; readonly owners: readonly string[] }

/** The one child of a connection without traffic selectors; with them they are net1, net2 … */
export const CHILD = 'net';
const ANY = ['0.0.0.0/0'];

/** @param generation how often the tunnel was enabled: with another one the same is negotiated anew */
export function viciIntent(spec: TunnelSpec, selectors: readonly TrafficSelector[] = [], generation = 0): ViciIntent {
  const children = childrenOf(spec.options, selectors);
  const connection = connectionOf(spec, children);
  const owners = [...new Set([spec.localId, spec.remoteId])];
  const secret = { id: `${spec.tunnelId}-${hash8(canonicalJson([spec.pskRef, owners]))}`, pskRef: spec.pskRef, owners };
  const negotiated = { connection, secret, ...(generation > 0 ? { generation } : {}) };
  return { connectionName: `${spec.tunnelId}-${hash8(canonicalJson(negotiated))}`, connection, secret, children };
}

/** Whether a connection or secret of this name, whatever its hash, is the tunnel's: a charon may serve several. */
export const isNameOf = (tunnelId: string, name: string): boolean =>
  name.startsWith(`${tunnelId}-`) && name.length === tunnelId.length + 9;

/**
 * A CHILD SA per selector (ADR 17). IKEv2 agrees on lists of networks, so the cloud's network against all of the
 * customer's is one (RFC 7296, 2.9); IKEv1's quick mode knows one network on either side, so there each pair is one.
 */
function childrenOf({ ikeVersion }: TunnelOptions, selectors: readonly TrafficSelector[]): ChildIntent[] {
  if (selectors.length === 0) return [{ name: CHILD, localTs: ANY, remoteTs: ANY }];
  const pairs = selectors.flatMap(({ localSubnet, remoteSubnets }) =>
    (ikeVersion === 'v2' ? [remoteSubnets] : remoteSubnets.map((subnet) => [subnet])).map((remoteTs) => ({ localTs: [localSubnet], remoteTs })));
  return pairs.map((pair, index) => ({ name: `${CHILD}${index + 1}`, ...pair }));
}

function connectionOf(spec: TunnelSpec, children: readonly ChildIntent[]): ViciMessage {
  const { options } = spec;
  return {
    version: options.ikeVersion === 'v1' ? '1' : '2',
    ...(options.ikeVersion === 'v1' && options.ikeMode === 'aggressive' ? { aggressive: 'yes' } : {}),
    local_addrs: [spec.cloudPublicIp],
    remote_addrs: [spec.customerIp],
    proposals: [ikeProposal(options)],
    // For IKEv1 the time-out counts; an IKEv2 peer is dead when the retransmissions end (RFC 7296 §2.4).
    dpd_delay: `${options.ikeDpdSec}s`,
    ...(options.ikeDpdSec > 0 ? { dpd_timeout: `${options.ikeDpdSec * 3}s` } : {}),
    rekey_time: `${options.ikeSaLifeSec}s`,
    over_time: `${tenth(options.ikeSaLifeSec)}s`,
    unique: 'replace',
    mobike: 'no',
    // For ever, on silence only. A refusal ends the attempts: then the plan's own back-off counts.
    keyingtries: '0',
    encap: 'no',
    local: { auth: 'psk', id: spec.localId },
    remote: { auth: 'psk', id: spec.remoteId },
    children: Object.fromEntries(children.map((child) => [child.name, childOf(options, child)])),
  };
}

// life_time must stay above rekey_time: at equal values an IKEv1 tunnel was lost for good at expiry (measured).
const childOf = (options: TunnelOptions, { localTs, remoteTs }: ChildIntent): ViciMessage => ({
  mode: 'tunnel',
  local_ts: [...localTs],
  remote_ts: [...remoteTs],
  esp_proposals: [espProposal(options)],
  rekey_time: `${options.ipsecSaLifeSec}s`,
  life_time: `${options.ipsecSaLifeSec + tenth(options.ipsecSaLifeSec)}s`,
  ...(options.ipsecSaLifebyte > 0 ? { rekey_bytes: `${options.ipsecSaLifebyte}`, life_bytes: `${options.ipsecSaLifebyte + tenth(options.ipsecSaLifebyte)}` } : {}),
  ...(options.ipsecSaLifepkt > 0 ? { rekey_packets: `${options.ipsecSaLifepkt}`, life_packets: `${options.ipsecSaLifepkt + tenth(options.ipsecSaLifepkt)}` } : {}),
  start_action: 'none',
  dpd_action: options.ikeDpdSec > 0 ? 'restart' : 'none',
  close_action: 'start',
});

const tenth = (value: number): number => Math.ceil(value / 10);

import { exhaustive } from '@bordergate/kernel';
import type { IkeSa, ViciMessage } from '@bordergate/vici';
import type { Verdict } from './liveness.js';
import { age, isEstablished, isNegotiating, isUsable, isUsableSa, newestUsable } from './sas.js';
import { isNameOf, viciIntent, type SecretIntent, type ViciIntent } from './vici-intent.js';
import type { WantedTunnel } from './wanted.js';

/**
 * What must be done to one tunnel, from what is wanted and what was found by looking. The rules:
 *
 * - What is depended on is made first and removed last: outer namespace, device, secret, connection, SA, device up.
 * - Make before break: the new secret and connection are loaded before the old ones go.
 * - The device is up exactly while a CHILD SA is usable and its peer is not found silent: the routing above it needs no
 *   other signal.
 * - A planned end drains: who sends packets to this node leaves first, then BIRD stops using the tunnel, in-flight packets
 *   pass, only then the SA and the device go.
 * - Connections leave before their SAs: neither the peer's nor our own close action can bring them back.
 *
 * A plan speaks of one tunnel only, and planning again after a plan was carried out gives nothing to do.
 */
export type Operation =
  | { readonly op: 'ensure-outer' }
  | { readonly op: 'ensure-device' }
  | { readonly op: 'load-shared'; readonly secret: SecretIntent }
  | { readonly op: 'load-conn'; readonly name: string; readonly connection: ViciMessage }
  | { readonly op: 'unload-conn'; readonly name: string }
  | { readonly op: 'unload-shared'; readonly id: string }
  /** BIRD stops using the tunnel until the plan has been carried out: its session closes, its static next hop goes. */
  | { readonly op: 'withdraw' }
  | { readonly op: 'wait'; readonly ms: number }
  | { readonly op: 'terminate'; readonly ikeId: string }
  | { readonly op: 'set-device'; readonly up: boolean }
  | { readonly op: 'initiate'; readonly ike: string; readonly child: string }
  | { readonly op: 'remove' };

export interface FoundTunnel {
  readonly outer: boolean;
  readonly charonRunning: boolean;
  readonly connections: readonly string[];
  readonly secrets: readonly string[];
  readonly ikeSas: readonly IkeSa[];
  readonly device: { readonly up: boolean; readonly address: string | null; readonly bandwidthMbps?: number } | null;
}

/** Initiations of one child that failed in a row; another configuration starts from zero. */
export interface FailedAttempts { readonly connectionName: string; readonly child: string; readonly count: number; readonly lastAt: number }

export interface Situation {
  readonly tunnelId: string;
  /** Undefined: the tunnel was removed, or another node owns it now. */
  readonly wanted: WantedTunnel | undefined;
  readonly found: FoundTunnel;
  readonly failed: readonly FailedAttempts[];
  /** The connection whose initiation is under way and has not been answered yet. */
  readonly initiating?: string | undefined;
  /** What liveness says of a tunnel whose CHILD SA stands. */
  readonly verdict?: Verdict;
  /** Calls that have no answer yet. */
  readonly calling?: CallsUnderWay;
  /** ms since 1970 */
  readonly now: number;
}

/** By the unique id of an IKE SA that is being negotiated: when it was first seen so (ms since 1970), which charon does not say. */
export type CallsUnderWay = ReadonlyMap<number, number>;

export const callsUnderWay = (before: CallsUnderWay, found: FoundTunnel, now: number): CallsUnderWay =>
  new Map(found.ikeSas.filter(sa => sa.state === 'CONNECTING').map(({ uniqueId }) => [uniqueId, before.get(uniqueId) ?? now]));

export interface Plan {
  readonly operations: readonly Operation[];
  /** When the next initiation is due, while one is held back. */
  readonly retryAt: number | null;
}

/**
 * Who brings packets to this node, the VPC's fabric (ADR 33), hears of the decision when we do, and goes to other nodes; what still comes
 * has to find its way meanwhile (measured: 20 to 100 ms through Kafka).
 */
export const LEAVE_MS = 200;
/** BGP's withdrawal reaches the peer and its FIB well within this (measured: 80 to 240 ms). */
const DRAIN_MS = 300;
const BACKOFF_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;
const DUPLICATE_AFTER_SEC = 10;

export const backoffMs = (failures: number): number => BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? 0;

/** One more failure of a child; those of other connections are forgotten. */
export function failedAgain(failed: readonly FailedAttempts[], { ike, child }: { readonly ike: string; readonly child: string }, now: number): FailedAttempts[] {
  const own = failed.filter(each => each.connectionName === ike);
  const count = (own.find(each => each.child === child)?.count ?? 0) + 1;
  return [...own.filter(each => each.child !== child), { connectionName: ike, child, count, lastAt: now }];
}

export function plan(situation: Situation): Plan {
  const { wanted } = situation;
  if (!wanted) return { operations: takeDown(situation, true), retryAt: null };
  switch (wanted.adminStatus) {
    case 'UP': return bringUp(situation, wanted);
    case 'DOWN': return { operations: takeDown(situation, false), retryAt: null };
    default: return exhaustive(wanted.adminStatus);
  }
}

function bringUp({ tunnelId, found, failed, initiating, verdict, calling, now }: Situation, wanted: WantedTunnel): Plan {
  const intent = viciIntent(wanted.spec, wanted.trafficSelectors, wanted.generation);
  const { connectionName, connection, secret } = intent;
  const operations: Operation[] = [];
  // A charon that is not there holds nothing, whatever was listed before it died.
  const fresh = !found.outer || !found.charonRunning;
  const held = fresh ? { connections: [], secrets: [], ikeSas: [] } : ownOf(tunnelId, found);
  const current = held.ikeSas.filter(sa => sa.name === connectionName);
  const stale = held.ikeSas.filter(sa => sa.name !== connectionName);
  const usable = newestUsable(current);
  let deviceUp = found.device?.up ?? false;
  const leftUp = isLeftUp({ tunnelId, found, wanted, initiating, verdict });

  if (fresh && deviceUp && !leftUp) {
    operations.push({ op: 'set-device', up: false });
    deviceUp = false;
  }
  if (fresh) operations.push({ op: 'ensure-outer' });
  if (fresh || !deviceFits(found, wanted)) operations.push({ op: 'ensure-device' });
  if (!held.secrets.includes(secret.id)) operations.push({ op: 'load-shared', secret });
  if (!held.connections.includes(connectionName)) operations.push({ op: 'load-conn', name: connectionName, connection });
  for (const name of held.connections) if (name !== connectionName) operations.push({ op: 'unload-conn', name });

  if (!usable && deviceUp && stale.some(isUsableSa)) operations.push(...DRAIN);
  for (const sa of [...stale, ...duplicates(current, usable, sa => now - (calling?.get(sa.uniqueId) ?? now))]) operations.push({ op: 'terminate', ikeId: String(sa.uniqueId) });
  for (const id of held.secrets) if (id !== secret.id) operations.push({ op: 'unload-shared', id });

  if (usable) {
    const up = verdict !== 'hold-down';
    if (deviceUp !== up) operations.push({ op: 'set-device', up });
  }
  if (!usable && deviceUp && !leftUp) {
    operations.push({ op: 'set-device', up: false });
    deviceUp = false;
  }
  if (initiating === connectionName || current.some(isNegotiating)) return { operations, retryAt: null };
  const next = nextInitiation(intent, current, failed);
  if (!next) return { operations, retryAt: null };
  if (next.dueAt > now) return { operations, retryAt: next.dueAt };
  operations.push({ op: 'initiate', ike: connectionName, child: next.child });
  if (!usable && !deviceUp) operations.push({ op: 'set-device', up: true });
  return { operations, retryAt: null };
}

/**
 * A device is left up while its charon is away, and until the next one has an answer: kernel SAs may outlive it and still carry packets. Not
 * when liveness has found that they do not. Oper status asks the same, so that it never says other than the kernel's FIB does.
 */
export function isLeftUp({ tunnelId, found, wanted, initiating, verdict }: Omit<Situation, 'failed' | 'now'>): boolean {
  if (wanted?.adminStatus !== 'UP' || !found.device?.up || (verdict ?? 'usable') !== 'usable') return false;
  if (!found.outer || !found.charonRunning) return true;
  return initiating === viciIntent(wanted.spec, wanted.trafficSelectors, wanted.generation).connectionName && !ownOf(tunnelId, found).ikeSas.some(isUsableSa);
}

/**
 * Which CHILD SA is missing and may be tried soonest. Without an IKE SA none can come up, so the last failure of any
 * holds all of them back; beside one, each waits for itself, and one that is refused does not keep the others away.
 */
function nextInitiation({ connectionName, children }: ViciIntent, current: readonly IkeSa[], failed: readonly FailedAttempts[]): { child: string; dueAt: number } | undefined {
  const there = new Set(current.flatMap(sa => sa.childSas.filter(isUsable).map(child => child.name)));
  const dueAt = new Map(failed.filter(each => each.connectionName === connectionName).map(each => [each.child, each.lastAt + backoffMs(each.count)]));
  const together = current.some(isEstablished) ? 0 : Math.max(0, ...dueAt.values());
  const missing = children.filter(({ name }) => !there.has(name)).map(({ name }) => ({ child: name, own: dueAt.get(name) ?? 0 })).sort((a, b) => a.own - b.own);
  return missing[0] && { child: missing[0].child, dueAt: Math.max(missing[0].own, together) };
}

/** The reverse. A disabled tunnel keeps its namespace and daemon (idle, cheap, soon back); a removed one leaves nothing. */
function takeDown({ tunnelId, found }: Situation, removed: boolean): Operation[] {
  const held = found.charonRunning ? ownOf(tunnelId, found) : { connections: [], secrets: [], ikeSas: [] };
  const deviceUp = found.device?.up ?? false;
  const operations: Operation[] = held.connections.map(name => ({ op: 'unload-conn', name }));
  if (deviceUp && held.ikeSas.some(isUsableSa)) operations.push({ op: 'wait', ms: LEAVE_MS }, ...DRAIN);
  for (const sa of held.ikeSas) operations.push({ op: 'terminate', ikeId: String(sa.uniqueId) });
  if (deviceUp) operations.push({ op: 'set-device', up: false });
  for (const id of held.secrets) operations.push({ op: 'unload-shared', id });
  if (removed && (found.outer || found.charonRunning || found.device)) operations.push({ op: 'remove' });
  return operations;
}

const DRAIN: readonly Operation[] = [{ op: 'withdraw' }, { op: 'wait', ms: DRAIN_MS }];

function ownOf(tunnelId: string, found: FoundTunnel): Pick<FoundTunnel, 'connections' | 'secrets' | 'ikeSas'> {
  return {
    connections: found.connections.filter(name => isNameOf(tunnelId, name)),
    secrets: found.secrets.filter(id => isNameOf(tunnelId, id)),
    ikeSas: found.ikeSas.filter(sa => isNameOf(tunnelId, sa.name)),
  };
}

function deviceFits({ device }: FoundTunnel, { spec }: WantedTunnel): boolean {
  if (device?.address?.split('/')[0] !== spec.localTunnelIp) return false;
  return device.bandwidthMbps === undefined || device.bandwidthMbps === spec.options.bandwidthMbps;
}

/**
 * After an outage both ends may have started anew. While the newest SA is young the older may just be on its way out
 * (IKEv1 rekeys by a new SA); after ten seconds it is a duplicate. The one that carries traffic is never ended.
 * Nor would a call of ours to a customer behind NAT, which only the customer could make, ever end by itself. IKEv2 needs no second SA
 * to re-key, so there such a call is one too many; IKEv1 re-keys by a call, but by one that begins after what it replaces. A call may be
 * answered at this very moment, though: ended half-way, the customer would have an SA that we do not, and send everything into it.
 */
function duplicates(current: readonly IkeSa[], keep: IkeSa | undefined, callingForMs: (sa: IkeSa) => number): readonly IkeSa[] {
  if (!keep || age(keep) < DUPLICATE_AFTER_SEC) return [];
  const inVain = (sa: IkeSa): boolean =>
    sa.initiator && sa.state === 'CONNECTING' && callingForMs(sa) >= DUPLICATE_AFTER_SEC * 1_000 && (sa.version === 2 || sa.uniqueId < keep.uniqueId);
  return current.filter(sa => sa !== keep && (isEstablished(sa) ? age(sa) >= DUPLICATE_AFTER_SEC : inVain(sa)));
}

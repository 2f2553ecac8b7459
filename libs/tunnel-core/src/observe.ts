import { ADMIN_DOWN, type Driver, type OperReason, type OperStatus, type TunnelObservation, type TunnelRef } from '@bordergate/contracts';
import type { ChildSa, IkeSa } from '@bordergate/vici';
import type { Diagnosis } from './diagnosis.js';
import type { Verdict } from './liveness.js';
import { isLeftUp, type FoundTunnel } from './plan.js';
import { cipherOf, isEstablished, isUsable, isUsableSa } from './sas.js';
import { isNameOf, viciIntent } from './vici-intent.js';
import type { WantedTunnel } from './wanted.js';

/** A look at one tunnel: what two of them differ in is what happened. */
export interface TunnelSnapshot {
  readonly ikeSas: readonly IkeSa[];
  readonly operStatus: OperStatus;
  readonly reason: OperReason;
  readonly detail: string;
  /** When the oper status became what it is. */
  readonly since: string;
  /** Of what is told: as long as packets pass through an SA of before the tunnel was enabled the last time, it is that one's. */
  readonly generation: number;
}

export interface TunnelLook {
  readonly wanted: WantedTunnel;
  readonly found: FoundTunnel;
  /** Of the last negotiation that failed, or of what ended the tunnel; undefined once it was up. */
  readonly diagnosis: Diagnosis | undefined;
  /** The connection whose initiation is under way and has not been answered yet. */
  readonly initiating?: string | undefined;
  /** What liveness says; without it, IKE alone is believed. */
  readonly verdict?: Verdict;
  /** ms since 1970 */
  readonly now: number;
}

const SILENT = { operStatus: 'DOWN', reason: 'peer-silent', detail: 'IKE is up, but nothing comes through the tunnel: neither BFD nor answers to probes.' } as const;

const REPLACING = { operStatus: 'UP', reason: 'established', detail: 'Its IKE daemon is being replaced; what was negotiated before may still carry.' } as const;

/**
 * UP means that packets pass: a usable CHILD SA, a device that is up, and a peer that is not found silent. Of several CHILD
 * SAs (traffic selectors) one is enough, for what the others would carry is no reason to stop what this one does; which are
 * missing is said (ADR 17). While the plan leaves a device up for kernel SAs that may outlive their charon, the tunnel is UP, too.
 */
export function snapshotOf(previous: TunnelSnapshot | undefined, look: TunnelLook): TunnelSnapshot {
  const ikeSas = look.found.ikeSas.filter(sa => isNameOf(look.wanted.spec.tunnelId, sa.name));
  const usable = ikeSas.flatMap(sa => sa.childSas.filter(isUsable));
  const silent = look.wanted.adminStatus === 'UP' && usable.length > 0 && look.verdict !== undefined && look.verdict !== 'usable';
  const status = silent ? SILENT : look.found.device?.up && usable.length > 0
    ? { operStatus: 'UP' as const, reason: 'established' as const, detail: [cipherOf(usable[0]!), ...missingChildren(look, usable)].join('; ') }
    : isLeftUp({ ...look, tunnelId: look.wanted.spec.tunnelId }) ? REPLACING
    : { operStatus: 'DOWN' as const, ...whyDown(look, ikeSas) };
  return { ikeSas, ...status, since: sinceWhen(previous, status.operStatus, usable, look.now), generation: generationOf(previous, look, ikeSas) };
}

function generationOf(previous: TunnelSnapshot | undefined, { wanted, found }: TunnelLook, ikeSas: readonly IkeSa[]): number {
  const { connectionName } = viciIntent(wanted.spec, wanted.trafficSelectors, wanted.generation);
  const carriers = found.device?.up ? ikeSas.filter(isUsableSa) : [];
  return carriers.length === 0 || carriers.some(sa => sa.name === connectionName) ? wanted.generation : (previous?.generation ?? 0);
}

function missingChildren({ wanted, diagnosis }: TunnelLook, usable: readonly ChildSa[]): string[] {
  const { children } = viciIntent(wanted.spec, wanted.trafficSelectors, wanted.generation);
  const missing = children.filter(({ name }) => !usable.some((child) => child.name === name));
  if (missing.length === 0) return [];
  const between = missing.map(({ localTs, remoteTs }) => `${localTs.join(', ')} with ${remoteTs.join(', ')}`).join('; ');
  return [`${missing.length} of ${children.length} traffic selectors have no CHILD SA: ${between}${diagnosis ? `. ${diagnosis.detail}` : ''}`];
}

function whyDown({ wanted, found, diagnosis }: TunnelLook, ikeSas: readonly IkeSa[]): { reason: OperReason; detail: string } {
  if (wanted.adminStatus === 'DOWN') {
    return ikeSas.length > 0 ? { reason: 'draining', detail: 'Its SAs are being deleted.' } : { reason: 'admin-down', detail: ADMIN_DOWN };
  }
  if (diagnosis) return { reason: diagnosis.fault, detail: diagnosis.detail };
  if (found.outer && !found.charonRunning) return { reason: 'charon-not-running', detail: 'The IKE daemon of this tunnel does not run; it is being started again.' };
  return { reason: 'negotiating', detail: 'Waiting for the first negotiation to end.' };
}

/** A worker that adopts a running tunnel says since when its oldest usable CHILD SA carries it, not "since I looked". */
function sinceWhen(previous: TunnelSnapshot | undefined, operStatus: OperStatus, usable: readonly ChildSa[], now: number): string {
  if (previous?.operStatus === operStatus) return previous.since;
  const age = previous || operStatus === 'DOWN' ? 0 : Math.max(0, ...usable.map(child => child.installSeconds ?? 0));
  return new Date(now - age * 1000).toISOString();
}

/** What happened between two looks; without an earlier one (a worker started) all that is there is told again. */
export function observations(ref: TunnelRef, driver: Driver, before: TunnelSnapshot | undefined, after: TunnelSnapshot): TunnelObservation[] {
  const told = (snapshot: TunnelSnapshot | undefined) => {
    const established = (snapshot?.ikeSas ?? []).filter(isEstablished);
    const children = (snapshot?.ikeSas ?? []).flatMap(sa => sa.childSas.filter(isUsable));
    return { ike: byUniqueId(established), child: byUniqueId(children) };
  };
  const [was, is] = [told(before), told(after)];
  const happened: TunnelObservation[] = [];
  for (const [uniqueId, sa] of is.ike) {
    if (!was.ike.has(uniqueId)) happened.push({ type: 'IkeSaEstablished', ...ref, uniqueId, ikeVersion: String(sa.version), initiator: sa.initiator, remoteHost: sa.remoteHost });
  }
  // A new CHILD SA beside or after another one is a rekey; the very first is an installation.
  for (const [uniqueId, child] of is.child) {
    if (was.child.has(uniqueId)) continue;
    happened.push({ type: was.child.size > 0 ? 'ChildSaRekeyed' : 'ChildSaInstalled', ...ref, uniqueId, spiIn: child.spiIn, spiOut: child.spiOut, cipher: cipherOf(child) });
  }
  for (const uniqueId of was.child.keys()) if (!is.child.has(uniqueId)) happened.push({ type: 'ChildSaDeleted', ...ref, uniqueId });
  for (const uniqueId of was.ike.keys()) if (!is.ike.has(uniqueId)) happened.push({ type: 'IkeSaDeleted', ...ref, uniqueId });
  if (!before || before.operStatus !== after.operStatus || before.reason !== after.reason || before.detail !== after.detail || before.generation !== after.generation) {
    const { operStatus, reason, detail, since, generation } = after;
    happened.push({ type: 'TunnelOperStatusChanged', ...ref, operStatus, reason, detail, since, driver, generation });
  }
  return happened;
}

const byUniqueId = <T extends { readonly uniqueId: number }>(sas: readonly T[]): Map<string, T> => new Map(sas.map(sa => [String(sa.uniqueId), sa]));

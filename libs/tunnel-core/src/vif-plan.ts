import type { OperStatus, VifOperReason } from '@bordergate/contracts';
import { LEAVE_MS } from './plan.js';
import type { WantedVif } from './wanted.js';

/**
 * What must be done to one virtual interface, from what is wanted and what was found by looking. As with tunnels: what is
 * depended on is made first, a planned end drains (BIRD lets go, packets in flight pass, only then the device goes down),
 * and planning again after a plan was carried out gives nothing to do. The line is the node's: it is given back.
 */
export type VifOperation =
  /** The interface is moved, or its VLAN made, into the gateway's namespace, with exactly this address; down when new. */
  | { readonly op: 'take' }
  | { readonly op: 'withdraw' }
  | { readonly op: 'wait'; readonly ms: number }
  | { readonly op: 'set-device'; readonly up: boolean }
  | { readonly op: 'give-back' };

export interface FoundVif {
  /** In the gateway's namespace; `carrier`: the line has light on it. */
  readonly device: { readonly up: boolean; readonly carrier: boolean; readonly address: string | null } | null;
  /** Why the line cannot be taken, as far as it can be seen before trying. */
  readonly obstacle: Extract<VifOperReason, 'interface-missing' | 'interface-in-use'> | null;
}

/** BGP's withdrawal reaches the peer and its FIB well within this (plan.ts). */
const DRAIN_MS = 300;
const DOWN: readonly VifOperation[] = [{ op: 'wait', ms: LEAVE_MS }, { op: 'withdraw' }, { op: 'wait', ms: DRAIN_MS }, { op: 'set-device', up: false }];

/** @param wanted undefined: it was deleted, or another node has it now */
export function planVif(wanted: WantedVif | undefined, { device, obstacle }: FoundVif): readonly VifOperation[] {
  if (!wanted) return device ? [...(device.up ? DOWN : []), { op: 'give-back' }] : [];
  if (wanted.adminStatus === 'DOWN') return device?.up ? DOWN : [];
  if (!device) return obstacle ? [] : [{ op: 'take' }, { op: 'set-device', up: true }];
  return [...(device.address === wanted.localAddress ? [] : [{ op: 'take' } as const]), ...(device.up ? [] : [{ op: 'set-device', up: true } as const])];
}

/** A look at one virtual interface: what two of them differ in is what happened. */
export interface VifSnapshot {
  readonly operStatus: OperStatus;
  readonly reason: VifOperReason;
  readonly detail: string;
  /** When the oper status became what it is. */
  readonly since: string;
}

/** UP means that packets pass as far as this node can see: the device is up, has its address, and the line a carrier. */
export function vifSnapshotOf(previous: VifSnapshot | undefined, wanted: WantedVif, found: FoundVif, now: number): VifSnapshot {
  const { reason, detail } = stateOf(wanted, found);
  const operStatus = reason === 'link-up' ? 'UP' : 'DOWN';
  return { operStatus, reason, detail, since: previous?.operStatus === operStatus ? previous.since : new Date(now).toISOString() };
}

function stateOf({ adminStatus, localAddress, line }: WantedVif, { device, obstacle }: FoundVif): { reason: VifOperReason; detail: string } {
  const name = line.vlanId === null ? line.interface : `${line.interface}, VLAN ${line.vlanId}`;
  if (adminStatus === 'DOWN') return device?.up ? { reason: 'draining', detail: 'Routes over it are being withdrawn.' } : { reason: 'admin-down', detail: 'Disabled by its owner.' };
  if (!device) {
    switch (obstacle) {
      case 'interface-missing': return { reason: obstacle, detail: `Node ${line.node} has no interface ${line.interface}.` };
      case 'interface-in-use': return { reason: obstacle, detail: `${line.interface} has addresses or a bridge of node ${line.node} itself: free it first.` };
      case null: return { reason: 'preparing', detail: `${name} is being taken into the gateway.` };
    }
  }
  if (!device.up || device.address !== localAddress) return { reason: 'preparing', detail: `${name} is being set up.` };
  return device.carrier ? { reason: 'link-up', detail: name } : { reason: 'no-carrier', detail: `${name} has no carrier: the line is cut, or its other end is down.` };
}

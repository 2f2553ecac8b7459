import type { Alarm, Collection } from '../api/types.js';
import type { Tone } from '../ui/status.js';

export const COLLECTION_OF = { vpnTunnel: 'vpnTunnels', vpnConnection: 'vpnConnections', borderGateway: 'borderGateways' } as const satisfies Record<Alarm['resourceKind'], Collection>;

/** How a state looks; an alarm as its level. */
export const toneOf = ({ state, level }: Pick<Alarm, 'state' | 'level'>): Tone => (state === 'normal' ? 'up' : state === 'disabled' ? 'off' : state === 'alarm' && level !== 'common' ? 'down' : 'warn');

const WORST = ['fatal', 'critical', 'common'];
/** The worst first, and of those the youngest. */
export const byUrgency = (a: Pick<Alarm, 'level' | 'since'>, b: Pick<Alarm, 'level' | 'since'>): number => WORST.indexOf(a.level ?? '') - WORST.indexOf(b.level ?? '') || (a.since < b.since ? 1 : a.since > b.since ? -1 : 0);

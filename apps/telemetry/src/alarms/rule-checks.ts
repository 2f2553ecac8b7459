import type { http } from '@bordergate/contracts';
import { reject, type Rejection } from '@bordergate/kernel';
import type { TunnelStates } from '@bordergate/telemetry-core';
import { addressesIn, type AddressGuard } from './address-guard.js';
import type { RuleContent } from './rule-rows.js';

const NOUN: Readonly<Record<http.AlarmResourceKind, string>> = { vpnTunnel: 'VPN tunnel', vpnConnection: 'VPN connection', borderGateway: 'border gateway' };

/** What schemas cannot say of a rule. */
export function unwatchable({ resources: { kind, ids }, conditions }: Pick<RuleContent, 'resources' | 'conditions'>): Rejection | undefined {
  for (const [index, { metric }] of conditions.entries()) {
    if (metric === 'spareTunnels' && kind === 'vpnTunnel') return reject('metric-not-of-resource', 'spareTunnels is of a VPN connection or a border gateway', `conditions[${index}].metric`);
    if (metric === 'routeLimitStatus' && kind !== 'borderGateway') return reject('metric-not-of-resource', 'routeLimitStatus is of a border gateway', `conditions[${index}].metric`);
  }
  const twice = ids?.findIndex((id, index) => ids.indexOf(id) !== index) ?? -1;
  if (twice >= 0) return reject('repeated', 'each resource once', `resources.ids[${twice}]`);
  return undefined;
}

export function unknownResource({ kind, ids }: http.AlarmRule['resources'], region: string, states: TunnelStates): Rejection | undefined {
  const known = (id: string) => (kind === 'vpnTunnel' ? states.placeOf(id)?.region === region : states.isConfigured(kind === 'vpnConnection' ? { region, vpnConnectionId: id } : { region, bgwId: id }));
  const unknown = ids?.findIndex((id) => !known(id)) ?? -1;
  return unknown < 0 ? undefined : reject('no-such-resource', `there is no ${NOUN[kind]} ${ids![unknown]!} in the region`, `resources.ids[${unknown}]`);
}

/** Names are looked up when it is called, and looked at then. */
export function forbiddenUrl(url: string, guard: AddressGuard): Rejection | undefined {
  const forbidden = addressesIn(url).find((address) => !guard.allows(address));
  return forbidden === undefined ? undefined : reject('webhook-address-not-allowed', `${forbidden} is this machine's, or only reached from its network segment; BORDERGATE_WEBHOOK_ALLOW can allow it`, 'webhook.url');
}

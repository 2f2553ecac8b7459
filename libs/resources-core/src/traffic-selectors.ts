import type { QuotaSettings, TrafficSelector } from '@bordergate/contracts';
import { reject, type Rejection } from '@bordergate/kernel';
import { overQuota } from './region.js';

/**
 * Phase-2 interesting traffic of a connection (semantics 1.4), for customers whose devices are policy-based. Without any, everything
 * may pass (0.0.0.0/0 on both sides) and routes alone decide. BGP needs that: its own session, and whatever a peer may announce
 * tomorrow, has to fit through the tunnel. So selectors go with static routing only.
 */
export interface SelectorSurroundings { readonly vpnConnectionId: string; readonly bgpEnabled: boolean; readonly quotas: QuotaSettings }

/** Which rule a list of selectors breaks; the field names the selector. */
export function selectorProblem(selectors: readonly TrafficSelector[], { vpnConnectionId, bgpEnabled, quotas }: SelectorSurroundings): Rejection | undefined {
  if (selectors.length === 0) return undefined;
  if (bgpEnabled) return reject('traffic-selectors-need-static-routing', 'traffic selectors go with static routing: with BGP, routes decide what passes', 'trafficSelectors');
  return overQuota(quotas, 'vpn_traffic_selector', vpnConnectionId, 0, 'trafficSelectors', selectors.length) ?? repeated(selectors);
}

/** Two CHILD SAs for the same pair of networks would take each other's packets. */
function repeated(selectors: readonly TrafficSelector[]): Rejection | undefined {
  const seen = new Map<string, string>();
  for (const [n, { localSubnet, remoteSubnets }] of selectors.entries()) {
    for (const [m, remoteSubnet] of remoteSubnets.entries()) {
      const field = `trafficSelectors[${n}].remoteSubnets[${m}]`;
      const pair = `${localSubnet} ${remoteSubnet}`;
      const before = seen.get(pair);
      if (before !== undefined) return reject('traffic-selector-twice', `each pair of networks once: ${localSubnet} with ${remoteSubnet} is ${before} already`, field);
      seen.set(pair, field);
    }
  }
  return undefined;
}

import { TunnelOptions } from '@bordergate/contracts';
import type { ClientSite, ClientTunnel } from './site.js';

/** Connections as the product makes them: tunnels for 1, 2 or 4 customer addresses (semantics 1.5), by BGP or static. */
const PAIRS = {
  one: [['203.0.113.1', '198.51.100.1'], ['203.0.113.1', '198.51.100.2']],
  two: [['203.0.113.1', '198.51.100.1'], ['203.0.113.2', '198.51.100.2']],
  four: [['203.0.113.1', '198.51.100.1'], ['203.0.113.2', '198.51.100.1'], ['203.0.113.3', '198.51.100.2'], ['203.0.113.4', '198.51.100.2']],
} as const;

export const optionsOf = (options: Partial<TunnelOptions> = {}): TunnelOptions => TunnelOptions.parse(options);

const tunnel = ([customerIp, cloudIp]: readonly [string, string], index: number, options: Partial<TunnelOptions>): ClientTunnel => ({
  tunnelId: `tun-abcdefghi${index + 1}`, number: index + 1, customerIp, cloudIp, customerInner: `169.254.1.${index * 4 + 1}`, cloudInner: `169.254.1.${index * 4 + 2}`,
  customerId: customerIp, cloudId: cloudIp, options: optionsOf(options),
});

export function siteOf(addresses: keyof typeof PAIRS, routing: 'bgp' | 'static', options: Partial<TunnelOptions> = {}): ClientSite {
  return {
    vpnConnectionId: 'vpn-abcdefghij', customerAsn: 65001, cloudAsn: 65000,
    bgp: routing === 'bgp' ? { holdSec: 30, keepaliveSec: 10, bfd: { intervalMs: 100, multiplier: 3 } } : null,
    trafficSelectors: [],
    cloudPrefixes: routing === 'bgp' ? [] : ['10.0.1.0/24', '10.0.2.0/24'],
    tunnels: PAIRS[addresses].map((pair, index) => tunnel(pair, index, options)),
  };
}

/** What the golden files show: each count of addresses, both routings, both versions of IKE, PFS and AEAD. */
const V1 = { ikeVersion: 'v1', ikeKeyExchange: 'modp2048', ipsecKeyExchange: 'modp2048' } as const;
export const GOLDEN: Readonly<Record<string, { readonly site: ClientSite; readonly networks: readonly string[] }>> = {
  'one-bgp-v2': { site: siteOf('one', 'bgp'), networks: ['192.168.10.0/24'] },
  'one-static-v1': { site: siteOf('one', 'static', V1), networks: [] },
  'two-bgp-v1-aggressive': { site: siteOf('two', 'bgp', { ...V1, ikeMode: 'aggressive', ikeDpdSec: 0 }), networks: ['192.168.10.0/24', '192.168.20.0/24'] },
  'two-static-v2-aead': { site: siteOf('two', 'static', { ipsecCipher: 'aes256gcm16', ipsecKeyExchange: 'ecp384', ikeAuth: 'sha384' }), networks: [] },
  'four-bgp-v2': { site: siteOf('four', 'bgp', { ikeKeyExchange: 'modp2048', ipsecSaLifebyte: 1_000_000_000 }), networks: [] },
  'four-static-v1': { site: siteOf('four', 'static', V1), networks: [] },
};

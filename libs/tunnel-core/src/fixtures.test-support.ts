import { TunnelOptions, type Decision, type DecisionOf, type TunnelSpec } from '@bordergate/contracts';
import type { ChildSa, IkeSa } from '@bordergate/vici';
import type { WantedTunnel, WantedVif } from './wanted.js';

export const REGION = 'cn-north-1';
export const NODE = 'node-1';

export function spec(tunnelId: string, changes: Partial<Omit<TunnelSpec, 'options'>> & { options?: Partial<TunnelSpec['options']> } = {}): TunnelSpec {
  const n = Number(/\d+$/.exec(tunnelId)?.[0] ?? 1);
  const { options, ...rest } = changes;
  return {
    tunnelId, cloudPublicIp: '203.0.113.1', node: NODE, customerIp: `198.51.100.${n}`, tunnelIp: `169.254.${n}.0/30`, localTunnelIp: `169.254.${n}.2`,
    remoteTunnelIp: `169.254.${n}.1`, localId: '203.0.113.1', remoteId: `198.51.100.${n}`, pskRef: `psk-${tunnelId}`, options: TunnelOptions.parse({ ...options }), ...rest,
  };
}

export const bgpOptions = { holdSec: 30, keepaliveSec: 10, bfdEnabled: false, bfdIntervalMs: 300, bfdMultiplier: 3 };

export const wantedTunnel = (tunnelId: string, changes: Partial<WantedTunnel> = {}): WantedTunnel => ({
  ref: { region: REGION, borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId, node: NODE },
  spec: spec(tunnelId), adminStatus: 'UP', generation: 0, hasOtherElsewhere: false, trafficSelectors: [], bgp: { localAsn: 65000, customerAsn: 65010, options: bgpOptions }, advertise: [], transit: [], ...changes,
});

export const wantedVif = (vifId: string, changes: Partial<WantedVif> = {}): WantedVif => {
  const n = Number(/\d+$/.exec(vifId)?.[0] ?? 1);
  return {
    ref: { region: REGION, borderGatewayId: 'bgw-1', vifId, node: NODE }, line: { node: NODE, interface: `eth${n}`, vlanId: null }, localAddress: `10.255.${n}.2/30`, remoteIp: `10.255.${n}.1`,
    adminStatus: 'UP', bgp: { localAsn: 64512, customerAsn: 65010, options: bgpOptions }, advertise: [], transit: [], staticPrefixes: [], ...changes,
  };
};

export const created = (vpnConnectionId: string, changes: Partial<DecisionOf<'VpnConnectionCreated'>> = {}): Decision => ({
  type: 'VpnConnectionCreated', vpnConnectionId, region: REGION, name: 'c', description: '', borderGatewayId: 'bgw-1', customerGatewayId: 'cgw-1', bgpEnabled: true,
  localAsn: 65000, customerAsn: 65010, cloudPublicIps: [], bgpOptions, ...changes,
});

export const childSa = (uniqueId: number, state = 'INSTALLED', changes: Partial<ChildSa> = {}): ChildSa => ({
  key: `net-${uniqueId}`, name: 'net', uniqueId, reqId: 1, state, spiIn: `c000000${uniqueId}`, spiOut: `d000000${uniqueId}`, encap: true, bytesIn: 0, bytesOut: 0, packetsIn: 0,
  packetsOut: 0, installSeconds: 5, encrAlg: 'AES_CBC', encrKeySize: 128, integAlg: 'HMAC_SHA2_256_128', localTs: ['0.0.0.0/0'], remoteTs: ['0.0.0.0/0'], ...changes,
});

export const ikeSa = (name: string, uniqueId: number, childSas: ChildSa[], changes: Partial<IkeSa> = {}): IkeSa => ({
  name, uniqueId, version: 2, state: 'ESTABLISHED', localHost: '203.0.113.1', remoteHost: '198.51.100.1', initiator: true, nat: true, establishedSeconds: 5, childSas, ...changes,
});

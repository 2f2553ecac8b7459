import type { TunnelOptions } from '@bordergate/contracts';

/**
 * A VPN connection as the customer's router sees it: all that a client configuration is made of, and nothing else. Its
 * canonical JSON is what the hash in the files is of, so a member belongs here exactly when a device has to be changed
 * with it. No secret and no time: equal options have equal files.
 */
export interface ClientSite {
  readonly vpnConnectionId: string;
  readonly customerAsn: number;
  readonly cloudAsn: number;
  /** Null: static routes. */
  readonly bgp: ClientBgp | null;
  /** What the router sends into the tunnels, with static routes; BGP tells it the prefixes, and the list is then empty. */
  readonly cloudPrefixes: readonly string[];
  /** What each CHILD SA is for; none: everything, on both sides. */
  readonly trafficSelectors: readonly ClientSelector[];
  readonly tunnels: readonly ClientTunnel[];
}

export interface ClientSelector { readonly customerSubnets: readonly string[]; readonly cloudSubnet: string }

export interface ClientBgp {
  readonly holdSec: number;
  readonly keepaliveSec: number;
  readonly bfd: { readonly intervalMs: number; readonly multiplier: number } | null;
}

export interface ClientTunnel {
  readonly tunnelId: string;
  /** Place in the connection, from 1: numbered things of a device keep their number when only one tunnel is asked for. */
  readonly number: number;
  readonly customerIp: string;
  readonly cloudIp: string;
  /** Inner addresses, both in one /30. */
  readonly customerInner: string;
  readonly cloudInner: string;
  /** IKE identities. */
  readonly customerId: string;
  readonly cloudId: string;
  readonly options: TunnelOptions;
}

/** What only the customer knows: not part of the hash, for it is not our side's to change. */
export interface LocalAnswers {
  /** Networks the router announces by BGP. */
  readonly networks: readonly string[];
  /** Name of the interface with the public address, where a device has to be told. */
  readonly outsideInterface?: string | undefined;
}

export const TUNNEL_MTU = 1400;
/** MTU less 20 bytes of IP and 20 of TCP. */
export const TUNNEL_MSS = TUNNEL_MTU - 40;
/** The length of an inner prefix is the product's rule (semantics 2). */
export const INNER_LENGTH = 30;
export const INNER_MASK = '255.255.255.252';
/** Equal-cost tunnels a router shall use: the most a connection has. */
export const MAX_PATHS = 8;

export function byCustomerIp(tunnels: readonly ClientTunnel[]): [address: string, tunnels: ClientTunnel[]][] {
  const groups = new Map<string, ClientTunnel[]>();
  for (const tunnel of tunnels) groups.set(tunnel.customerIp, [...(groups.get(tunnel.customerIp) ?? []), tunnel]);
  return [...groups];
}

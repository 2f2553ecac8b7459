export interface CustomerTunnel {
  readonly name: string;
  readonly customerIp: string;
  readonly cloudIp: string;
  readonly psk: string;
  readonly localId: string;
  readonly remoteId: string;
  readonly innerCustomer: string;
  readonly innerCloud: string;
  readonly innerLength: number;
  readonly ikeVersion: 1 | 2;
  readonly aggressive?: boolean;
  readonly ikeProposal: string;
  readonly espProposal: string;
  readonly ikeLifeSeconds: number;
  readonly espLifeSeconds: number;
  readonly cloudAsn: number;
  readonly bgpPassword?: string;
  readonly initiate: boolean;
  /** A NAT between it and the provider has the public address; it keeps that address as its identity. */
  readonly behindNat?: boolean;
}

/** A direct line to the cloud: a cable from the customer's router to an interface of the cloud's node. */
export interface CustomerLine {
  readonly name: string;
  /** In the provider's namespace, which is the node's; the cloud takes it from there. */
  readonly nodeInterface: string;
  /** In the customer's router. */
  readonly device: string;
  readonly innerCustomer: string;
  readonly innerCloud: string;
  readonly innerLength: number;
  readonly cloudAsn: number;
}

export interface CustomerSpec {
  readonly name: string;
  readonly asn: number;
  readonly lan: {
    readonly prefix: string;
    readonly routerAddress: string;
    readonly hostAddress: string;
  };
  readonly tunnels: readonly CustomerTunnel[];
  /** With BGP routing; the router prefers them. */
  readonly lines?: readonly CustomerLine[];
  /** Prefixes told to the cloud by BGP. Those that are not the LAN lead to a black hole in the router. */
  readonly announce: readonly string[];
  /** What other routes the router's kernel has is told, too. */
  readonly redistributeKernel?: boolean;
  readonly bfd?: { readonly intervalMs: number; readonly multiplier: number };
  readonly routing: 'bgp' | 'static';
  /** With static routing: what is sent into the tunnels. */
  readonly cloudPrefixes?: readonly string[];
}

/** Name of the tunnel device in the customer's router. */
export const deviceOf = (spec: CustomerSpec, tunnel: CustomerTunnel): string => `tun${spec.tunnels.indexOf(tunnel)}`;

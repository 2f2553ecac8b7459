/**
 * What BIRD has to do for one border gateway: the contract between the core that wants it and the renderer that says it
 * in BIRD's language. Order of the lists carries no meaning. Preferences are BIRD's: 1..65535, higher wins.
 */
export interface BirdGateway {
  /** Dotted quad. Changing it restarts every session (RFC 4271 §4.2: the BGP identifier is per speaker). */
  readonly routerId: string;
  /** The kernel's routing table; the main table when omitted. */
  readonly kernelTable?: number;
  readonly attachmentRoutes: readonly BirdAttachmentRoute[];
  readonly staticRoutes: readonly BirdStaticRoute[];
  /**
   * Static routes over virtual interfaces: apart, because a prefix may have one over a VPN as well, which stands by for it,
   * and a static protocol takes one route to a prefix. None when omitted.
   */
  readonly directRoutes?: readonly BirdStaticRoute[];
  readonly bgp: readonly BirdBgpSession[];
  /** Destinations that no peer's route may be used for, whoever announces them: those over the gateway's limit. */
  readonly refused: readonly string[];
  /** AS numbers that are ours: a route with one of them in its AS_PATH has been here (RFC 4271 §9.1.2). BIRD by itself only knows the session's. */
  readonly ownAsns: readonly number[];
  /** How long a restarted BIRD waits for its peers before it sweeps the kernel's table (RFC 4724 §4.1). */
  readonly gracefulRestartSeconds: number;
}

/** A VPC subnet behind an attachment device: through a router on that link (`via`), or on the link itself. */
export interface BirdAttachmentRoute {
  readonly prefix: string;
  readonly device: string;
  readonly via?: string;
  readonly preference: number;
}

/** A customer's static route. Next hops whose device is down or without carrier are left out; none left, no route. */
export interface BirdStaticRoute {
  readonly prefix: string;
  readonly preference: number;
  readonly nextHops: readonly { readonly via: string; readonly device: string }[];
}

export interface BirdBgpSession {
  /** The protocol's name in BIRD: `[a-zA-Z_][a-zA-Z0-9_]*`, e.g. "b_tabc"; the prefix keeps it off reserved words. */
  readonly name: string;
  readonly device: string;
  readonly localAddress: string;
  readonly localAsn: number;
  readonly neighborAddress: string;
  readonly neighborAsn: number;
  readonly preference: number;
  /** 0 (no keepalives) or 3..65535 (RFC 4271 §4.2). */
  readonly holdSeconds: number;
  /** 1..holdSeconds; without meaning when that is 0. */
  readonly keepaliveSeconds: number;
  /** Asynchronous mode, single hop (RFC 5881). `intervalMs` is both the desired transmit and required receive interval. */
  readonly bfd?: { readonly intervalMs: number; readonly multiplier: number };
  /** How many prefixes are taken in at all: a bound of memory, far above what may be used. The session stays. Sticky in BIRD: see DESIGN.md. */
  readonly receiveLimit?: number;
  /** Adj-RIB-Out: exactly these prefixes are told to this peer, as far as the table holds a static or attachment route to them. */
  readonly advertise: readonly string[];
  /** The session is kept, but nothing is taken from it and nothing told over it. Changing it leaves the session alone. */
  readonly quarantined?: boolean;
  /** Adj-RIB-Out beyond our own: prefixes that lead to other outside legs, told whatever kind of route the table holds. */
  readonly transit?: {
    readonly prefixes: readonly string[];
    /** Sessions with the same AS, this one included: what came from them goes back to none of them. */
    readonly notFrom: readonly string[];
  };
  /** Configured, but shut down. */
  readonly disabled?: boolean;
  /** TCP MD5 (RFC 2385). Printable, without a double quote: BIRD's strings know no escape. */
  readonly password?: string;
}

export interface BirdConfigOptions {
  /** Absolute path; BIRD appends, and re-opens it on `configure`. */
  readonly logFile: string;
}

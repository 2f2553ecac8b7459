export interface IpsecSpec {
  readonly publicIp: string;
  readonly peerIp: string;
  readonly localId: string;
  readonly remoteId: string;
  readonly psk: string;
  readonly ikeVersion: 1 | 2;
  /** IKEv1 only. */
  readonly aggressive?: boolean;
  /** The address the router has itself, where a NAT gives it its public one. */
  readonly localAddress?: string;
  /** Phase 2's selectors; a route-based router has any to any. */
  readonly localTs?: readonly string[];
  readonly remoteTs?: readonly string[];
  /** strongSwan syntax, for example aes128-sha256-ecp256. */
  readonly ikeProposal: string;
  readonly espProposal: string;
  readonly ikeLifeSeconds: number;
  readonly espLifeSeconds: number;
  /** Whether this end opens the tunnel, or waits for the other one to do so. */
  readonly initiate: boolean;
  /** Called when the CHILD_SA comes and goes. */
  readonly updown?: string;
}

const PLUGINS =
  'random nonce openssl sha1 sha2 aes hmac kdf gmp pem pkcs1 x509 constraints kernel-libipsec kernel-netlink socket-default vici updown';

/**
 * `retransmit_*` gives a dead peer up after 7 s instead of the default 165 s, as a customer who wants failover does.
 * `fwmark` makes charon's own routing table unreachable: its TUN lives in another namespace, see IpsecEnd.
 */
export const strongswanConf = (viciSocket: string, log: string): string => `charon {
  load = ${PLUGINS}
  load_modular = no
  install_routes = no
  install_virtual_ip = no
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  retransmit_tries = 3
  retransmit_timeout = 1.0
  retransmit_base = 1.4
  routing_table = 220
  routing_table_prio = 220
  filelog {
    main {
      path = ${log}
      flush_line = yes
      time_format = %H:%M:%S
      time_add_ms = yes
      default = 1
      ike = 2
      cfg = 2
    }
  }
  journal {
    default = -1
  }
  plugins {
    vici {
      socket = unix://${viciSocket}
    }
    kernel-netlink {
      fwmark = 0x5a5a
    }
  }
}
`;

export const CONNECTION = 'cloud';
export const CHILD = 'net';

/** An SA must not expire while its successor is negotiated: 10 % of grace, and with test-sized life times some seconds. */
const grace = (lifeSeconds: number): number => Math.max(5, Math.ceil(lifeSeconds / 10));

export function swanctlConf(spec: IpsecSpec): string {
  // A passive end does not fight for the tunnel: after a planned disable by the peer it stays down.
  const [start, close, dpd] = spec.initiate ? ['start', 'start', 'restart'] : ['none', 'none', 'clear'];
  return `connections {
  ${CONNECTION} {
    version = ${spec.ikeVersion}
    aggressive = ${spec.aggressive === true ? 'yes' : 'no'}
    local_addrs = ${spec.localAddress ?? spec.publicIp}
    remote_addrs = ${spec.peerIp}
    proposals = ${spec.ikeProposal}
    rekey_time = ${spec.ikeLifeSeconds}s
    over_time = ${grace(spec.ikeLifeSeconds)}s
    dpd_delay = 2s
    dpd_timeout = 8s
    keyingtries = 0
    unique = replace
    mobike = no
    local {
      auth = psk
      id = ${spec.localId}
    }
    remote {
      auth = psk
      id = ${spec.remoteId}
    }
    children {
      ${CHILD} {
        local_ts = ${(spec.localTs ?? ['0.0.0.0/0']).join(',')}
        remote_ts = ${(spec.remoteTs ?? ['0.0.0.0/0']).join(',')}
        esp_proposals = ${spec.espProposal}
        mode = tunnel
        rekey_time = ${spec.espLifeSeconds}s
        life_time = ${spec.espLifeSeconds + grace(spec.espLifeSeconds)}s
        start_action = ${start}
        close_action = ${close}
        dpd_action = ${dpd}${spec.updown === undefined ? '' : `\n        updown = ${spec.updown}`}
      }
    }
  }
}
secrets {
  ike-${CONNECTION} {
    id-local = ${spec.localId}
    id-remote = ${spec.remoteId}
    secret = ${quotedSecret(spec.psk)}
  }
}
`;
}

/** Base64 whenever the text could be misread: quotes and braces have a meaning, and so do the prefixes 0x and 0s. */
function quotedSecret(psk: string): string {
  const plain = /^[A-Za-z0-9]+$/.test(psk) && !/^0[xs]/i.test(psk);
  return plain ? `"${psk}"` : `0s${Buffer.from(psk, 'utf8').toString('base64')}`;
}

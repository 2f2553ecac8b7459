import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where distributions put the daemon: Debian, Fedora and Arch, Alpine and builds from source. */
const DAEMONS = ['/usr/sbin/charon-systemd', '/usr/libexec/strongswan/charon-systemd', '/usr/lib/strongswan/charon-systemd', '/usr/local/sbin/charon-systemd'];
const PLUGIN_DIRS = ['/usr/lib/ipsec/plugins', '/usr/lib64/strongswan/plugins', '/usr/lib/strongswan/plugins', '/usr/local/lib/ipsec/plugins'];

/** Without systemd's manager it is simply a charon that stays in the foreground and is configured over VICI alone. */
export const charonDaemon = (): string => DAEMONS.find(path => existsSync(path)) ?? 'charon-systemd';

const hasPlugin = (name: string): boolean => PLUGIN_DIRS.some(dir => existsSync(join(dir, `libstrongswan-${name}.so`)));

/** Before kernel-netlink: who comes first is asked first, and ESP is libipsec's. error-notify is in a package of its own. */
const plugins = (): string[] => [
  'random', 'nonce', 'openssl', 'sha1', 'sha2', 'aes', 'hmac', 'kdf', 'gmp', 'pem', 'pkcs1', 'x509', 'constraints',
  'kernel-libipsec', 'kernel-netlink', 'socket-default', 'vici', 'counters', ...(hasPlugin('error-notify') ? ['error-notify'] : []),
];

export interface CharonPaths { viciSocket: string; errorSocket: string; logFile: string }

/**
 * strongswan.conf of a tunnel's charon. Its times make it give a silent peer up after 7 s (1 + 1.4 + 1.96 + 2.74).
 *
 * kernel-libipsec installs a route through its TUN whatever `install_routes` says; the mark that no packet carries keeps
 * that table from ever being used. The log is appended to, so that it can be cut while charon runs.
 *
 * Aggressive mode with a pre-shared key is weak and marked so in every answer; who chooses it all the same may also be
 * called in it, which charon as the responder refuses without the setting of the long name.
 */
export const charonConfig = ({ viciSocket, errorSocket, logFile }: CharonPaths): string => `\
charon-systemd {
  journal {
    default = -1
  }
}
charon {
  load = ${plugins().join(' ')}
  load_modular = no
  threads = 16
  install_routes = no
  install_virtual_ip = no
  make_before_break = yes
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  retransmit_tries = 3
  retransmit_timeout = 1.0
  retransmit_base = 1.4
  routing_table = 220
  routing_table_prio = 220
  filelog {
    main {
      path = "${logFile}"
      append = yes
      flush_line = yes
      time_format = "%Y-%m-%dT%H:%M:%S"
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
      socket = "unix://${viciSocket}"
    }
    error-notify {
      socket = "unix://${errorSocket}"
    }
    kernel-netlink {
      fwmark = 0x5a5a
    }
  }
}
`;

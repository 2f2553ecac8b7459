import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '@bordergate/platform';
import type { DataPlane } from './data-plane.js';
import { charonDaemon } from './libipsec/charon-config.js';
import { createLibipsecDataPlane } from './libipsec/libipsec-data-plane.js';
import { SimulatedDataPlane } from './simulated/data-plane.js';
import { SimulatedNode } from './simulated/node.js';

export type DriverChoice = 'auto' | 'libipsec' | 'simulated';

export interface DriverOptions {
  readonly driver: DriverChoice;
  /** Configurations, sockets, logs; the simulated driver's state. */
  readonly dataDir: string;
  /** Namespaces of this node begin with it. */
  readonly netnsPrefix: string;
  /** The namespace that leads to the Internet; null is the one this process is in. */
  readonly uplinkNetns: string | null;
  readonly log: Log;
}

/** What a machine is asked before real tunnels are tried on it. */
export interface Machine {
  readonly platform: string;
  /** CAP_NET_ADMIN and CAP_SYS_ADMIN: root has them, root in an ordinary container has not. */
  readonly mayMakeNamespaces: boolean;
  readonly hasTun: boolean;
  readonly hasCharon: boolean;
  hasCommand(name: string): boolean;
}

/** Without `tc` a tunnel runs too, but without its cap; without `fping`, a silent loss is left to BFD and DPD. */
const COMMANDS: Readonly<Record<string, string>> = {
  bird: 'BIRD 2 (package bird2)', ip: 'ip (package iproute2)', nft: 'nft (package nftables)', sysctl: 'sysctl (package procps)',
  nsenter: 'nsenter (package util-linux)', setpriv: 'setpriv (package util-linux)',
};

/** What real tunnels need and this machine lacks; empty when all is there. */
export function missingForTunnels({ platform, mayMakeNamespaces, hasTun, hasCharon, hasCommand }: Machine): string[] {
  if (platform !== 'linux') return [`Linux (this is ${platform})`];
  return [
    ...(mayMakeNamespaces ? [] : ['the right to make network namespaces (root, or CAP_NET_ADMIN and CAP_SYS_ADMIN)']),
    ...(hasTun ? [] : ['/dev/net/tun']),
    ...(hasCharon ? [] : ['strongSwan (package charon-systemd)']),
    ...Object.entries(COMMANDS).flatMap(([name, where]) => (hasCommand(name) ? [] : [where])),
  ];
}

/** The data plane that was asked for; `auto` takes real tunnels where the machine can, and says why it did not. */
export function createDataPlane(options: DriverOptions): DataPlane {
  const { driver, log } = options;
  const missing = missingForTunnels(thisMachine());
  if (driver === 'libipsec' && missing.length > 0) throw new Error(`the libipsec driver needs what this machine lacks: ${missing.join(', ')}`);
  if (driver === 'libipsec' || (driver === 'auto' && missing.length === 0)) {
    log.info('real tunnels: driver libipsec', { because: driver === 'auto' ? 'root, TUN, strongSwan, BIRD and the commands for them are here' : 'asked for' });
    return createLibipsecDataPlane({ dir: path.join(options.dataDir, 'run'), netnsPrefix: options.netnsPrefix, uplinkNetns: options.uplinkNetns, log });
  }
  log.warn('no real tunnels: driver simulated', { because: driver === 'auto' ? `missing: ${missing.join(', ')}` : 'asked for' });
  return new SimulatedDataPlane(new SimulatedNode({ file: path.join(options.dataDir, 'simulated-node.json') }));
}

export function thisMachine(): Machine {
  const linux = process.platform === 'linux';
  return {
    platform: process.platform,
    mayMakeNamespaces: linux && hasCapabilities(readFileSync('/proc/self/status', 'utf8')),
    hasTun: existsSync('/dev/net/tun'),
    hasCharon: path.isAbsolute(charonDaemon()),
    // Distributions keep daemons where an ordinary user's PATH does not look.
    hasCommand: name => [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some(dir => isExecutable(path.join(dir, name))),
  };
}

const NET_ADMIN = 1n << 12n;
const SYS_ADMIN = 1n << 21n;

function hasCapabilities(status: string): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return (effective & NET_ADMIN) !== 0n && (effective & SYS_ADMIN) !== 0n;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // the answer, not a failure
  }
}

import type { Ends } from './plan.js';

/** A cloud whose failovers are measured: ours, or one that is built by hand. Tunnels are numbered from 0. */
export interface Subject {
  readonly name: string;
  readonly ends: Ends;
  /** The namespace that forwards between the VPC and the tunnels, and the tunnels' devices in it. */
  readonly gateway: string;
  readonly devices: readonly [string, string];
  /** An operator takes a tunnel out of service, and back. */
  disable(tunnel: number): Promise<void>;
  enable(tunnel: number): Promise<void>;
  /** The cloud's IKE daemon of a tunnel dies; `repairCharon` where nothing starts it again by itself. */
  killCharon(tunnel: number): Promise<void>;
  repairCharon(tunnel: number): Promise<void>;
  /** The control plane dies and comes back; undefined where there is none. */
  readonly worker?: { kill(): Promise<void>; start(): Promise<void> };
  /** Resolves when the RIB has what the kernel has; throws with the difference when it has not in time. Does nothing where there is no RIB. */
  agree(): Promise<void>;
  destroy(): Promise<void>;
}

export interface Setting {
  readonly dir: string;
  /** Keeps the namespaces of several runs apart. */
  readonly instance: string;
  readonly routes: number;
  readonly bfd: boolean;
}

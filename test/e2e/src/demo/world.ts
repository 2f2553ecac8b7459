import type { TrafficLoss, WireSummary } from '../index.js';
import type { Document } from './api.js';

/** Addresses of the demo; the public ones are documentation ranges (RFC 5737). */
export const PLAN = {
  cloudPublic: ['203.0.113.1', '203.0.113.2'],
  customerPublic: ['198.51.100.1', '198.51.100.2'],
  cloudAsn: 65000,
  customerAsn: 65010,
  vpcCidr: '10.1.0.0/16',
  subnet: '10.1.1.0/24',
  subnetRouter: '10.1.1.1',
  vm: '10.1.1.10',
  idcLan: '10.20.1.0/24',
  idcRouter: '10.20.1.1',
  idcHost: '10.20.1.10',
  idcMore: '10.20.2.0/24',
  bfd: { intervalMs: 100, multiplier: 3 },
} as const;

/** A FIB as text: prefix -> next hops as sorted ids. */
export type Fib = ReadonlyMap<string, string>;

/** What surrounds the platform: real namespaces and daemons, or the simulated driver's customer. */
export interface World {
  readonly kind: 'real' | 'simulated';
  /** Said with every figure of the simulated world, which carries no packets. */
  readonly probeNote: string;
  /** Of the platform: each owns some of the cloud's addresses. */
  readonly nodes: readonly string[];
  plugVm(vpcId: string, subnetId: string): Promise<void>;
  /** Configures and starts the customer's router for these tunnels, from files as a customer would. Answers where they are. */
  startCustomer(tunnels: { tunnel: Document; psk: string }[]): Promise<string>;
  customerSays(): Promise<string[]>;
  ping(from: 'vm' | 'idc'): Promise<{ sent: number; received: number; rttMs: number | undefined }>;
  startProbe(): Promise<{ stop(): Promise<TrafficLoss> }>;
  breakBgpSession(index: number): Promise<void>;
  restoreBgpSession(index: number): Promise<void>;
  cutLink(index: number): Promise<void>;
  restoreLink(index: number): Promise<void>;
  /** The kernel's FIB of the gateway, read without the platform's help; undefined where there is no kernel to ask. */
  kernelFib(bgwId: string): Promise<Fib | undefined>;
  /** IKE SAs of the cloud's charon per tunnel, asked without the platform's help. */
  ikeSaIds(tunnelId: string): Promise<string[]>;
  wire(): Promise<WireSummary | undefined>;
  /** A command for the reader's own hands. */
  tryIt(): string;
  destroy(): Promise<void>;
}

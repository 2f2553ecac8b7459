import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BirdGateway } from '@bordergate/bird';
import type { AttachmentPort, TunnelPort, VifPort } from '../data-plane.js';

/** A simulated customer router, by its public address. It is there, reachable and talks BGP unless told otherwise. */
export interface Customer {
  announce: string[];
  /** Its own AS number this often more in front of what it announces. */
  prepend: number;
  linkUp: boolean;
  bgpUp: boolean;
}

export interface SimulatedTunnel {
  port: TunnelPort;
  charonStartedAt: number | null;
  connections: string[];
  /** Of each connection, the names of its CHILD SAs: all come up with it. */
  children?: Record<string, string[]>;
  /** Names only: a simulated charon checks no key, so it keeps none. */
  secrets: string[];
  sas: { name: string; uniqueId: number; establishedAt: number }[];
  device: { up: boolean; address: string; bandwidthMbps: number; madeAt: number } | null;
  /** How long packets could pass so far, and since when they can again. */
  traffic: { ms: number; since: number | null };
}

/** A direct line. At its other end is a customer's router, known by its address on the line; the line is up while that one's is. */
export interface SimulatedVif { port: VifPort; up: boolean; takenAt: number }

export interface SimulatedGateway {
  bird: BirdGateway | null;
  /** Established sessions, by protocol: since when. */
  established: Record<string, number>;
  closed: Record<string, { at: number; reason: string }>;
  disabled: string[];
}

/** All a simulated node has: what namespaces, devices and daemons would hold. Plain data, so that it can be a file. */
export interface SimulatedState {
  gateways: Record<string, SimulatedGateway>;
  vpcs: Record<string, true>;
  attachments: Record<string, AttachmentPort>;
  tunnels: Record<string, SimulatedTunnel>;
  vifs: Record<string, SimulatedVif>;
  customers: Record<string, Customer>;
  lastUniqueId: number;
}

const emptyState = (): SimulatedState => ({ gateways: {}, vpcs: {}, attachments: {}, tunnels: {}, vifs: {}, customers: {}, lastUniqueId: 0 });

/** Simulated daemons outlive the worker as real ones do: what they hold is in this file, written after each change. */
export class StateStore {
  readonly state: SimulatedState;

  constructor(private readonly file: string | undefined) {
    this.state = file !== undefined && existsSync(file) ? { ...emptyState(), ...(JSON.parse(readFileSync(file, 'utf8')) as SimulatedState) } : emptyState();
  }

  save(): void {
    if (this.file === undefined) return;
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify(this.state));
    renameSync(`${this.file}.new`, this.file);
  }
}

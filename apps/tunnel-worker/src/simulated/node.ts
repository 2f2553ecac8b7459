import { setTimeout as sleep } from 'node:timers/promises';
import type { BirdGateway } from '@bordergate/bird';
import { formatIpv4, parseIpv4, toIpv4 } from '@bordergate/kernel';
import { type AttachmentPort, birdProtocolName, type Change, DataPlaneError, deviceNames, type TunnelPort, type VifPort } from '../data-plane.js';
import { type Customer, type SimulatedGateway, type SimulatedState, type SimulatedTunnel, type SimulatedVif, StateStore } from './state.js';

export interface SimulatedNodeOptions {
  /** Holds the state over restarts of the worker; in memory only when not said. */
  readonly file?: string;
  readonly now?: () => number;
  /** Hears what the daemons are told, in order. */
  readonly tell?: (what: string) => void;
}

/** The customer's end of a line: the first address of the /30, of which the cloud has the second (semantics 3.5). */
export const otherEnd = ({ localAddress }: VifPort): string => formatIpv4(toIpv4(parseIpv4(localAddress.split('/')[0]!)! - 1));

/** How long a negotiation takes, and how soon an unreachable peer is given up: shorter than charon, so nobody waits for a simulation. */
const NEGOTIATION_MS = 30;
const GIVE_UP_MS = 200;

/**
 * The machine behind the simulated driver: charons, BIRDs, and the customers' routers at the other end. No packet ever
 * moves. Rules, applied after every change (`#settle`): a session is established while its tunnel's device is up and its
 * customer is willing; a customer whose line returns calls again.
 */
export class SimulatedNode {
  readonly now: () => number;
  readonly tell: (what: string) => void;
  readonly #store: StateStore;
  #listener: (change: Change) => void = () => {};

  constructor({ file, now = Date.now, tell = () => {} }: SimulatedNodeOptions = {}) {
    this.#store = new StateStore(file);
    this.now = now;
    this.tell = tell;
  }

  get state(): SimulatedState {
    return this.#store.state;
  }

  onChange(listener: (change: Change) => void): void {
    this.#listener = listener;
  }

  tunnel(tunnelId: string): SimulatedTunnel | undefined {
    return this.state.tunnels[tunnelId];
  }

  ensureTunnel(port: TunnelPort): SimulatedTunnel {
    const tunnel = this.tunnel(port.tunnelId) ?? { port, charonStartedAt: null, connections: [], secrets: [], sas: [], device: null, traffic: { ms: 0, since: null } };
    this.state.tunnels[port.tunnelId] = tunnel;
    tunnel.port = port;
    if (tunnel.charonStartedAt === null) {
      this.tell(`start charon ${port.tunnelId}`);
      tunnel.charonStartedAt = this.now();
    }
    return tunnel;
  }

  gateway(borderGatewayId: string): SimulatedGateway | undefined {
    return this.state.gateways[borderGatewayId];
  }

  configure(borderGatewayId: string, value: BirdGateway): void {
    this.state.gateways[borderGatewayId]!.bird = value;
    this.changed();
  }

  customer(address: string): Customer {
    return this.state.customers[address] ?? { announce: [], prepend: 0, linkUp: true, bgpUp: true };
  }

  setCustomer(address: string, changes: Partial<Customer>): Customer {
    const before = this.customer(address);
    const after = { ...before, ...changes };
    this.state.customers[address] = after;
    for (const tunnel of Object.values(this.state.tunnels)) {
      if (tunnel.port.customerIp !== address) continue;
      if (before.linkUp && !after.linkUp && tunnel.sas.length > 0) {
        tunnel.sas = [];
        this.#emit({ what: 'tunnel', tunnelId: tunnel.port.tunnelId, event: 'DPD check timed out, enforcing DPD action' });
      }
      // Its router calls by itself, as far as our side is configured for it.
      if (!before.linkUp && after.linkUp && tunnel.connections.length > 0) this.#establish(tunnel, tunnel.connections[0]!);
    }
    this.changed();
    const ports = [...Object.values(this.state.tunnels).filter(({ port }) => port.customerIp === address), ...Object.values(this.state.vifs).filter(({ port }) => otherEnd(port) === address)];
    const gateways = new Set(ports.map(({ port }) => port.borderGatewayId));
    for (const borderGatewayId of gateways) this.#emit({ what: 'gateway', borderGatewayId, event: 'announcements changed' });
    return after;
  }

  async initiate(port: TunnelPort, ike: string, timeoutMs: number): Promise<void> {
    this.tell(`initiate ${ike}`);
    await sleep(this.customer(port.customerIp).linkUp ? NEGOTIATION_MS : Math.min(timeoutMs, GIVE_UP_MS), undefined, { ref: false });
    const tunnel = this.tunnel(port.tunnelId);
    const refused = (detail: string) => new DataPlaneError(`initiate ${ike} (simulated)`, detail);
    if (!tunnel?.connections.includes(ike)) throw refused(`there is no connection ${ike}`);
    if (!this.customer(port.customerIp).linkUp) throw refused('retransmit 3 of request with message ID 0\ngiving up after 3 retransmits\nestablishing IKE_SA failed, peer not responding');
    this.#establish(tunnel, ike);
    this.changed();
  }

  terminate(port: TunnelPort, which: (sa: SimulatedTunnel['sas'][number]) => boolean): void {
    const tunnel = this.tunnel(port.tunnelId);
    if (!tunnel) return;
    tunnel.sas = tunnel.sas.filter(sa => !which(sa));
    this.#emit({ what: 'tunnel', tunnelId: port.tunnelId, event: 'ike-updown down' });
    this.changed();
  }

  removeTunnel(tunnelId: string): void {
    delete this.state.tunnels[tunnelId];
    this.changed();
  }

  attachments(): AttachmentPort[] {
    return Object.values(this.state.attachments);
  }

  deviceUp(borderGatewayId: string, device: string): boolean {
    const tunnel = Object.values(this.state.tunnels).find(each => deviceNames.tunnel(each.port.tunnelId) === device && each.port.borderGatewayId === borderGatewayId);
    if (tunnel) return tunnel.device?.up ?? false;
    const vif = Object.values(this.state.vifs).find(each => deviceNames.vif(each.port.vifId) === device && each.port.borderGatewayId === borderGatewayId);
    if (vif) return this.carries(vif);
    return this.attachments().some(each => each.borderGatewayId === borderGatewayId && deviceNames.attachment(each.vpcAttachmentId) === device);
  }

  /** What an established session's peer announces. */
  learned(borderGatewayId: string, protocol: string): { prefix: string; asPath: number[] }[] {
    const gateway = this.gateway(borderGatewayId);
    const session = gateway?.bird?.bgp.find(({ name }) => name === protocol);
    const address = this.#tunnelOf(borderGatewayId, protocol)?.port.customerIp ?? this.#lineOf(borderGatewayId, protocol);
    if (!gateway || !session || address === undefined || gateway.established[protocol] === undefined) return [];
    const { announce, prepend } = this.customer(address);
    return announce.map(prefix => ({ prefix, asPath: Array.from({ length: 1 + prepend }, () => session.neighborAsn) }));
  }

  bgpEstablished({ borderGatewayId, tunnelId }: TunnelPort): boolean {
    return this.gateway(borderGatewayId)?.established[birdProtocolName(tunnelId)] !== undefined;
  }

  /** After every change: sessions and traffic follow, the state is saved, gateways are looked at again. */
  changed(): void {
    for (const tunnel of Object.values(this.state.tunnels)) this.#countTraffic(tunnel);
    for (const [borderGatewayId, gateway] of Object.entries(this.state.gateways)) this.#settle(borderGatewayId, gateway);
    this.#store.save();
  }

  #settle(borderGatewayId: string, gateway: SimulatedGateway): void {
    const before = JSON.stringify(gateway);
    const wanted = new Map((gateway.bird?.bgp ?? []).map(session => [session.name, session]));
    for (const name of Object.keys(gateway.established)) {
      const reason = wanted.has(name) ? this.#whyNot(borderGatewayId, gateway, name) : 'Peer de-configured';
      if (reason === undefined) continue;
      delete gateway.established[name];
      gateway.closed[name] = { at: this.now(), reason };
    }
    for (const name of wanted.keys()) {
      if (this.#whyNot(borderGatewayId, gateway, name) === undefined) gateway.established[name] ??= this.now();
    }
    for (const name of Object.keys(gateway.closed)) if (!wanted.has(name)) delete gateway.closed[name];
    if (JSON.stringify(gateway) !== before) this.#emit({ what: 'gateway', borderGatewayId, event: 'sessions changed' });
  }

  /** Why a session is not established; undefined when nothing is in its way. */
  #whyNot(borderGatewayId: string, gateway: SimulatedGateway, protocol: string): string | undefined {
    const tunnel = this.#tunnelOf(borderGatewayId, protocol);
    if (gateway.disabled.includes(protocol)) return 'Administrative shutdown';
    const line = tunnel ? undefined : this.#lineOf(borderGatewayId, protocol);
    if (line !== undefined) {
      if (!Object.values(this.state.vifs).some(vif => otherEnd(vif.port) === line && vif.port.borderGatewayId === borderGatewayId && this.carries(vif))) return 'Link down';
      return this.customer(line).bgpUp ? undefined : 'Received: Administrative shutdown';
    }
    if (!tunnel?.device?.up) return 'Link down';
    const customer = this.customer(tunnel.port.customerIp);
    if (!customer.linkUp || tunnel.sas.length === 0) return 'Hold timer expired';
    return customer.bgpUp ? undefined : 'Received: Administrative shutdown';
  }

  /** A line carries while its device is up and somebody is at its other end. */
  carries({ port, up }: SimulatedVif): boolean {
    return up && this.customer(otherEnd(port)).linkUp;
  }

  /** The customer's address on the direct line that a session runs over. */
  #lineOf(borderGatewayId: string, protocol: string): string | undefined {
    const vif = Object.values(this.state.vifs).find(({ port }) => port.borderGatewayId === borderGatewayId && birdProtocolName(port.vifId) === protocol);
    return vif && otherEnd(vif.port);
  }

  #tunnelOf(borderGatewayId: string, protocol: string): SimulatedTunnel | undefined {
    return Object.values(this.state.tunnels).find(({ port }) => port.borderGatewayId === borderGatewayId && birdProtocolName(port.tunnelId) === protocol);
  }

  #establish(tunnel: SimulatedTunnel, ike: string): void {
    tunnel.sas.push({ name: ike, uniqueId: ++this.state.lastUniqueId, establishedAt: this.now() });
    this.#emit({ what: 'tunnel', tunnelId: tunnel.port.tunnelId, event: 'child-updown up' });
  }

  #countTraffic(tunnel: SimulatedTunnel): void {
    const passes = (tunnel.device?.up ?? false) && tunnel.sas.length > 0;
    const { traffic } = tunnel;
    if (passes) traffic.since ??= this.now();
    else if (traffic.since !== null) Object.assign(traffic, { ms: traffic.ms + this.now() - traffic.since, since: null });
  }

  // Never inside of the change itself: the worker must not be called back by its own command.
  #emit(change: Change): void {
    setImmediate(() => this.#listener(change));
  }
}

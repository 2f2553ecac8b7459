import type { TunnelSpec } from '@bordergate/contracts';
import type { FoundTunnel, NodeNames } from '@bordergate/tunnel-core';
import type { Agenda } from './agenda.js';
import { FakeBird, type Speaker } from './bird.js';
import { FakeCharon } from './charon.js';
import { pairOf, type Internet } from './internet.js';

/** Names as long as their ids: nobody reads them but us. */
export const names: NodeNames & { attachmentDevice(vpcAttachmentId: string): string } = {
  tunnelDevice: (tunnelId) => `t-${tunnelId}`,
  vifDevice: (vifId) => `d-${vifId}`,
  bgpProtocol: (tunnelId) => `b_${tunnelId}`,
  attachmentDevice: (vpcAttachmentId) => `a-${vpcAttachmentId}`,
  attachmentLink: (vpcAttachmentId) => ({ device: names.attachmentDevice(vpcAttachmentId), vpcAddress: '100.64.0.2' }),
};

/** Who encrypts: charon itself, into a TUN that ends with it; or the kernel, whose SAs outlive it, and so does the device. */
export type Esp = 'user-space' | 'kernel';

interface NodeTunnel {
  readonly pair: string;
  readonly charon: FakeCharon;
  /** SAs of a charon that died are in the kernel. */
  outlived: boolean;
  device: { up: boolean; address: string; bandwidthMbps: number } | null;
}

/** A node's Linux: what its worker made there, and what outlives the worker. */
export class FakeNode {
  readonly birds = new Map<string, FakeBird>();
  readonly #tunnels = new Map<string, NodeTunnel>();
  /** The worker's ears: replaced when it restarts. */
  changed: () => void = () => {};
  ended: (tunnelId: string, name: string, lines: readonly string[], attempt: boolean) => void = () => {};

  constructor(readonly name: string, readonly agenda: Agenda, readonly internet: Internet, readonly esp: Esp) {
    internet.onChange((pair, event) => {
      for (const tunnel of this.#tunnels.values()) {
        if (tunnel.pair !== pair) continue;
        if (event === 'deleted') tunnel.charon.peerDeleted();
        else tunnel.charon.peerChanged();
      }
      this.#stir();
    });
  }

  get tunnelIds(): string[] {
    return [...this.#tunnels.keys()];
  }

  ensureOuter(spec: TunnelSpec): void {
    const { tunnelId } = spec;
    if (!this.#tunnels.has(tunnelId)) {
      const charon = new FakeCharon(this.agenda, this.internet, pairOf(spec), () => this.#stir(), (name, lines, attempt) => this.ended(tunnelId, name, lines, attempt));
      this.#tunnels.set(tunnelId, { pair: pairOf(spec), charon, outlived: false, device: null });
    }
    this.charon(tunnelId).start();
  }

  ensureDevice(spec: TunnelSpec): void {
    const tunnel = this.#tunnel(spec.tunnelId);
    tunnel.device = { up: tunnel.device?.up ?? false, address: `${spec.localTunnelIp}/30`, bandwidthMbps: spec.options.bandwidthMbps };
  }

  /** Down is what an absent device is, too. */
  setDevice(tunnelId: string, up: boolean): void {
    const tunnel = this.#tunnel(tunnelId);
    if (up && !tunnel.device) throw new Error(`${this.name}: no device of ${tunnelId}`);
    if (tunnel.device) tunnel.device.up = up;
    if (!up) tunnel.outlived = false;
    this.#stir();
  }

  charon(tunnelId: string): FakeCharon {
    return this.#tunnel(tunnelId).charon;
  }

  /** kill -9, when there is one to kill. */
  killCharon(tunnelId: string): void {
    const tunnel = this.#tunnels.get(tunnelId);
    if (!tunnel) return;
    if (this.esp === 'kernel') tunnel.outlived ||= tunnel.charon.usable;
    else tunnel.device = null;
    tunnel.charon.die();
  }

  removeTunnel(tunnelId: string): void {
    this.#tunnels.get(tunnelId)?.charon.die();
    this.#tunnels.delete(tunnelId);
    this.#stir();
  }

  inspect(tunnelId: string): FoundTunnel {
    const tunnel = this.#tunnels.get(tunnelId);
    if (!tunnel) return { outer: false, charonRunning: false, connections: [], secrets: [], ikeSas: [], device: null };
    const { charon, device } = tunnel;
    return { outer: true, charonRunning: charon.running, connections: [...charon.connections.keys()], secrets: [...charon.secrets.keys()], ikeSas: charon.list(), device };
  }

  bird(borderGatewayId: string): FakeBird {
    const bird = this.birds.get(borderGatewayId) ?? new FakeBird(this.agenda, {
      isUp: (device) => this.#isUp(device), carries: (device) => this.carries(device), speaker: (device) => this.#speaker(device), changed: () => this.#stir(),
    });
    this.birds.set(borderGatewayId, bird);
    return bird;
  }

  removeGateway(borderGatewayId: string): void {
    this.birds.get(borderGatewayId)?.stop();
    this.birds.delete(borderGatewayId);
  }

  /** Packets sent into a device arrive: an SA, a line, somebody at its end. Attachments always carry. */
  carries(device: string): boolean {
    const tunnel = this.#byDevice(device);
    if (!tunnel) return !device.startsWith('t-');
    return tunnel.device?.up === true && (tunnel.charon.usable || tunnel.outlived) && this.internet.reaches(tunnel.pair);
  }

  #isUp(device: string): boolean {
    return device.startsWith('t-') ? this.#byDevice(device)?.device?.up === true : true;
  }

  #speaker(device: string): Speaker | undefined {
    const tunnel = this.#byDevice(device);
    const bgp = tunnel && this.internet.peer(tunnel.pair)?.bgp;
    return bgp ? { ...bgp, announces: this.internet.announcedBy(tunnel.pair) } : undefined;
  }

  #byDevice(device: string): NodeTunnel | undefined {
    return [...this.#tunnels].find(([tunnelId]) => names.tunnelDevice(tunnelId) === device)?.[1];
  }

  #tunnel(tunnelId: string): NodeTunnel {
    const tunnel = this.#tunnels.get(tunnelId);
    if (!tunnel) throw new Error(`${this.name}: no tunnel ${tunnelId}`);
    return tunnel;
  }

  #stir(): void {
    for (const bird of this.birds.values()) bird.look();
    this.changed();
  }
}

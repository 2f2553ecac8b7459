import { sameData } from '@bordergate/kernel';
import { backoffMs, type Wanted } from '@bordergate/tunnel-core';
import type { Context } from './context.js';
import type { AttachmentLink, AttachmentPort, VifPlace } from './data-plane.js';
import { Lane } from './lane.js';

export interface TopologySurroundings {
  wanted(): Wanted;
  settled(): boolean;
  /** The gateway of a tunnel that is found; undefined when no decision ever named it. */
  gatewayOf(tunnelId: string): string | undefined;
  /** BIRD has to leave a link before it goes. */
  configureBird(borderGatewayId: string): Promise<void>;
  /** Tunnels that are there, wanted or not. */
  foundTunnels(tunnelIds: readonly string[]): void;
  /** Virtual interfaces that are there, wanted or not. */
  foundVifs(vifs: readonly VifPlace[]): void;
  /** Resolves when nothing works on it any more, so that its namespace may go. */
  gatewayLeaves(borderGatewayId: string): Promise<void>;
  changed(): void;
}

/**
 * Namespaces of gateways and VPCs and the links between them: one at a time, since they hang together. Makes what
 * others stand on first, and removes it last: routes, links, then the namespaces on both ends, and a gateway's only
 * when its tunnels are gone. Nothing is removed before all facts are in.
 */
export class TopologyRunner {
  readonly #lane: Lane;
  readonly #gateways = new Set<string>();
  readonly #links = new Map<string, AttachmentLink>();
  #linked = false;

  constructor(private readonly context: Context, private readonly around: TopologySurroundings) {
    this.#lane = new Lane({
      work: () => context.metrics.timed('topology', () => this.#work()),
      onError: error => context.metrics.failed('topology', error, {}),
      backoffMs,
    });
  }

  trigger(): void {
    this.#lane.trigger();
  }

  idle(): Promise<void> {
    return this.#lane.idle();
  }

  close(): Promise<void> {
    return this.#lane.close();
  }

  hasGateway(borderGatewayId: string): boolean {
    return this.#gateways.has(borderGatewayId);
  }

  /** Links have been looked for: before that, BIRD would be told to forget the routes over them. */
  get linked(): boolean {
    return this.#linked;
  }

  link(vpcAttachmentId: string): AttachmentLink | undefined {
    return this.#links.get(vpcAttachmentId);
  }

  async #work(): Promise<null> {
    const { dataPlane } = this.context;
    const wanted = this.around.wanted();
    const found = await dataPlane.found();
    if (this.#linked) this.#tellFound(found);
    const steps = new Steps();

    for (const [id, { transitEnabled }] of wanted.gateways) {
      await steps.take(async () => {
        await dataPlane.ensureGateway({ borderGatewayId: id, transitEnabled });
        this.#gateways.add(id);
      });
    }
    // Decisions suffice for namespaces and tunnels; routes of VPCs are derived, and may not all be here yet.
    if (this.around.settled()) {
      await this.#makeLinks(steps, wanted, found.attachments);
      if (!this.#linked) {
        this.#linked = true;
        this.#tellFound(found); // unwanted ones waited for it
      }
      await this.#remove(steps, wanted, found);
    }
    this.around.changed();
    steps.end();
    return null;
  }

  #tellFound({ tunnelIds, vifs }: Pick<Awaited<ReturnType<Context['dataPlane']['found']>>, 'tunnelIds' | 'vifs'>): void {
    this.around.foundTunnels(tunnelIds);
    this.around.foundVifs(vifs);
  }

  async #makeLinks(steps: Steps, wanted: Wanted, found: readonly AttachmentPort[]): Promise<void> {
    const { dataPlane } = this.context;
    const attachments = attachmentsOf(wanted);
    // An attachment that moved to another VPC is another link under the same name.
    for (const old of found) {
      const now = attachments.get(old.vpcAttachmentId);
      if (now && !sameData(now, old)) await steps.take(() => this.#unlink(old));
    }
    const complete = new Set(found.filter(each => sameData(attachments.get(each.vpcAttachmentId), each)).map(each => each.vpcAttachmentId));
    for (const vpc of wanted.vpcs.values()) await steps.take(() => dataPlane.ensureVpc(plain(vpc)));
    const fresh = new Set<string>();
    for (const attachment of attachments.values()) {
      await steps.take(async () => {
        this.#links.set(attachment.vpcAttachmentId, await dataPlane.ensureAttachment(attachment));
        if (!complete.has(attachment.vpcAttachmentId)) fresh.add(attachment.vpcId);
      });
    }
    // A VPC's routes can lead over a link only once it is there.
    for (const vpcId of fresh) await steps.take(() => dataPlane.ensureVpc(plain(wanted.vpcs.get(vpcId)!)));
  }

  async #remove(steps: Steps, wanted: Wanted, found: Awaited<ReturnType<Context['dataPlane']['found']>>): Promise<void> {
    const { dataPlane, publisher, region, node } = this.context;
    const attachments = attachmentsOf(wanted);
    for (const old of found.attachments) if (!attachments.has(old.vpcAttachmentId)) await steps.take(() => this.#unlink(old));
    for (const id of found.borderGatewayIds) {
      if (wanted.gateways.has(id)) continue;
      // Its tunnels end in its namespace: they go first, and trigger this again when they have. One that nobody knows may be anywhere.
      if (found.tunnelIds.some(tunnelId => (this.around.gatewayOf(tunnelId) ?? id) === id && !wanted.tunnels.has(tunnelId))) continue;
      if (found.vifs.some(vif => vif.borderGatewayId === id)) continue; // the same: a line is drained before it is given back
      await steps.take(async () => {
        // Wanted again meanwhile, it has to wait until it is made anew.
        this.#gateways.delete(id);
        await this.around.gatewayLeaves(id);
        await dataPlane.removeGateway(id);
        publisher.observations([{ type: 'KernelFibObserved', region, borderGatewayId: id, node, entries: [] }]);
      });
    }
    for (const id of found.vpcIds) if (!wanted.vpcs.has(id)) await steps.take(() => dataPlane.removeVpc(id));
  }

  async #unlink(attachment: AttachmentPort): Promise<void> {
    this.#links.delete(attachment.vpcAttachmentId);
    await this.around.configureBird(attachment.borderGatewayId);
    await this.context.dataPlane.removeAttachment(attachment);
  }
}

/** One step's failure does not stop the others; all of them are told together at the end. */
class Steps {
  readonly #errors: unknown[] = [];

  async take(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#errors.push(error);
    }
  }

  end(): void {
    if (this.#errors.length === 1) throw this.#errors[0];
    if (this.#errors.length > 1) throw new AggregateError(this.#errors, `${this.#errors.length} steps failed`);
  }
}

const attachmentsOf = (wanted: Wanted): Map<string, AttachmentPort> =>
  new Map([...wanted.gateways.values()].flatMap(gateway => gateway.attachments.map(each => [each.vpcAttachmentId, { ...each }])));

const plain = <T>(value: T): Mutable<T> => structuredClone(value) as Mutable<T>;
type Mutable<T> = T extends readonly (infer I)[] ? Mutable<I>[] : T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

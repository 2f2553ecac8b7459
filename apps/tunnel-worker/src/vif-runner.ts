import { setTimeout as sleep } from 'node:timers/promises';
import type { TunnelObservation } from '@bordergate/contracts';
import { exhaustive } from '@bordergate/kernel';
import { backoffMs, planVif, vifSnapshotOf, type FoundVif, type VifOperation, type VifSnapshot, type WantedVif } from '@bordergate/tunnel-core';
import type { Context } from './context.js';
import type { VifPlace, VifPort } from './data-plane.js';
import { Lane } from './lane.js';

/** What a virtual interface needs of the rest of its node. */
export interface VifSurroundings {
  wanted(vifId: string): WantedVif | undefined;
  /** The gateway's namespace is there. */
  gatewayReady(borderGatewayId: string): boolean;
  /** All facts are in, so that BIRD may be told to do without it, and what nobody wants may go. */
  settled(): boolean;
  withdraw(borderGatewayId: string, vifId: string): Promise<void>;
  restore(borderGatewayId: string, vifId: string): void;
  routingChanged(borderGatewayId: string): void;
  /** It is not wanted and its line was given back. */
  gone(place: VifPlace): void;
}

export const vifPort = ({ ref, line, localAddress }: WantedVif): VifPort =>
  ({ vifId: ref.vifId, borderGatewayId: ref.borderGatewayId, interface: line.interface, vlanId: line.vlanId, localAddress });

/** One virtual interface: looks, plans, carries out, looks again, and tells what became of it. */
export class VifRunner {
  readonly #lane: Lane;
  #snapshot: VifSnapshot | undefined;

  constructor(private readonly context: Context, readonly place: VifPlace, private readonly around: VifSurroundings) {
    this.#lane = new Lane({
      work: () => context.metrics.timed('vif', () => this.#work()),
      onError: error => context.metrics.failed('vif', error, { vifId: place.vifId }),
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

  async #work(): Promise<null> {
    const { place: { vifId, borderGatewayId }, around } = this;
    const wanted = around.wanted(vifId);
    if (!wanted && !around.settled()) return null;
    if (wanted && !around.gatewayReady(borderGatewayId)) return null;
    const found = await this.#look(wanted);
    const operations = planVif(wanted, found);
    if (operations.some(({ op }) => op === 'withdraw') && !around.settled()) return null;
    if (operations.length > 0) {
      await this.#carryOut(wanted, operations);
      await this.#look(wanted);
    }
    if (!wanted) {
      this.context.publisher.observations([{ type: 'VifGone', region: this.context.region, node: this.context.node, vifId, borderGatewayId }]);
      around.gone(this.place);
    }
    return null;
  }

  /** Tells when it looks another way than last time. */
  async #look(wanted: WantedVif | undefined): Promise<FoundVif> {
    const { dataPlane, publisher, clock } = this.context;
    // What is to be given back needs no line to be looked at: it is known by what it is called.
    const found = await dataPlane.vifs.inspect(wanted ? vifPort(wanted) : { ...this.place, interface: '', vlanId: 0, localAddress: '' });
    if (!wanted) return found;
    const before = this.#snapshot;
    const after = vifSnapshotOf(before, wanted, found, clock.now());
    if (before?.reason === after.reason && before.detail === after.detail && before.operStatus === after.operStatus) return found;
    const driver = dataPlane.kind === 'simulated' ? 'simulated' : 'linux';
    publisher.observations([{ type: 'VifOperStatusChanged', ...wanted.ref, ...after, driver } satisfies TunnelObservation]);
    this.#snapshot = after;
    return found;
  }

  async #carryOut(wanted: WantedVif | undefined, operations: readonly VifOperation[]): Promise<void> {
    const { vifId, borderGatewayId } = this.place;
    let withdrawn = false;
    try {
      for (const operation of operations) {
        this.context.log.info('virtual interface operation', { vifId, ...operation });
        withdrawn ||= operation.op === 'withdraw';
        await this.#perform(wanted, operation);
      }
    } finally {
      if (withdrawn) this.around.restore(borderGatewayId, vifId);
    }
  }

  async #perform(wanted: WantedVif | undefined, operation: VifOperation): Promise<void> {
    const { place, around, context: { dataPlane: { vifs } } } = this;
    switch (operation.op) {
      case 'take': return vifs.take(vifPort(wanted!));
      case 'withdraw': return around.withdraw(place.borderGatewayId, place.vifId);
      case 'wait': return sleep(operation.ms);
      case 'set-device':
        await vifs.setDevice(place, operation.up);
        return around.routingChanged(place.borderGatewayId);
      case 'give-back': return vifs.giveBack(place);
      default: return exhaustive(operation);
    }
  }
}

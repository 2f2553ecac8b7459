import { setTimeout as sleep } from 'node:timers/promises';
import type { NegotiationFault, TunnelObservation, TunnelRef } from '@bordergate/contracts';
import { exhaustive } from '@bordergate/kernel';
import {
  backoffMs, callsUnderWay, diagnose, failedAgain, isLeftUp, isUsableSa, observations, plan, snapshotOf, type CallsUnderWay, type Diagnosis, type FailedAttempts, type KnownTunnel, type Operation,
  type TunnelSnapshot, type Verdict, type WantedTunnel,
} from '@bordergate/tunnel-core';
import { portOf, tunnelPort, type Context } from './context.js';
import { DataPlaneError, type TunnelFound, type TunnelPort } from './data-plane.js';
import { Lane } from './lane.js';

/** What a tunnel needs of the rest of its node. */
export interface TunnelSurroundings {
  wanted(tunnelId: string): WantedTunnel | undefined;
  known(tunnelId: string): KnownTunnel | undefined;
  /** The gateway's namespace is there. */
  gatewayReady(borderGatewayId: string): boolean;
  /** All facts are in, so that BIRD may be told to do without a tunnel. */
  settled(): boolean;
  withdraw(borderGatewayId: string, tunnelId: string): Promise<void>;
  restore(borderGatewayId: string, tunnelId: string): void;
  verdict(borderGatewayId: string, tunnelId: string): Verdict;
  /** The IKE SAs that carry it; none when its end is intended, which must not look like a failure. */
  carriedBy(borderGatewayId: string, tunnelId: string, ikeSas: readonly string[]): void;
  /** Its device went up or down: BIRD and the kernel have something new to say. */
  routingChanged(borderGatewayId: string): void;
  /** It is not wanted and nothing of it is left. */
  gone(tunnelId: string): void;
}

const INITIATE_MS = 10_000;
const TERMINATE_MS = 2_000;

/** One tunnel: looks, plans, carries out, looks again, and tells what happened. Only this tunnel's things are touched. */
export class TunnelRunner {
  readonly #lane: Lane;
  #snapshot: TunnelSnapshot | undefined;
  #failed: readonly FailedAttempts[] = [];
  #diagnosis: Diagnosis | undefined;
  #initiating: string | undefined;
  #calling: CallsUnderWay = new Map();
  /** Negotiations that failed since the last look; told with the next one. */
  #failures: Diagnosis[] = [];
  readonly #failureCounts = new Map<NegotiationFault, number>();

  constructor(private readonly context: Context, readonly tunnelId: string, private readonly around: TunnelSurroundings) {
    this.#lane = new Lane({
      work: () => context.metrics.timed('tunnel', () => this.#work()),
      onError: error => context.metrics.failed('tunnel', error, { tunnelId }),
      backoffMs,
    });
  }

  get snapshot(): TunnelSnapshot | undefined {
    return this.#snapshot;
  }

  /** Negotiations that failed since this worker has the tunnel. */
  get failureCounts(): ReadonlyMap<NegotiationFault, number> {
    return this.#failureCounts;
  }

  trigger(): void {
    this.#lane.trigger();
  }

  /** A driver's word on what it saw; only its reason is kept, and only until the tunnel is up again. */
  noted(event: string): void {
    const diagnosis = diagnose([event]);
    if (diagnosis.fault === 'peer-deleted' || diagnosis.fault === 'dpd-timeout') this.#diagnosis = diagnosis;
    this.trigger();
  }

  idle(): Promise<void> {
    return this.#lane.idle();
  }

  close(): Promise<void> {
    return this.#lane.close();
  }

  async #work(): Promise<number | null> {
    const { tunnelId, around, context: { dataPlane, clock } } = this;
    const wanted = around.wanted(tunnelId);
    const known = around.known(tunnelId);
    if (!wanted && !around.settled()) return null;
    if (!wanted && !known) {
      // No decision ever named it: there is nobody to be drained for, and no address to look at.
      await dataPlane.removeTunnel({ tunnelId });
      around.gone(tunnelId);
      return null;
    }
    const port = wanted ? portOf(wanted) : tunnelPort(known!.borderGatewayId, known!.spec);
    if (wanted && !around.gatewayReady(port.borderGatewayId)) return null;

    if (wanted?.adminStatus === 'DOWN') this.#forgetFailures();
    const found = await dataPlane.inspect(port);
    if (wanted) this.#observe(wanted, found);
    this.#calling = callsUnderWay(this.#calling, found, clock.now());
    const verdict = around.verdict(port.borderGatewayId, tunnelId);
    const { operations, retryAt } = plan({ tunnelId, wanted, found, failed: this.#failed, initiating: this.#initiating, verdict, calling: this.#calling, now: clock.now() });
    if (operations.some(({ op }) => op === 'withdraw') && !around.settled()) return null;
    if (operations.length > 0) {
      await this.#carryOut(port, operations);
      if (wanted) this.#observe(wanted, await dataPlane.inspect(port));
    }
    if (!wanted) this.#leave(known!);
    return retryAt === null ? null : Math.max(0, retryAt - clock.now());
  }

  async #carryOut(port: TunnelPort, operations: readonly Operation[]): Promise<void> {
    let withdrawn = false;
    try {
      for (const operation of operations) {
        this.context.log.info('tunnel operation', { tunnelId: port.tunnelId, ...describe(operation) });
        withdrawn ||= operation.op === 'withdraw';
        await this.#perform(port, operation);
        // Its answer may take seconds, and the tunnel must stay open to other decisions: what follows is planned anew.
        if (operation.op === 'initiate') break;
      }
    } finally {
      if (withdrawn) this.around.restore(port.borderGatewayId, port.tunnelId);
    }
  }

  async #perform(port: TunnelPort, operation: Operation): Promise<void> {
    const { dataPlane, fetchPsk } = this.context;
    switch (operation.op) {
      case 'ensure-outer': return dataPlane.ensureOuter(port);
      case 'ensure-device': return dataPlane.ensureDevice(port);
      case 'load-shared': {
        const { id, pskRef, owners } = operation.secret;
        return dataPlane.charon(port).loadShared({ id, type: 'IKE', data: await fetchPsk(pskRef), owners: [...owners] });
      }
      case 'load-conn': return dataPlane.charon(port).loadConn(operation.name, operation.connection);
      case 'unload-conn': return dataPlane.charon(port).unloadConn(operation.name);
      case 'unload-shared': return dataPlane.charon(port).unloadShared(operation.id);
      case 'withdraw':
        this.around.carriedBy(port.borderGatewayId, port.tunnelId, []);
        return this.around.withdraw(port.borderGatewayId, port.tunnelId);
      case 'wait': return sleep(operation.ms);
      case 'terminate': return dataPlane.charon(port).terminate({ ikeId: operation.ikeId }, TERMINATE_MS);
      case 'set-device':
        await dataPlane.setDevice(port, operation.up);
        return this.around.routingChanged(port.borderGatewayId);
      case 'initiate': return this.#initiate(port, operation.ike, operation.child);
      case 'remove': return dataPlane.removeTunnel(port);
      default: return exhaustive(operation);
    }
  }

  #initiate(port: TunnelPort, ike: string, child: string): void {
    this.#initiating = ike;
    this.context.dataPlane.charon(port).initiate({ ike, child, timeoutMs: INITIATE_MS }).then(
      () => {
        this.#failed = this.#failed.filter(each => each.child !== child);
        if (this.#failed.length === 0) this.#diagnosis = undefined;
      },
      (error: unknown) => this.#initiationFailed({ ike, child }, error),
    ).finally(() => {
      this.#initiating = undefined;
      this.trigger();
    });
  }

  #initiationFailed({ ike, child }: { ike: string; child: string }, error: unknown): void {
    const lines = error instanceof DataPlaneError ? [...error.detail.split('\n'), error.command] : [error instanceof Error ? error.message : String(error)];
    this.context.log.info('negotiation failed', { tunnelId: this.tunnelId, connection: ike, child, lines });
    this.#diagnosis = diagnose(lines);
    this.#failures.push(this.#diagnosis);
    this.#failed = failedAgain(this.#failed, { ike, child }, this.context.clock.now());
  }

  /** Whoever disables a tunnel starts it afresh: what failed before is no reason to wait, nor why it will be down. */
  #forgetFailures(): void {
    this.#failed = [];
    this.#diagnosis = undefined;
    this.#failures = [];
  }

  /** Tells what happened since the last look. */
  #observe(wanted: WantedTunnel, found: TunnelFound): void {
    const { publisher, dataPlane, clock } = this.context;
    const failures = wanted.adminStatus === 'UP' ? [...this.#failures] : [];
    const look = { wanted, found, initiating: this.#initiating, verdict: this.around.verdict(wanted.ref.borderGatewayId, this.tunnelId) };
    // What outlives its charon goes on being listened to.
    if (!isLeftUp({ ...look, tunnelId: this.tunnelId })) {
      const carriers = wanted.adminStatus === 'UP' ? found.ikeSas.filter(isUsableSa).map(sa => String(sa.uniqueId)) : [];
      this.around.carriedBy(wanted.ref.borderGatewayId, this.tunnelId, carriers);
    }
    const after = snapshotOf(this.#snapshot, { ...look, diagnosis: this.#diagnosis, now: clock.now() });
    publisher.observations([...failures.map(failure => negotiationFailed(wanted.ref, failure)), ...observations(wanted.ref, dataPlane.kind, this.#snapshot, after)]);
    for (const { fault } of failures) this.#failureCounts.set(fault, (this.#failureCounts.get(fault) ?? 0) + 1);
    this.#failures = this.#failures.slice(failures.length);
    // A reason outlives the loss it explains, until the tunnel is up again.
    if (after.operStatus === 'UP' && this.#snapshot?.operStatus !== 'UP') this.#diagnosis = undefined;
    this.#snapshot = after;
  }

  #leave(known: KnownTunnel): void {
    const { publisher, region, node } = this.context;
    const { borderGatewayId, vpnConnectionId } = known;
    publisher.observations([{ type: 'TunnelGone', region, borderGatewayId, vpnConnectionId, tunnelId: this.tunnelId, node }]);
    this.around.gone(this.tunnelId);
  }
}

const negotiationFailed = (ref: TunnelRef, { fault, detail }: Diagnosis): TunnelObservation => ({ type: 'NegotiationFailed', ...ref, fault, detail });

/** For the log: what is done to what, without the connection's whole text. */
function describe(operation: Operation): Record<string, unknown> {
  switch (operation.op) {
    case 'load-conn': return { op: operation.op, name: operation.name };
    case 'load-shared': return { op: operation.op, id: operation.secret.id, pskRef: operation.secret.pskRef };
    default: return { ...operation };
  }
}

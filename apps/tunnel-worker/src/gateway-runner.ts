import { renderBirdConfig, type BirdProtocol, type BirdRoute } from '@bordergate/bird';
import { keyOf, peerIdOf, type BgpObservation, type PeerRef } from '@bordergate/contracts';
import { sameData } from '@bordergate/kernel';
import { backoffMs, birdIntent, epochOf, kernelFib, LEAVE_MS, peersOf, ribInChanges, type NodeNames, type Verdict, type WantedGateway } from '@bordergate/tunnel-core';
import type { Context } from './context.js';
import { birdProtocolName, deviceNames, type AttachmentLink, type BirdPort, type Judgement } from './data-plane.js';
import { Lane } from './lane.js';
import { LivenessRunner } from './liveness-runner.js';

export interface GatewaySurroundings {
  wanted(borderGatewayId: string): WantedGateway | undefined;
  ready(borderGatewayId: string): boolean;
  settled(): boolean;
  link(vpcAttachmentId: string): AttachmentLink | undefined;
  /** What bgp.rib-in.v1 holds of this node's peers. */
  readonly ribIn: Map<string, BgpObservation>;
  /** BIRD knows of a verdict: the tunnel's device may follow. */
  judged(tunnelId: string): void;
}

/** BIRD tells of a change before all of it has reached the kernel: look again until two looks agree. */
const LOOK_AGAIN_MS = 250;
/** A BIRD that starts again forwards on and has its sessions back within this: until then they count as they stood. */
const RECOVERY_MS = 5_000;
/** A session that is back has its routes some time after. */
const REPEATED_MS = 500;
/** Not at the limit itself: the next prefix would hit it again. */
const ENOUGH_ROOM = 0.9;

/** BIRD and the FIB of one gateway: configures the one, reports what both have. */
export class GatewayRunner {
  readonly #lane: Lane;
  readonly #withdrawn = new Set<string>();
  /** Tunnels and virtual interfaces that were wanted UP when BIRD was configured last. */
  #up: ReadonlySet<string> = new Set();
  /** Those that were disabled since, and until when they are used. */
  readonly #leaving = new Map<string, number>();
  readonly #names: NodeNames;
  readonly liveness: LivenessRunner;
  /** Tunnels that BIRD has been told to take no route over. */
  #quarantined: ReadonlySet<string> = new Set();
  #configuring: Promise<unknown> = Promise.resolve();
  #fib: unknown;
  /** When BIRD was seen not to run, or had to be started; until no session of before is waited for any more. */
  #awaySince: number | undefined;
  /** Whether the kernel had kept BIRD's routes then, and forwarded on: a machine that was switched off has kept nothing. */
  #keptRoutes = true;

  constructor(private readonly context: Context, readonly borderGatewayId: string, private readonly around: GatewaySurroundings) {
    this.#names = { tunnelDevice: deviceNames.tunnel, vifDevice: deviceNames.vif, bgpProtocol: birdProtocolName, attachmentLink: id => around.link(id) };
    this.liveness = new LivenessRunner(context, borderGatewayId);
    this.#lane = new Lane({
      work: () => context.metrics.timed('gateway', () => this.#work()),
      onError: error => context.metrics.failed('gateway', error, { borderGatewayId }),
      backoffMs,
    });
  }

  trigger(): void {
    this.#lane.trigger();
  }

  idle(): Promise<void> {
    return this.#lane.idle();
  }

  async close(): Promise<void> {
    this.liveness.close();
    await this.#lane.close();
    await this.#configuring;
  }

  /** Resolves when BIRD does not use the tunnel or virtual interface any more: neither its session nor its static next hops. */
  async withdraw(legId: string): Promise<void> {
    this.#withdrawn.add(legId);
    if (this.around.wanted(this.borderGatewayId)) await this.configure();
    else await this.#disable(birdProtocolName(legId));
    this.trigger();
  }

  restore(legId: string): void {
    this.#withdrawn.delete(legId);
    this.trigger();
  }

  /** The sentinel has another opinion of a tunnel. False when it is none of this gateway's. */
  judged(judgement: Judgement): boolean {
    if (!this.liveness.judged(judgement)) return false;
    this.#obey(judgement).catch((error: unknown) => this.context.metrics.failed('gateway', error, { borderGatewayId: this.borderGatewayId })).finally(() => {
      this.trigger();
      this.around.judged(judgement.tunnelId);
    });
    return true;
  }

  /** How soon a silence is found, and left, is the promise: both are timed. */
  async #obey({ tunnelId, because, heardMsAgo = 0 }: Judgement): Promise<void> {
    const { metrics, clock } = this.context;
    const { now, before } = this.liveness.verdict(tunnelId);
    const fell = because !== undefined && now !== 'usable' && before === 'usable';
    const judgedAt = clock.now();
    if (fell) metrics.detected(because, heardMsAgo);
    await this.configure();
    if (fell) metrics.switchedOver(because, clock.now() - judgedAt);
  }

  /**
   * Listening begins only when BIRD is in quarantine: with many routes, or a busy worker, that takes a while. A device that was held down must not come up
   * sooner, since the kernel would send packets into the silence again; and one that stayed up is in use until then.
   */
  verdict(tunnelId: string): Verdict {
    const { now, before } = this.liveness.verdict(tunnelId);
    return now === 'listening' && !this.#quarantined.has(tunnelId) ? before : now;
  }

  /** One at a time, and each from what is wanted when its turn comes. Answers whether BIRD got something new. */
  configure(): Promise<boolean> {
    const result = this.#configuring.then(async () => {
      const wanted = this.around.wanted(this.borderGatewayId);
      if (!wanted || !this.around.settled() || !this.around.ready(this.borderGatewayId)) return false;
      const bird = this.context.dataPlane.bird(this.borderGatewayId);
      const { silent } = this.liveness;
      const value = birdIntent(wanted, this.#names, { withdrawn: this.#withdrawn, leaving: this.#leavingOf(wanted), silent });
      const outcome = await bird.ensure({ value, text: renderBirdConfig(value, { logFile: bird.logFile }) });
      this.#quarantined = silent;
      if (outcome !== 'unchanged') this.context.log.info('bird', { borderGatewayId: this.borderGatewayId, outcome, sessions: value.bgp.length });
      if (outcome === 'started') this.#awaySince ??= this.context.clock.now();
      return outcome !== 'unchanged';
    });
    this.#configuring = result.catch(() => undefined); // whoever asked gets the error; the next one has its own try
    return result;
  }

  #leavingOf({ tunnels, vifs }: WantedGateway): ReadonlySet<string> {
    const now = this.context.clock.now();
    const up = new Set([...tunnels, ...vifs].filter(({ adminStatus }) => adminStatus === 'UP').map(({ ref }) => peerIdOf(ref)));
    for (const id of this.#up) if (!up.has(id)) this.#leaving.set(id, now + LEAVE_MS);
    for (const [id, until] of this.#leaving) if (up.has(id) || until <= now) this.#leaving.delete(id);
    this.#up = up;
    return new Set(this.#leaving.keys());
  }

  /** A gateway that is not wanted any more gets no new configuration; its last peers still hear good-bye. */
  async #disable(protocol: string): Promise<void> {
    const bird = this.context.dataPlane.bird(this.borderGatewayId);
    if (!(await bird.running())) return;
    if ((await bird.protocols()).some(({ name }) => name === protocol)) await bird.disable(protocol);
  }

  async #work(): Promise<number | null> {
    const wanted = this.around.wanted(this.borderGatewayId);
    if (!wanted || !this.around.ready(this.borderGatewayId)) return null;
    let changed = false;
    this.liveness.watch(wanted.tunnels.filter(tunnel => tunnel.adminStatus === 'UP'));
    try {
      changed = await this.configure();
    } finally {
      // What a BIRD that takes no configuration does, or that there is none, is told all the same.
      changed = (await this.#observePeers(wanted)) || changed;
      changed = (await this.#observeFib(wanted)) || changed;
    }
    return changed ? LOOK_AGAIN_MS : null;
  }

  /** A session of the BIRD before, which this one has not had the time to take up again, or whose routes have not come yet. */
  #mayReturn(ref: PeerRef, protocol: BirdProtocol | undefined, routes: readonly BirdRoute[], runs: boolean): boolean {
    const now = this.context.clock.now();
    if (this.#awaySince === undefined || now >= this.#awaySince + RECOVERY_MS || !this.#keptRoutes) return false;
    const { ribIn } = this.around;
    const session = ribIn.get(keyOf.bgpSession(ref.borderGatewayId, peerIdOf(ref)));
    // One that came up since, and was told, is one like any other.
    if (session?.type !== 'BgpSessionEstablished' || session.epoch >= this.#awaySince) return false;
    if (!protocol) return !runs;
    if (protocol.bgpState !== 'Established' || now < epochOf(protocol.since) + REPEATED_MS) return true;
    const told = keyOf.bgpRoute(ref.borderGatewayId, peerIdOf(ref), '');
    return routes.length === 0 && [...ribIn.keys()].some(key => key.startsWith(told) && ribIn.get(key)!.type === 'BgpRouteAnnounced');
  }

  /** Whoever watches over BIRD may have started it again between two looks: then its own device protocol is as old as it, and the kernel has kept its routes. */
  async #notice(runs: boolean, protocols: Iterable<BirdProtocol>): Promise<void> {
    if (this.#awaySince !== undefined) return;
    const now = this.context.clock.now();
    const device = [...protocols].find(({ proto }) => proto === 'Device');
    if (!runs) {
      this.#awaySince = now;
      this.#keptRoutes = (await this.context.dataPlane.kernelFib(this.borderGatewayId)).length > 0;
    } else if (device && now < epochOf(device.since) + RECOVERY_MS) {
      this.#awaySince = epochOf(device.since);
      this.#keptRoutes = true;
    }
  }

  /** Answers whether it is worth looking again soon. */
  async #observePeers(wanted: WantedGateway): Promise<boolean> {
    const { ribIn } = this.around;
    const bird = this.context.dataPlane.bird(this.borderGatewayId);
    const runs = await bird.running();
    const protocols = new Map((runs ? await bird.protocols() : []).map(protocol => [protocol.name, protocol]));
    await this.#notice(runs, protocols.values());
    if (runs) await this.#lookUpBfd([...protocols.values()].some(({ proto }) => proto === 'BFD'));
    let [changed, waiting] = [false, false];
    for (const { ref, neighborAddress, bgp } of peersOf(wanted)) {
      const protocol = protocols.get(birdProtocolName(peerIdOf(ref)));
      const routes = await this.#heard(bird, protocol);
      if (this.#mayReturn(ref, protocol, routes, runs)) {
        waiting = true;
        continue;
      }
      const rows = ribInChanges(ribIn, { ref, customerAsn: bgp?.customerAsn ?? 0, neighborAddress, protocol, routes });
      this.context.publisher.ribIn(this.borderGatewayId, rows);
      for (const { key, value } of rows) {
        if (value) ribIn.set(key, value);
        else ribIn.delete(key);
      }
      changed ||= rows.length > 0;
    }
    if (runs && !waiting) this.#awaySince = undefined;
    return changed || waiting;
  }

  /**
   * All that a peer says; of one that restarts gracefully, what BIRD keeps of it. A peer that once said more than is taken in has to say
   * all again when it has come to less: what was not taken in then is nowhere to be had (libs/bird, DESIGN.md).
   */
  async #heard(bird: BirdPort, protocol: BirdProtocol | undefined): Promise<BirdRoute[]> {
    if (!protocol || protocol.state === 'down') return [];
    if (protocol.bgpState !== 'Established') return bird.routesOf(protocol.name);
    const routes = await bird.heardFrom(protocol.name);
    if (protocol.receiveLimitHit && routes.length < protocol.receiveLimit! * ENOUGH_ROOM) {
      this.context.log.warn('a peer that said too much has come to less: its session begins anew', { borderGatewayId: this.borderGatewayId, protocol: protocol.name, routes: routes.length });
      await bird.restart(protocol.name);
    }
    return routes;
  }

  /** A worker that starts has seen none of their changes. */
  async #lookUpBfd(configured: boolean): Promise<void> {
    const { dataPlane } = this.context;
    // a BIRD without BFD in its configuration (static routing) refuses the question
    const sessions = configured ? await dataPlane.bird(this.borderGatewayId).bfdSessions() : [];
    dataPlane.sentinel.bfdLookedUp(this.borderGatewayId, sessions.filter(session => session.state === 'up').map(session => session.neighborAddress));
  }

  async #observeFib(wanted: WantedGateway): Promise<boolean> {
    const { dataPlane, publisher, region, node } = this.context;
    const names = { tunnelDevice: deviceNames.tunnel, vifDevice: deviceNames.vif, attachmentDevice: deviceNames.attachment };
    const fib = kernelFib({ region, node }, wanted, await dataPlane.kernelFib(this.borderGatewayId), names);
    if (sameData(fib, this.#fib)) return false;
    publisher.observations([fib]);
    this.#fib = fib;
    return true;
  }
}

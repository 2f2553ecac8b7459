import { sameData } from '@bordergate/kernel';
import type { Verdict, WantedTunnel } from '@bordergate/tunnel-core';
import type { Context } from './context.js';
import type { Judgement, SentinelTarget } from './data-plane.js';

/** What one gateway has with the sentinel: it is told whom to watch, and its verdicts are kept. */
export class LivenessRunner {
  readonly #verdicts = new Map<string, { readonly now: Verdict; readonly before: Verdict }>();
  /** What IKE says of tunnels, which may be before they are watched. */
  readonly #carriers = new Map<string, readonly string[]>();
  #tunnels: readonly WantedTunnel[] = [];
  #told: readonly SentinelTarget[] = [];

  constructor(private readonly context: Context, readonly borderGatewayId: string) {}

  /** The tunnels to be watched from now on. */
  watch(tunnels: readonly WantedTunnel[]): void {
    this.#tunnels = tunnels;
    for (const tunnelId of this.#verdicts.keys()) if (!tunnels.some(({ ref }) => ref.tunnelId === tunnelId)) this.#verdicts.delete(tunnelId);
    this.#tell();
  }

  verdict(tunnelId: string): { readonly now: Verdict; readonly before: Verdict } {
    return this.#verdicts.get(tunnelId) ?? { now: 'usable', before: 'usable' };
  }

  get silent(): ReadonlySet<string> {
    return new Set([...this.#verdicts].filter(([, { now }]) => now !== 'usable').map(([tunnelId]) => tunnelId));
  }

  /** The IKE SAs that carry a tunnel; to be told before anything is done that ends them, or else their end looks like a failure. */
  ike(tunnelId: string, ikeSas: readonly string[]): void {
    this.#carriers.set(tunnelId, ikeSas);
    this.#tell();
  }

  /** False when it is about another gateway's tunnel. */
  judged({ tunnelId, verdict }: Judgement): boolean {
    if (!this.#tunnels.some(({ ref }) => ref.tunnelId === tunnelId)) return false;
    this.#verdicts.set(tunnelId, { now: verdict, before: this.verdict(tunnelId).now });
    return true;
  }

  close(): void {
    this.watch([]);
  }

  #tell(): void {
    const targets = this.#tunnels.map(({ ref, spec, hasOtherElsewhere }): SentinelTarget => ({
      tunnelId: spec.tunnelId, localTunnelIp: spec.localTunnelIp, remoteTunnelIp: spec.remoteTunnelIp,
      ikeSas: this.#carriers.get(spec.tunnelId) ?? [], dpd: spec.options.ikeDpdSec > 0, vpnConnectionId: ref.vpnConnectionId, hasOtherElsewhere,
    }));
    if (sameData(targets, this.#told)) return;
    this.#told = targets;
    this.context.dataPlane.sentinel.watch(this.borderGatewayId, targets);
  }
}

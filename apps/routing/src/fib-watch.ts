import { TOPICS, type http } from '@bordergate/contracts';
import type { Clock, Log } from '@bordergate/platform';
import type { DerivationChange, RouterFact } from '@bordergate/routing-core';
import type { RoutingMetrics } from './metrics.js';

/** Each route is heard, written and told one after the other: what is done in a moment for one takes seconds for 10,000, and more on a busy machine. */
const SETTLE_MS_A_DIFFERENCE = 1;

/**
 * BIRD and the RIB have one rule and see a change at different times, so a difference is normal for a moment. One that
 * stays means that one of the two is wrong: a warning, once per node and gateway until they agree again.
 */
export class FibWatch {
  readonly #suspects = new Set<string>();
  readonly #since = new Map<string, { readonly at: number; readonly what: string; reported: boolean }>();

  constructor(
    private readonly compare: (borderGatewayId: string) => http.FibComparison | undefined,
    private readonly clock: Clock, private readonly log: Log, private readonly metrics: Pick<RoutingMetrics, 'divergences'>, private readonly settleMs: number,
  ) {}

  /** Something one of the two engines says has changed. */
  suspect(facts: readonly RouterFact[], changes: readonly DerivationChange[]): void {
    for (const fact of facts) if (fact.kind === 'tunnel' && fact.observation.type === 'KernelFibObserved') this.#suspects.add(fact.observation.borderGatewayId);
    for (const change of changes) if (change.topic === TOPICS.fib.name) this.#suspects.add(change.key.slice(0, change.key.indexOf('/')));
  }

  /** To be called now and then. */
  look(): void {
    for (const gateway of [...this.#suspects]) {
      const nodes = this.compare(gateway)?.nodes ?? [];
      for (const { node, agreed, differences } of nodes) this.#judge(gateway, node, agreed, differences);
      if (nodes.every((node) => node.agreed)) this.#suspects.delete(gateway);
    }
  }

  #judge(border_gateway: string, node: string, agreed: boolean, differences: readonly unknown[]): void {
    const key = `${border_gateway}@${node}`;
    const known = this.#since.get(key);
    if (agreed) {
      this.#since.delete(key);
      if (known?.reported) this.log.info('the kernel has the expected FIB again', { border_gateway, node });
    } else if (!known || (!known.reported && known.what !== JSON.stringify(differences))) {
      this.#since.set(key, { at: this.clock.now(), what: JSON.stringify(differences), reported: false }); // moving is not settled
    } else if (!known.reported && this.clock.now() - known.at > this.settleMs + differences.length * SETTLE_MS_A_DIFFERENCE) {
      known.reported = true;
      this.metrics.divergences.inc({ bgw_id: border_gateway, node });
      this.log.warn('the kernel does not have the expected FIB', { border_gateway, node, differences: differences.slice(0, 10), count: differences.length });
    }
  }
}

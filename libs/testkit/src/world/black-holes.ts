import type { FakeNode } from './node.js';

/**
 * How long packets were lost: the time during which a kernel's FIB sent a prefix into a tunnel that did not carry. This
 * is what a failure costs its users, so a scenario says it; a planned change must not cost anything.
 */
export class BlackHoles {
  readonly #lost = new Map<string, number>();

  measure(ms: number, nodes: Iterable<FakeNode>): void {
    if (ms <= 0) return;
    for (const node of nodes) {
      for (const bird of node.birds.values()) {
        for (const { prefix, nextHops } of bird.fib()) {
          for (const { device } of nextHops) if (!node.carries(device)) this.#lost.set(`${prefix} via ${device.slice(2)}`, (this.#lost.get(`${prefix} via ${device.slice(2)}`) ?? 0) + ms);
        }
      }
    }
  }

  /** Since it was last asked: "10.20.0.0/16 via t1" and milliseconds. */
  take(): [string, number][] {
    const lost = [...this.#lost];
    this.#lost.clear();
    return lost;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Who names whom, asked from the other end: with ten thousand gateways, looking at each to find the few is most of the work. */
export class Backlinks {
  readonly #named = new Map<string, ReadonlySet<string>>();
  readonly #by = new Map<string, Set<string>>();

  /** All that `who` names now. */
  set(who: string, names: Iterable<string>): void {
    const [before, now] = [this.#named.get(who) ?? NONE, new Set(names)];
    if (now.size > 0) this.#named.set(who, now);
    else this.#named.delete(who);
    for (const name of now) {
      const by = this.#by.get(name) ?? new Set();
      this.#by.set(name, by.add(who));
    }
    for (const name of before) {
      if (now.has(name)) continue;
      const by = this.#by.get(name)!;
      by.delete(who);
      if (by.size === 0) this.#by.delete(name);
    }
  }

  /** Who names it, in an order that does not depend on who was first. */
  of(name: string): string[] {
    return [...(this.#by.get(name) ?? NONE)].sort();
  }
}

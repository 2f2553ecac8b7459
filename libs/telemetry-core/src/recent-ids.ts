/**
 * The last ids of one source. A journal delivers again from its last checkpoint, so a duplicate is near the original:
 * a short memory finds it. State would survive an older one too (the last word of a source stands); only counts and
 * the history would notice.
 */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #size: number;

  constructor(size = 128) {
    this.#size = size;
  }

  /** False when the id was seen before. */
  admit(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#size) {
      const [oldest] = this.#ids; // a Set keeps the order of insertion
      this.#ids.delete(oldest!);
    }
    return true;
  }
}

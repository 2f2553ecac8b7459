/** What changed about a tunnel and why, as people read it. */
export interface Change {
  readonly at: string;
  readonly what: string;
  readonly detail: string;
}

export const HISTORY_LENGTH = 50;

/** One source's changes, newest first. Each source keeps its own, since only within one source order is known. */
export class History {
  #changes: Change[] = [];

  /** @param onChange for who keeps more than the last of them */
  constructor(private readonly onChange: (change: Change) => void = () => {}) {}

  add(change: Change): void {
    this.onChange(change);
    this.#changes = [change, ...this.#changes.slice(0, HISTORY_LENGTH - 1)];
  }

  /** For sources that repeat themselves (a worker that starts tells everything anew): the same words again are no change. */
  addNews(change: Change): void {
    const last = this.#changes[0];
    if (last?.what !== change.what || last.detail !== change.detail) this.add(change);
  }

  get newestFirst(): readonly Change[] {
    return this.#changes;
  }
}

/** One story out of several: by time, newest first; at the same instant the earlier argument is the later change. */
export function merged(...histories: readonly (History | undefined)[]): Change[] {
  return histories
    .flatMap((history) => history?.newestFirst ?? [])
    .map((change) => ({ change, time: Date.parse(change.at) }))
    .sort((a, b) => b.time - a.time)
    .slice(0, HISTORY_LENGTH)
    .map(({ change }) => change);
}

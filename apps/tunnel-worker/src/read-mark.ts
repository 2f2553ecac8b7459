import { readIfThere, writeWhole } from './linux/files.js';

/** Its name in a node's data folder. */
export const READ_MARK = 'decisions.read';

/**
 * How far this node has read the log of decisions, kept beside what it runs. A journal that was lost, and is being filled again, ends
 * before what the node has known; taken at its word it would have every tunnel removed. So a start has read to the end only when it has
 * also read as far as the one before (laws 6 and 10).
 */
export class ReadMark {
  #saved: bigint | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly file: string) {}

  /** 0 on a node that has never read anything. */
  async load(): Promise<bigint> {
    const text = (await readIfThere(this.file))?.trim() ?? '0';
    if (!/^\d+$/.test(text)) throw new Error(`${this.file} holds no position of the log`);
    this.#saved = BigInt(text);
    return this.#saved;
  }

  /** One at a time: two would write the same draft. */
  save(position: bigint): Promise<void> {
    const saved = this.#turn.then(async () => {
      if (this.#saved !== undefined && position <= this.#saved) return;
      await writeWhole(this.file, `${position}\n`);
      this.#saved = position;
    });
    this.#turn = saved.catch(() => undefined); // whoever asked gets the error
    return saved;
  }
}

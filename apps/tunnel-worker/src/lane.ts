/**
 * Work on one thing, never twice at a time: triggers that come while it runs are one more run after it. Work answers
 * when it wants to run again by itself (ms from now, or null); a failure is told and tried again after a pause.
 */
export interface LaneOptions {
  readonly work: () => Promise<number | null>;
  readonly onError: (error: unknown) => void;
  /** Pause after the n-th failure in a row, in ms. */
  readonly backoffMs: (failures: number) => number;
}

export class Lane {
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LaneOptions) {}

  trigger(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** No work begins after this; resolves when the one under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // never inside of the trigger
    while (this.#again && !this.#closed) {
      this.#again = false;
      clearTimeout(this.#timer);
      try {
        const pause = await this.options.work();
        this.#failures = 0;
        if (pause !== null) this.#later(pause);
      } catch (error) {
        this.options.onError(error);
        this.#later(this.options.backoffMs(++this.#failures));
      }
    }
    this.#running = undefined;
  }

  #later(ms: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.trigger(), ms).unref();
  }
}

/** So many may be under way to a receiver that answers; to one of which that is not known, or that has not answered last, one. */
const AT_ONCE = 4;
/** After the first try without an answer; twice as long after each further one. */
const REST_MS = 5_000;
const MAX_REST_MS = 120_000;

interface Receiver {
  readonly underWay: number;
  readonly answers: boolean;
  readonly silences: number;
  readonly restsUntil: number;
}
const UNKNOWN: Receiver = { underWay: 0, answers: false, silences: 0, restsUntil: 0 };

/** Who is told, by origin: one that is slow, or does not answer, costs the others nothing. */
export class Receivers {
  readonly #byOrigin = new Map<string, Receiver>();

  /** How many more may be begun. */
  room(origin: string, now: number): number {
    const { underWay, answers, restsUntil } = this.#of(origin);
    return now < restsUntil ? 0 : Math.max(0, (answers ? AT_ONCE : 1) - underWay);
  }

  began(origin: string): void {
    const receiver = this.#of(origin);
    this.#byOrigin.set(origin, { ...receiver, underWay: receiver.underWay + 1 });
  }

  /** @param answered with whatever status; undefined: that was not found out */
  ended(origin: string, answered: boolean | undefined, now: number): void {
    const before = this.#of(origin);
    const receiver = { ...before, underWay: before.underWay - 1 };
    if (answered) this.#byOrigin.set(origin, { ...receiver, answers: true, silences: 0, restsUntil: 0 });
    else if (answered === undefined || now < receiver.restsUntil) this.#byOrigin.set(origin, receiver); // those that were under way together are one silence
    else this.#byOrigin.set(origin, { ...receiver, answers: false, silences: receiver.silences + 1, restsUntil: now + Math.min(MAX_REST_MS, REST_MS * 2 ** receiver.silences) });
  }

  /** Forgets those for whom nothing waits. */
  keep(origins: ReadonlySet<string>): void {
    for (const [origin, { underWay }] of this.#byOrigin) if (underWay === 0 && !origins.has(origin)) this.#byOrigin.delete(origin);
  }

  #of(origin: string): Receiver {
    return this.#byOrigin.get(origin) ?? UNKNOWN;
  }
}

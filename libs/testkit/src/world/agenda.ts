/**
 * Virtual time: what is due, and when. Nothing happens by itself; whoever passes the time makes it happen. What is
 * `patient` (a hold time, a back-off) is not waited for when the world settles: a world that only waits, rests.
 */
export interface Appointment {
  readonly at: number;
  readonly patient: boolean;
  readonly what: () => void;
}

export class Agenda {
  #now = Date.parse('2026-01-01T00:00:00Z');
  #due: Appointment[] = [];

  get now(): number {
    return this.#now;
  }

  /** RFC 3339, UTC, milliseconds. */
  get time(): string {
    return new Date(this.#now).toISOString();
  }

  /** When the next thing is due. */
  get next(): number | undefined {
    return this.#due[0]?.at;
  }

  /** Something is under way that ends by itself, soon. */
  get busy(): boolean {
    return this.#due.some((appointment) => !appointment.patient);
  }

  soon(ms: number, what: () => void): Appointment {
    return this.#put({ at: this.#now + ms, patient: false, what });
  }

  patiently(ms: number, what: () => void): Appointment {
    return this.#put({ at: this.#now + ms, patient: true, what });
  }

  cancel(appointment: Appointment | undefined): void {
    this.#due = this.#due.filter((other) => other !== appointment);
  }

  /** Time goes on to `at`, where the first thing due then happens, if any is. */
  pass(at: number): void {
    this.#now = Math.max(at, this.#now);
    if ((this.next ?? Infinity) <= this.#now) this.#due.shift()!.what();
  }

  /** What is due at the same time happens in the order it was arranged. */
  #put(appointment: Appointment): Appointment {
    const before = this.#due.findIndex((other) => other.at > appointment.at);
    this.#due.splice(before < 0 ? this.#due.length : before, 0, appointment);
    return appointment;
  }
}

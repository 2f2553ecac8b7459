/** The time as data: cores get instants as arguments, and shells get this, so that tests can hold the hands. */
export interface Clock {
  /** Now, as milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339, UTC, milliseconds: the form of every time that leaves a process. */
export const rfc3339 = (clock: Clock): string => new Date(clock.now()).toISOString();

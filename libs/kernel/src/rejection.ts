/**
 * A refusal is a value, not an exception: a stable kebab-case code a program can switch on, the field it is about
 * (a path such as "tunnels[1].psk", when there is one) and the rule in a sentence for people.
 */
export interface Rejection {
  readonly rejected: true;
  readonly code: string;
  readonly because: string;
  readonly field?: string;
}

export const reject = (code: string, because: string, field?: string): Rejection =>
  field === undefined ? { rejected: true, code, because } : { rejected: true, code, because, field };

export const isRejection = (value: unknown): value is Rejection =>
  typeof value === 'object' && value !== null && (value as { rejected?: unknown }).rejected === true;

/** The end of a switch over a union: the compiler proves that nothing is left. */
export function exhaustive(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}

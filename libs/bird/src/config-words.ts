import { parseIpv4, parsePrefix } from '@bordergate/kernel';

/** A value that cannot be said in bird.conf: a mistake of the caller, found before a running BIRD would meet it. */
export class BirdConfigError extends Error {
  override readonly name = 'BirdConfigError';

  constructor(readonly field: string, rule: string) {
    super(`${field} ${rule}`);
  }
}

// Nothing reaches the file unchecked: a stray quote or semicolon would be a statement of its own. Messages do not
// repeat the value, for one of the values is a password.

export function address(field: string, text: string): string {
  if (parseIpv4(text) === undefined) throw new BirdConfigError(field, 'is not an IPv4 address');
  return text;
}

export function prefix(field: string, text: string): string {
  if (parsePrefix(text) === undefined) throw new BirdConfigError(field, 'is not an IPv4 prefix');
  return text;
}

/** A device name that both Linux (IFNAMSIZ 16, with the final NUL) and BIRD's apostrophed symbols take. */
export function device(field: string, text: string): string {
  if (!/^[a-zA-Z0-9_.:-]{1,15}$/.test(text)) throw new BirdConfigError(field, 'is not a device name');
  return text;
}

export function protocolName(field: string, text: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/.test(text)) throw new BirdConfigError(field, 'is not a protocol name');
  return text;
}

export function between(field: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value) || value < low || value > high) throw new BirdConfigError(field, `is not an integer in ${low}..${high}`);
  return value;
}

export function quoted(field: string, text: string): string {
  if (!/^[\x20\x21\x23-\x7e]+$/.test(text)) throw new BirdConfigError(field, 'is not printable ASCII without a double quote');
  return `"${text}"`;
}

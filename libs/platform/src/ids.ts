import { randomInt, randomUUID } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 10;

/** "vpn" -> "vpn-4k2x9d0q1z": ten characters of [a-z0-9], 51 bits, from the system's cryptographic source. */
export const newId = (prefix: string): string => `${prefix}-${Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;

/** An RFC 9562 version 4 UUID: ids of events, requests and correlations. */
export const newUuid = (): string => randomUUID();

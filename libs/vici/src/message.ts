import { decodeText, encodeText } from '@bordergate/kernel';
import { ViciDecodeError, ViciEncodeError } from './errors.js';

/** A section of strings, lists of strings and sections. All values are strings: numbers in decimal, truth as yes or no. */
export interface ViciMessage {
  readonly [key: string]: ViciValue;
}
export type ViciValue = string | readonly string[] | ViciMessage;

// Element types, "Message format" of the protocol's README.
const SECTION_START = 1;
const SECTION_END = 2;
const KEY_VALUE = 3;
const LIST_START = 4;
const LIST_ITEM = 5;
const LIST_END = 6;

/** The bytes of a message, keys in the order of the object. Throws ViciEncodeError on a name or value that is too long. */
export function encodeMessage(message: ViciMessage): Uint8Array {
  const out: number[] = [];
  writeSection(out, message);
  return Uint8Array.from(out);
}

function writeSection(out: number[], section: ViciMessage): void {
  for (const [key, value] of Object.entries(section)) {
    if (typeof value === 'string') {
      out.push(KEY_VALUE);
      writeName(out, key);
      writeValue(out, value);
    } else if (isList(value)) {
      out.push(LIST_START);
      writeName(out, key);
      for (const item of value) {
        out.push(LIST_ITEM);
        writeValue(out, item);
      }
      out.push(LIST_END);
    } else {
      out.push(SECTION_START);
      writeName(out, key);
      writeSection(out, value);
      out.push(SECTION_END);
    }
  }
}

function writeName(out: number[], name: string): void {
  const bytes = encodeText(name);
  if (bytes.length > 0xff) throw new ViciEncodeError(`a name of ${bytes.length} bytes`);
  out.push(bytes.length, ...bytes);
}

function writeValue(out: number[], value: string): void {
  const bytes = encodeText(value);
  if (bytes.length > 0xffff) throw new ViciEncodeError(`a value of ${bytes.length} bytes`);
  out.push(bytes.length >>> 8, bytes.length & 0xff);
  for (const byte of bytes) out.push(byte);
}

type Section = { [key: string]: string | string[] | Section };

/**
 * Reads a message from its first byte to its last; each step consumes at least one. Throws ViciDecodeError on an unknown
 * element, a length that points outside, unbalanced sections or lists, and anything but items in a list. Sections have
 * no prototype: a key is whatever charon was told to call a connection, "__proto__" included.
 */
export function decodeMessage(bytes: Uint8Array): ViciMessage {
  const root = newSection();
  const open: Section[] = [root];
  let list: string[] | undefined;
  let at = 0;

  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new ViciDecodeError(`cut off at byte ${at}`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const name = (): string => decodeText(take(take(1)[0]!));
  const value = (): string => {
    const length = take(2);
    return decodeText(take(length[0]! * 256 + length[1]!));
  };

  while (at < bytes.length) {
    const type = take(1)[0]!;
    if ((list !== undefined) !== (type === LIST_ITEM || type === LIST_END)) throw new ViciDecodeError(`element ${type} out of place at byte ${at - 1}`);
    const section = open.at(-1)!;
    switch (type) {
      case SECTION_START: {
        const inner = newSection();
        section[name()] = inner;
        open.push(inner);
        break;
      }
      case SECTION_END:
        open.pop();
        if (open.length === 0) throw new ViciDecodeError('the end of no section');
        break;
      case KEY_VALUE: {
        const key = name();
        section[key] = value();
        break;
      }
      case LIST_START:
        list = [];
        section[name()] = list;
        break;
      case LIST_ITEM: list!.push(value()); break;
      case LIST_END: list = undefined; break;
      default: throw new ViciDecodeError(`element ${type} at byte ${at - 1}`);
    }
  }
  if (list || open.length > 1) throw new ViciDecodeError('a section or list without an end');
  return root;
}

const newSection = (): Section => Object.create(null) as Section;

/** The value as text; undefined when absent, a list or a section. */
export function textOf(message: ViciMessage, key: string): string | undefined {
  const value = message[key];
  return typeof value === 'string' ? value : undefined;
}

/** The list; empty when absent or something else. */
export function listOf(message: ViciMessage, key: string): readonly string[] {
  const value = message[key];
  return isList(value) ? value : [];
}

/** The section; undefined when absent or something else. */
export function sectionOf(message: ViciMessage, key: string): ViciMessage | undefined {
  const value = message[key];
  return isSection(value) ? value : undefined;
}

/** The sections inside a section, by name, in the order of the wire. */
export function sectionsOf(message: ViciMessage): [string, ViciMessage][] {
  return Object.entries(message).filter((entry): entry is [string, ViciMessage] => isSection(entry[1]));
}

const isList = (value: ViciValue | undefined): value is readonly string[] => Array.isArray(value);

const isSection = (value: ViciValue | undefined): value is ViciMessage => typeof value === 'object' && !Array.isArray(value);

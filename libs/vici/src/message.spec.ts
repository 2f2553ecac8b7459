import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, ViciDecodeError, ViciEncodeError, type ViciMessage } from './index.js';

const { message } = fc.letrec<{ message: ViciMessage; value: ViciMessage[string] }>(tie => ({
  message: fc.dictionary(fc.string({ unit: 'binary', maxLength: 20 }), tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 4 }, fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), tie('message')),
}));

const bytes = (...parts: (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap(part => (typeof part === 'number' ? [part] : [...new TextEncoder().encode(part)])));

// "Encoding example" of src/libcharon/plugins/vici/README.md, byte for byte.
const example = { key1: 'value1', section1: { 'sub-section': { key2: 'value2' }, list1: ['item1', 'item2'] } };
const exampleBytes = bytes(
  3, 4, 'key1', 0, 6, 'value1', 1, 8, 'section1', 1, 11, 'sub-section', 3, 4, 'key2', 0, 6, 'value2', 2,
  4, 5, 'list1', 5, 0, 5, 'item1', 5, 0, 5, 'item2', 6, 2);

describe('message', () => {
  it('is the example of the protocol', () => {
    expect(encodeMessage(example)).toEqual(exampleBytes);
    expect(decodeMessage(exampleBytes)).toEqual(example);
  });

  it('comes back as it was sent', () => {
    fc.assert(fc.property(message, value => {
      expect(decodeMessage(encodeMessage(value))).toEqual(value);
    }));
  });

  it('reads or refuses any bytes, and ends', () => {
    const likely = fc.array(fc.oneof(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 255 })), { maxLength: 60 });
    fc.assert(fc.property(likely, list => {
      try {
        decodeMessage(Uint8Array.from(list));
      } catch (error) {
        expect(error).toBeInstanceOf(ViciDecodeError);
      }
    }), { numRuns: 2000 });
  });

  it('refuses each beginning of the example that leaves something open', () => {
    const whole = new Set([0, 14, exampleBytes.length]);
    for (let end = 0; end < exampleBytes.length; end++) {
      if (!whole.has(end)) expect(() => decodeMessage(exampleBytes.subarray(0, end)), `${end}`).toThrow(ViciDecodeError);
    }
  });

  it.each([
    ['a nested list', bytes(4, 1, 'a', 4, 1, 'b', 6, 6)], ['a value in a list', bytes(4, 1, 'a', 3, 1, 'b', 0, 0, 6)],
    ['an item outside a list', bytes(5, 0, 1, 'a')], ['an end too many', bytes(2)], ['a list end too many', bytes(6)],
    ['element 0', bytes(0)], ['element 7', bytes(7)], ['a section in a list', bytes(4, 1, 'a', 2, 6)],
  ])('refuses %s', (_what, wrong) => {
    expect(() => decodeMessage(wrong)).toThrow(ViciDecodeError);
  });

  it('takes __proto__ for a name like any other', () => {
    const decoded = decodeMessage(bytes(1, 9, '__proto__', 3, 1, 'a', 0, 1, 'b', 2));
    expect(Object.keys(decoded)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it('refuses what the lengths cannot carry', () => {
    expect(() => encodeMessage({ ['x'.repeat(256)]: '' })).toThrow(ViciEncodeError);
    expect(() => encodeMessage({ x: 'y'.repeat(65536) })).toThrow(ViciEncodeError);
    expect(decodeMessage(encodeMessage({ ['x'.repeat(255)]: 'y'.repeat(65535) }))).toEqual({ ['x'.repeat(255)]: 'y'.repeat(65535) });
  });
});

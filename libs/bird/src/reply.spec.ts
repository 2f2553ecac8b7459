import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BirdProtocolError, ReplySplitter } from './index.js';

const fixtures = new URL('./fixtures/', import.meta.url).pathname;
const everything = readdirSync(fixtures).filter(file => file.endsWith('.txt')).map(file => readFileSync(fixtures + file));
const bytes = (text: string) => new TextEncoder().encode(text);

describe('ReplySplitter', () => {
  it('reads welcome, table and end', () => {
    const replies = new ReplySplitter().feed(bytes('0001 BIRD 2.0.12 ready.\n1007-Table master4:\n 10.0.0.0/8 unicast\n \tvia x\n0000 \n'));
    expect(replies).toEqual([
      { code: 1, text: 'BIRD 2.0.12 ready.', lines: [{ code: 1, text: 'BIRD 2.0.12 ready.' }] },
      { code: 0, text: '', lines: [
        { code: 1007, text: 'Table master4:' }, { code: 1007, text: '10.0.0.0/8 unicast' }, { code: 1007, text: '\tvia x' }, { code: 0, text: '' },
      ] },
    ]);
  });

  it('gives the same replies however the bytes are cut', () => {
    const stream = new Uint8Array(Buffer.concat(everything));
    const whole = new ReplySplitter().feed(stream);
    expect(whole).toHaveLength(everything.length);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 40 }), sizes => {
      const splitter = new ReplySplitter();
      const replies = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length]!;
        replies.push(...splitter.feed(stream.subarray(at, at + size)));
        at += size;
      }
      expect(replies).toEqual(whole);
    }), { numRuns: 30 });
  });

  it('keeps nothing of a buffer that its owner uses again', () => {
    const splitter = new ReplySplitter();
    const chunk = bytes('0000 half');
    splitter.feed(chunk);
    chunk.fill(88);
    expect(splitter.feed(bytes('\n'))[0]?.text).toBe('half');
  });

  it('passes over spontaneous lines', () => {
    expect(new ReplySplitter().feed(bytes('+b_t1: Started\n0000 \n'))).toHaveLength(1);
  });

  it.each(['hello\n', ' continues nothing\n', '12 short\n', '0000\n'])('refuses %j', text => {
    expect(() => new ReplySplitter().feed(bytes(text))).toThrow(BirdProtocolError);
  });

  it('does not collect a line for ever', () => {
    expect(() => new ReplySplitter().feed(new Uint8Array(70_000).fill(48))).toThrow(BirdProtocolError);
  });
});

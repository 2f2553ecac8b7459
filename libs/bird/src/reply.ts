import { decodeText } from '@bordergate/kernel';
import { BirdProtocolError } from './errors.js';

/** One line of a reply. `code` is that of the line it continues, when it had none; `text` keeps its inner white space. */
export interface BirdLine {
  readonly code: number;
  readonly text: string;
}

/** A whole reply: all of its lines, the last one included, whose code and text say how it went. */
export interface BirdReply {
  readonly code: number;
  readonly text: string;
  readonly lines: readonly BirdLine[];
}

const LF = 10;
// BIRD writes lines of 512 bytes at most; this only bounds what a wrong peer could make us keep.
const MAX_LINE = 65_536;

/**
 * Cuts BIRD's answers into replies (doc/reply_codes): "1002-text" goes on, "0000 text" ends, " text" repeats the code of
 * the line before. However the bytes are chunked, the replies are the same. Throws BirdProtocolError on anything else.
 */
export class ReplySplitter {
  #rest = new Uint8Array(0);
  #lines: BirdLine[] = [];

  /** Takes the next chunk; returns the replies that it completed. */
  feed(chunk: Uint8Array): BirdReply[] {
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    const replies: BirdReply[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      const reply = this.#line(decodeText(bytes.subarray(start, end)));
      if (reply) replies.push(reply);
      start = end + 1;
    }
    this.#rest = bytes.slice(start);
    if (this.#rest.length > MAX_LINE) throw new BirdProtocolError('a line without an end');
    return replies;
  }

  #line(line: string): BirdReply | undefined {
    // Spontaneous output of `echo`, which nobody here switches on.
    if (line.startsWith('+')) return undefined;
    const last = this.#lines.at(-1);
    if (line.startsWith(' ') && last) {
      this.#lines.push({ code: last.code, text: line.slice(1) });
      return undefined;
    }
    const match = /^(\d{4})([ -])(.*)$/s.exec(line);
    if (!match) throw new BirdProtocolError(`not a line of a reply: ${JSON.stringify(line.slice(0, 80))}`);
    const [, code, separator, text] = match as unknown as [string, string, string, string];
    this.#lines.push({ code: Number(code), text });
    if (separator === '-') return undefined;
    const lines = this.#lines;
    this.#lines = [];
    return { code: Number(code), text, lines };
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

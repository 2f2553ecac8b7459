import { type ByteStream, encodeText } from '@bordergate/kernel';
import { BirdClosedError, BirdCommandError, BirdProtocolError } from './errors.js';
import { type BirdReply, ReplySplitter } from './reply.js';

interface Waiting {
  readonly text: string;
  readonly resolve: (reply: BirdReply) => void;
  readonly reject: (error: Error) => void;
}

const WELCOME = 1;

/**
 * BIRD's control socket. Replies carry no number that says what they answer, so one command is in flight at a time and
 * the others wait in order; the first waits for BIRD's welcome ("0001 BIRD 2.0.12 ready.").
 */
export class BirdControl {
  readonly #stream: ByteStream;
  readonly #splitter = new ReplySplitter();
  readonly #queue: Waiting[] = [];
  #inFlight: Waiting | undefined;
  #welcomed = false;
  #closed: BirdClosedError | undefined;

  constructor(stream: ByteStream) {
    this.#stream = stream;
    stream.onData(bytes => this.#receive(bytes));
    stream.onClose(error => this.#end(error));
  }

  /**
   * Sends one command line and resolves with its reply. Rejects with BirdCommandError when BIRD refuses it, with
   * BirdClosedError when the socket closes first, and with BirdProtocolError when `text` is more than a line.
   */
  command(text: string): Promise<BirdReply> {
    return new Promise((resolve, reject) => {
      // The socket is an open shell of BIRD: a line break in an argument would be a second command.
      if (/[\0\r\n]/.test(text)) return reject(new BirdProtocolError('a command is one line'));
      if (this.#closed) return reject(this.#closed);
      this.#queue.push({ text, resolve, reject });
      this.#next();
    });
  }

  close(): void {
    this.#stream.close();
    this.#end();
  }

  #next(): void {
    if (!this.#welcomed || this.#inFlight) return;
    this.#inFlight = this.#queue.shift();
    if (this.#inFlight) this.#stream.write(encodeText(`${this.#inFlight.text}\n`));
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    try {
      for (const reply of this.#splitter.feed(bytes)) this.#answer(reply);
    } catch (error) {
      // What follows cannot be told apart any more: the connection is of no use.
      this.#stream.close();
      this.#end(error instanceof Error ? error : undefined);
    }
  }

  #answer(reply: BirdReply): void {
    const waiting = this.#inFlight;
    if (!this.#welcomed) {
      if (reply.code !== WELCOME) throw new BirdProtocolError(`no welcome but ${reply.code} ${reply.text}`);
      this.#welcomed = true;
    } else if (!waiting) {
      throw new BirdProtocolError(`nobody asked for ${reply.code} ${reply.text}`);
    } else {
      this.#inFlight = undefined;
      if (reply.code >= 8000) waiting.reject(new BirdCommandError(reply.code, reply.text));
      else waiting.resolve(reply);
    }
    this.#next();
  }

  #end(cause?: Error): void {
    if (this.#closed) return;
    this.#closed = new BirdClosedError(cause);
    const waiting = this.#inFlight ? [this.#inFlight, ...this.#queue] : [...this.#queue];
    this.#inFlight = undefined;
    this.#queue.length = 0;
    for (const { reject } of waiting) reject(this.#closed);
  }
}

import { closeSync, type FSWatcher, openSync, readSync, statSync, watch } from 'node:fs';
import { copyFile, open, stat, truncate } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** Besides the notification: some file systems give none. */
const POLL_MS = 1_000;

/**
 * Follows the lines that a daemon appends to its log from now on. The file may be cut to nothing at any time. Reading
 * stays behind by a notification of the kernel, well under a millisecond: it is synchronous, for libuv's few threads have
 * the whole process to serve and nobody's priority, and on a busy node a line came 60 ms late through them.
 */
export class LogTail {
  #offset = 0;
  #rest = '';
  #decoder = new StringDecoder('utf8');
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(readonly file: string, readonly onLine: (line: string) => void, readonly onError: (error: unknown) => void) {}

  /** Resolves when lines written from here on are seen. */
  async start(): Promise<void> {
    const handle = await open(this.file, 'a');
    try {
      this.#offset = (await handle.stat()).size;
    } finally {
      await handle.close();
    }
    if (this.#closed) return;
    this.#watcher = watch(this.file, { persistent: false }, () => this.#read());
    this.#watcher.on('error', this.onError);
    this.#poll = setInterval(() => this.#read(), POLL_MS).unref();
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    clearInterval(this.#poll);
  }

  #read(): void {
    if (this.#closed) return;
    try {
      const { size } = statSync(this.file);
      if (size < this.#offset) this.#startOver();
      if (size > this.#offset) this.#take(this.#slice(size));
    } catch (error) {
      this.onError(error);
    }
  }

  #slice(size: number): Buffer {
    const file = openSync(this.file, 'r');
    try {
      const buffer = Buffer.alloc(size - this.#offset);
      const length = readSync(file, buffer, 0, buffer.length, this.#offset);
      this.#offset += length;
      return buffer.subarray(0, length);
    } finally {
      closeSync(file);
    }
  }

  #take(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop() ?? '';
    if (!this.#closed) for (const line of lines) this.onLine(line);
  }

  #startOver(): void {
    this.#offset = 0;
    this.#rest = '';
    this.#decoder = new StringDecoder('utf8');
  }
}

/**
 * Keeps a daemon's log below the limit: what there is moves to `<file>.1`, and the file is cut to nothing. The daemons
 * open their logs for appending, so they go on at the new end. Lines written between the two steps are lost.
 */
export async function capLogFile(file: string, maxBytes: number): Promise<void> {
  try {
    if ((await stat(file)).size <= maxBytes) return;
    await copyFile(file, `${file}.1`);
    await truncate(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // nothing logged yet, or removed meanwhile
  }
}

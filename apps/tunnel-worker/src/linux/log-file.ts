import { type FSWatcher, watch } from 'node:fs';
import { copyFile, open, stat, truncate } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** Besides the notification: some file systems give none, and one that came while we were reading is not repeated. */
const POLL_MS = 1_000;

/**
 * Follows the lines that a daemon appends to its log from now on. The file may be cut to nothing at any time. Reading
 * stays behind by a notification of the kernel, well under a millisecond.
 */
export class LogTail {
  #offset = 0;
  #rest = '';
  #decoder = new StringDecoder('utf8');
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #reading = false;
  #again = false;
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
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    this.#readAll().catch(this.onError).finally(() => { this.#reading = false; });
  }

  async #readAll(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      const { size } = await stat(this.file);
      if (size < this.#offset) this.#startOver();
      if (size > this.#offset) this.#take(await this.#slice(size));
    }
  }

  async #slice(size: number): Promise<Buffer> {
    const handle = await open(this.file, 'r');
    try {
      const buffer = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
      this.#offset += bytesRead;
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
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

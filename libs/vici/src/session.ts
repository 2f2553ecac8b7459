import type { ByteStream } from '@bordergate/kernel';
import { ViciClosedError, ViciCommandError, ViciDecodeError, ViciUnknownCommandError } from './errors.js';
import { textOf, type ViciMessage } from './message.js';
import { encodePacket, PacketSplitter, type ViciPacket } from './packet.js';

/** Called for each event in the order of the wire. It must not throw. */
export type ViciListener = (name: string, message: ViciMessage) => void;

/** One packet out and the packet that answers it; events may come in between. */
interface Exchange {
  readonly bytes: Uint8Array;
  readonly resolve: (answer: ViciPacket) => void;
  readonly reject: (error: Error) => void;
}

/** An event we are registered for: charon would send it twice to who registers twice. */
interface Registration {
  readonly listeners: Set<ViciListener>;
  readonly confirmed: Promise<void>;
}

/**
 * A VICI connection. Answers carry no number that says what they answer, so one exchange is in flight at a time and the
 * others wait in order. Use one session for events and another for commands: a command that waits for the peer
 * (`initiate`, `terminate`) holds up everything behind it.
 */
export class ViciSession {
  readonly #stream: ByteStream;
  readonly #splitter = new PacketSplitter();
  readonly #queue: Exchange[] = [];
  readonly #events = new Map<string, Registration>();
  #inFlight: Exchange | undefined;
  #closed: ViciClosedError | undefined;
  // Streams register and unregister an event for themselves: two at a time would end each other's.
  #streams: Promise<unknown> = Promise.resolve();

  constructor(stream: ByteStream) {
    this.#stream = stream;
    stream.onData(bytes => this.#receive(bytes));
    stream.onClose(error => this.#end(error));
  }

  /** Resolves with the response, whatever its `success`. Rejects: ViciUnknownCommandError, ViciClosedError, ViciEncodeError. */
  async request(command: string, message: ViciMessage = {}): Promise<ViciMessage> {
    const answer = await this.#exchange({ type: 'command-request', name: command, message });
    if (answer.type === 'command-response') return answer.message;
    throw this.#unexpected(answer, 'command-unknown', command);
  }

  /** A command that streams: `event` is registered for its duration, and what it brought is returned in order. */
  stream(command: string, event: string, message: ViciMessage = {}): Promise<{ response: ViciMessage; events: ViciMessage[] }> {
    const run = this.#streams.then(async () => {
      const events: ViciMessage[] = [];
      const collect: ViciListener = (_name, each) => void events.push(each);
      await this.#listen(event, collect);
      try {
        return { response: await this.request(command, message), events };
      } finally {
        await this.#unlisten(event, collect);
      }
    });
    this.#streams = run.catch(() => undefined);
    return run;
  }

  /** Registers the events, for as long as the session lives. Resolves when charon has confirmed all of them. */
  async subscribe(events: readonly string[], listener: ViciListener): Promise<void> {
    await Promise.all(events.map(event => this.#listen(event, listener)));
  }

  /** Closes the socket; everything that waits is rejected with ViciClosedError. */
  close(): void {
    this.#stream.close();
    this.#end();
  }

  // The listener is there before the request is: an event may overtake its confirmation.
  #listen(event: string, listener: ViciListener): Promise<void> {
    const known = this.#events.get(event);
    known?.listeners.add(listener);
    if (known) return known.confirmed;
    const registration = { listeners: new Set([listener]), confirmed: this.#register(event) };
    this.#events.set(event, registration);
    return registration.confirmed;
  }

  async #register(event: string): Promise<void> {
    const answer = await this.#exchange({ type: 'event-register', name: event });
    if (answer.type === 'event-confirm') return;
    this.#events.delete(event);
    throw this.#unexpected(answer, 'event-unknown', event);
  }

  async #unlisten(event: string, listener: ViciListener): Promise<void> {
    const registration = this.#events.get(event);
    registration?.listeners.delete(listener);
    if (!registration || registration.listeners.size > 0) return;
    this.#events.delete(event);
    await this.#exchange({ type: 'event-unregister', name: event });
  }

  #exchange(packet: ViciPacket): Promise<ViciPacket> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      this.#queue.push({ bytes: encodePacket(packet), resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#inFlight) return;
    this.#inFlight = this.#queue.shift();
    if (this.#inFlight) this.#stream.write(this.#inFlight.bytes);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    try {
      for (const packet of this.#splitter.feed(bytes)) this.#take(packet);
    } catch (error) {
      // What follows cannot be told apart any more: the connection is of no use.
      this.#stream.close();
      this.#end(error instanceof Error ? error : undefined);
    }
  }

  #take(packet: ViciPacket): void {
    if (packet.type === 'event') {
      for (const listener of [...(this.#events.get(packet.name)?.listeners ?? [])]) listener(packet.name, packet.message);
      return;
    }
    const exchange = this.#inFlight;
    if (!exchange) throw new ViciDecodeError(`nobody asked for a ${packet.type}`);
    this.#inFlight = undefined;
    exchange.resolve(packet);
    this.#next();
  }

  #unexpected(answer: ViciPacket, unknown: ViciPacket['type'], name: string): Error {
    return answer.type === unknown ? new ViciUnknownCommandError(name) : new ViciDecodeError(`a ${answer.type} in answer to ${name}`);
  }

  #end(cause?: Error): void {
    if (this.#closed) return;
    this.#closed = new ViciClosedError(cause);
    const waiting = this.#inFlight ? [this.#inFlight, ...this.#queue] : [...this.#queue];
    this.#inFlight = undefined;
    this.#queue.length = 0;
    this.#events.clear();
    for (const { reject } of waiting) reject(this.#closed);
  }
}

/** Returns the response when it is one of success (or does not say), throws ViciCommandError with charon's reason when not. */
export function assertSuccess(response: ViciMessage): ViciMessage {
  if (textOf(response, 'success') === 'no') throw new ViciCommandError(textOf(response, 'errmsg') ?? 'no reason given');
  return response;
}

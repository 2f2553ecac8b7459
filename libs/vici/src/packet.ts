import { decodeText, encodeText } from '@bordergate/kernel';
import { ViciDecodeError, ViciEncodeError } from './errors.js';
import { decodeMessage, encodeMessage, type ViciMessage } from './message.js';

/** A packet of the protocol. Requests and events have a name; a message comes with requests, responses and events. */
export type ViciPacket =
  | { readonly type: 'command-request'; readonly name: string; readonly message: ViciMessage }
  | { readonly type: 'command-response'; readonly message: ViciMessage }
  | { readonly type: 'command-unknown' }
  | { readonly type: 'event-register'; readonly name: string }
  | { readonly type: 'event-unregister'; readonly name: string }
  | { readonly type: 'event-confirm' }
  | { readonly type: 'event-unknown' }
  | { readonly type: 'event'; readonly name: string; readonly message: ViciMessage };

// "Packet layer" of the protocol's README: the number on the wire is the index.
const TYPES = [
  'command-request', 'command-response', 'command-unknown', 'event-register', 'event-unregister', 'event-confirm', 'event-unknown', 'event',
] as const satisfies readonly ViciPacket['type'][];

/** What charon accepts and sends at most in one packet, the length field not counted. */
export const MAX_PACKET_BYTES = 512 * 1024;

const LENGTH_BYTES = 4;

/** The packet as it goes on the wire, with its length in front (32 bits, network order). Throws ViciEncodeError. */
export function encodePacket(packet: ViciPacket): Uint8Array {
  const name = 'name' in packet ? encodeText(packet.name) : undefined;
  const message = 'message' in packet ? encodeMessage(packet.message) : new Uint8Array(0);
  if (name && name.length > 0xff) throw new ViciEncodeError(`a name of ${name.length} bytes`);
  const head = name ? [TYPES.indexOf(packet.type), name.length, ...name] : [TYPES.indexOf(packet.type)];
  const length = head.length + message.length;
  if (length > MAX_PACKET_BYTES) throw new ViciEncodeError(`a packet of ${length} bytes`);
  const bytes = new Uint8Array(LENGTH_BYTES + length);
  new DataView(bytes.buffer).setUint32(0, length);
  bytes.set(head, LENGTH_BYTES);
  bytes.set(message, LENGTH_BYTES + head.length);
  return bytes;
}

/** Reads a packet without its length field. Throws ViciDecodeError. */
export function decodePacket(bytes: Uint8Array): ViciPacket {
  const type = TYPES[bytes[0] ?? TYPES.length];
  switch (type) {
    case undefined: throw new ViciDecodeError(`a packet of type ${bytes[0] ?? 'nothing'}`);
    case 'command-response': return { type, message: decodeMessage(bytes.subarray(1)) };
    case 'command-unknown':
    case 'event-confirm':
    case 'event-unknown': return { type };
  }
  const end = 2 + (bytes[1] ?? 0);
  if (bytes.length < end) throw new ViciDecodeError('a packet that ends in its name');
  const name = decodeText(bytes.subarray(2, end));
  if (type === 'event-register' || type === 'event-unregister') return { type, name };
  return { type, name, message: decodeMessage(bytes.subarray(end)) };
}

/** Cuts a byte stream into packets; however the bytes are chunked, the packets are the same. */
export class PacketSplitter {
  #chunks: Uint8Array[] = [];
  #buffered = 0;

  /** Takes the next chunk; returns the packets it completed. Throws ViciDecodeError on a length above the maximum. */
  feed(chunk: Uint8Array): ViciPacket[] {
    // A copy: the host may use its buffer again before the rest of a packet comes.
    this.#chunks.push(chunk.slice());
    this.#buffered += chunk.length;
    const packets: ViciPacket[] = [];
    for (let length = this.#nextLength(); length !== undefined && this.#buffered >= LENGTH_BYTES + length; length = this.#nextLength()) {
      const bytes = this.#flattened();
      packets.push(decodePacket(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
      this.#chunks = [bytes.subarray(LENGTH_BYTES + length)];
      this.#buffered -= LENGTH_BYTES + length;
    }
    return packets;
  }

  #nextLength(): number | undefined {
    if (this.#buffered < LENGTH_BYTES) return undefined;
    if (this.#chunks[0]!.length < LENGTH_BYTES) this.#chunks = [this.#flattened()];
    const first = this.#chunks[0]!;
    const length = new DataView(first.buffer, first.byteOffset).getUint32(0);
    if (length > MAX_PACKET_BYTES) throw new ViciDecodeError(`a packet of ${length} bytes`);
    return length;
  }

  // Chunks are joined once a packet is complete, not at each arrival: that would be quadratic for a large one.
  #flattened(): Uint8Array {
    if (this.#chunks.length === 1) return this.#chunks[0]!;
    const bytes = new Uint8Array(this.#buffered);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}

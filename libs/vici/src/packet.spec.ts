import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePacket, encodePacket, MAX_PACKET_BYTES, PacketSplitter, ViciDecodeError, ViciEncodeError, type ViciPacket } from './index.js';

const name = fc.string({ maxLength: 30 });
const message = fc.dictionary(name, fc.oneof(fc.string(), fc.array(fc.string())), { noNullPrototype: true });
const packet: fc.Arbitrary<ViciPacket> = fc.oneof(
  fc.record({ type: fc.constantFrom('command-request' as const, 'event' as const), name, message }),
  fc.record({ type: fc.constant('command-response' as const), message }),
  fc.record({ type: fc.constantFrom('event-register' as const, 'event-unregister' as const), name }),
  fc.record({ type: fc.constantFrom('command-unknown' as const, 'event-confirm' as const, 'event-unknown' as const) }),
);

describe('packet', () => {
  it.each<[ViciPacket, number[]]>([
    [{ type: 'command-request', name: 'version', message: {} }, [0, 0, 0, 9, 0, 7, 118, 101, 114, 115, 105, 111, 110]],
    [{ type: 'command-response', message: { a: 'b' } }, [0, 0, 0, 7, 1, 3, 1, 97, 0, 1, 98]],
    [{ type: 'command-unknown' }, [0, 0, 0, 1, 2]],
    [{ type: 'event-register', name: 'log' }, [0, 0, 0, 5, 3, 3, 108, 111, 103]],
    [{ type: 'event-unregister', name: 'log' }, [0, 0, 0, 5, 4, 3, 108, 111, 103]],
    [{ type: 'event-confirm' }, [0, 0, 0, 1, 5]],
    [{ type: 'event-unknown' }, [0, 0, 0, 1, 6]],
    [{ type: 'event', name: 'log', message: {} }, [0, 0, 0, 5, 7, 3, 108, 111, 103]],
  ])('$type has its number', (value, wire) => {
    expect([...encodePacket(value)]).toEqual(wire);
    expect(decodePacket(Uint8Array.from(wire).subarray(4))).toEqual(value);
  });

  it.each([[[]], [[8]], [[255]], [[7]], [[3, 4, 65]], [[1, 9]]])('refuses %j', list => {
    expect(() => decodePacket(Uint8Array.from(list))).toThrow(ViciDecodeError);
  });

  it('refuses to send more than charon takes', () => {
    const list = Array.from({ length: 9 }, () => 'x'.repeat(60_000));
    expect(() => encodePacket({ type: 'command-request', name: 'x', message: { list } })).toThrow(ViciEncodeError);
  });
});

describe('PacketSplitter', () => {
  it('gives the same packets however the bytes are cut', () => {
    fc.assert(fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (packets, sizes) => {
      const stream = Uint8Array.from(packets.flatMap(each => [...encodePacket(each)]));
      const splitter = new PacketSplitter();
      const found: ViciPacket[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const chunk = stream.slice(at, at + sizes[turn % sizes.length]!);
        found.push(...splitter.feed(chunk));
        at += chunk.length;
        chunk.fill(0xff);
      }
      expect(found).toEqual(packets);
    }));
  });

  it('does not wait for a packet that is too long', () => {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, MAX_PACKET_BYTES + 1);
    expect(() => new PacketSplitter().feed(head)).toThrow(ViciDecodeError);
  });

  it('reads a packet of the greatest length, byte for byte in small chunks', () => {
    const packetBytes = encodePacket({ type: 'event', name: 'x', message: { list: Array.from({ length: 8 }, () => 'y'.repeat(65_000)) } });
    const splitter = new PacketSplitter();
    let count = 0;
    for (let at = 0; at < packetBytes.length; at += 100) count += splitter.feed(packetBytes.subarray(at, at + 100)).length;
    expect(count).toBe(1);
  });
});

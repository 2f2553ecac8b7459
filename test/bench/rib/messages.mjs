// BGP messages (RFC 4271) as far as a feeder speaks: OPEN with IPv4 unicast and four-octet AS numbers (RFC 6793), KEEPALIVE, UPDATE.
const MAX = 4096;
const ORIGIN = { IGP: 0, EGP: 1, Incomplete: 2 };

const message = (type, body) => {
  const head = Buffer.alloc(19, 0xff);
  head.writeUInt16BE(19 + body.length, 16);
  head[18] = type;
  return Buffer.concat([head, body]);
};
const address = (text) => Buffer.from(text.split('.').map(Number));
const u32 = (n) => Buffer.from([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
/** Extended length, so that one form fits all. */
const attribute = (flags, type, value) => Buffer.concat([Buffer.from([flags | 0x10, type, value.length >> 8, value.length & 255]), value]);

export const KEEPALIVE = message(4, Buffer.alloc(0));

/** Hold time 0: neither side sends KEEPALIVEs or waits for them, so nobody times out while it is busy. */
export function openMessage(asn, routerId) {
  const capabilities = Buffer.concat([Buffer.from([1, 4, 0, 1, 0, 1, 65, 4]), u32(asn)]);
  return message(1, Buffer.concat([Buffer.from([4, asn >> 8, asn & 255, 0, 0]), address(routerId), Buffer.from([capabilities.length + 2, 2, capabilities.length]), capabilities]));
}

function attributesOf({ asPath, origin, med, communities }, nextHop) {
  const parts = [
    attribute(0x40, 1, Buffer.from([ORIGIN[origin]])),
    attribute(0x40, 2, Buffer.concat([Buffer.from([2, asPath.length]), ...asPath.map(u32)])),
    attribute(0x40, 3, address(nextHop)),
  ];
  if (med !== null) parts.push(attribute(0x80, 4, u32(med)));
  if (communities.length > 0) parts.push(attribute(0xc0, 8, Buffer.concat(communities.map(([a, b]) => u32(a * 65536 + b)))));
  return Buffer.concat(parts);
}

/** All UPDATE messages of a peer, one after the other in one buffer: the feeder has nothing to work out while the clock runs. */
export function updatesOf({ count, addresses, lengths, setOf, attributes }, nextHop) {
  const messages = [];
  for (let i = 0; i < count;) {
    const set = setOf[i];
    const attrs = attributesOf(attributes[set], nextHop);
    const head = Buffer.concat([Buffer.from([0, 0, attrs.length >> 8, attrs.length & 255]), attrs]);
    const nlri = Buffer.alloc(MAX - 19 - head.length);
    let end = 0;
    for (; i < count && setOf[i] === set && end + 5 <= nlri.length; i++) {
      nlri[end++] = lengths[i];
      for (let octet = 0; octet < Math.ceil(lengths[i] / 8); octet++) nlri[end++] = (addresses[i] >>> (24 - 8 * octet)) & 255;
    }
    messages.push(message(2, Buffer.concat([head, nlri.subarray(0, end)])));
  }
  return { bytes: Buffer.concat(messages), messages: messages.length };
}

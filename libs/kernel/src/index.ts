export { AS_TRANS, isPrivateAsn, parseAsn, type Asn } from './asn.js';
export type { ByteStream } from './byte-stream.js';
export { canonicalJson, sameData } from './canonical.js';
export { fold, run, type Decider } from './decider.js';
export { Delta } from './delta.js';
export { grouped } from './grouped.js';
export { HashIndex } from './hash-index.js';
export { isMartian, MARTIANS, mayBeMartian } from './martians.js';
export { formatIpv4, parseIpv4, toIpv4, type Ipv4 } from './ipv4.js';
export {
  addressIn, comparePrefixes, contains, containsAddress, formatPrefix, maskOf, overlaps, parsePrefix, prefixAround, prefixAt, prefixColumns, prefixOf, readPrefix, type Prefix, type PrefixColumns,
} from './prefix.js';
export { PrefixRows } from './prefix-rows.js';
export { PrefixTable } from './prefix-table.js';
export { decodeText, encodeText } from './text.js';
export { exhaustive, isRejection, reject, type Rejection } from './rejection.js';

export { Charon, type CharonVersion, type InitiateOptions, type SharedSecret, type TerminateOptions } from './charon.js';
export { ViciClosedError, ViciCommandError, ViciDecodeError, ViciEncodeError, ViciUnknownCommandError } from './errors.js';
export {
  decodeMessage, encodeMessage, listOf, sectionOf, sectionsOf, textOf, type ViciMessage, type ViciValue,
} from './message.js';
export { decodePacket, encodePacket, MAX_PACKET_BYTES, PacketSplitter, type ViciPacket } from './packet.js';
export { type ChildSa, type IkeSa, parseChildSa, parseIkeSa } from './sas.js';
export { assertSuccess, ViciSession, type ViciListener } from './session.js';

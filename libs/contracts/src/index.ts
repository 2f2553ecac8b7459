export { asyncApi } from './asyncapi.js';
export { BgpOptions } from './bgp-options.js';
export * as http from './http.js';
export { initialPairs, type EndPoints } from './initial-pairs.js';
export {
  AddressPoolDecision, BorderGatewayDecision, CustomerGatewayDecision, Decision, OwnedAddress, PropagateType, RegionDecision, StaticNextHopType, streamOf, TrafficSelector, TunnelSpec,
  VpcDecision, VpnConnectionDecision, WeakAlgorithmsPolicy, type DecisionOf,
} from './decisions.js';
export {
  Derivation, FibEntryInstalled, LimitStatus, NEXT_HOP_TYPE, ROUTE_TYPE, RouteAdvertised, RouteLimitReached, RouteRefused, SelectionReason, VpcRoutePropagated, VpcRouteReason, type NextHopType, type RouteType,
} from './derivations.js';
export { cloudEventType, eventNameOf, type CloudEvent, type EventMeta, type JournalRecord, type RecordedEvent } from './envelope.js';
export { ADMIN_DOWN, BgpObservation, Driver, FibNextHop, NegotiationFault, nodeSilent, OperReason, ShownOperReason, TelemetrySample, TunnelCountersSampled, TunnelObservation, TunnelProbesSampled, peerIdOf, type PeerRef, type TunnelRef } from './observations.js';
export { NodeHeartbeat, NodeListenerEcho, NodeSign } from './nodes.js';
export { ParkedRecordResolved, ParkedResolution, RawMessage, RecordParked } from './parked.js';
export { limitOf, quotaKey, QUOTAS, QuotaType, ruleOf, withQuota, type QuotaSettings } from './quotas.js';
export { EVENTS, jsonSchemaOf, type EventEntry, type JsonSchema } from './event-catalogue.js';
export { keyOf, TOPICS, type Topic, type TopicName } from './topics.js';
export { DH_GROUPS, espProposal, IkeCipher, ikeProposal, Integrity, IpsecCipher, isAead, PartialTunnelOptions, TunnelOptions, weakAlgorithms, type DhGroup } from './tunnel-options.js';
export { upcast } from './upcast.js';
export { ConnectionHourMetered, TunnelHourMetered, UsageMetered } from './usage.js';
export { AdminStatus, AsnNumber, Description, ID_PREFIX, Identity, Ipv4Text, Name, Node, OneIdentity, OperStatus, PrefixText, Psk, Region } from './values.js';
export { InterfaceName, LineEnd, VirtualInterfaceDecision, VlanId } from './virtual-interface.js';
export { ShownVifReason, VifCountersSampled, VifDriver, VifGone, VifOperReason, VifOperStatusChanged, type VifRef } from './vif-observations.js';

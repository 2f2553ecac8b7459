export { addressPoolDecider, type AddressPoolCommand, type AddressPoolState, type PublicAddress } from './address-pool.js';
export { aggregateOf, type Aggregate } from './aggregates.js';
export {
  borderGatewayDecider, type BorderGateway, type BorderGatewayCommand, type BorderGatewayState, type RouteFacts, type StaticRoute, type VpcAttachment, type VpcFacts,
} from './border-gateway.js';
export { customerGatewayDecider, type CustomerGateway, type CustomerGatewayCommand, type CustomerGatewayState } from './customer-gateway.js';
export {
  addressPoolDocuments, borderGatewayDocuments, changedDocuments, customerGatewayDocuments, virtualInterfaceDocuments, vpcDocuments, vpnConnectionDocuments,
  type DocumentChanges, type Fields, type Joined, type ResourceDocument,
} from './documents.js';
export { haStatus, type HaTunnel } from './ha-status.js';
export { addedTunnelCount, type InitialTunnelRequest } from './initial-tunnels.js';
export { innerAddresses, INNER_POOL, type InnerAddresses, type InnerAddressRequest } from './inner-addresses.js';
export { notOnTheInternet } from './internet-address.js';
export { overQuota, regionDecider, type RegionCommand, type RegionSettings } from './region.js';
export type { TunnelChange, TunnelFacts, TunnelRequest } from './tunnel-spec.js';
export { shownSession, shownStatus, type ReportedStatus } from './tunnel-status.js';
export { shownVif, type ReportedVif } from './vif-status.js';
export { virtualInterfaceDecider, type VirtualInterface, type VirtualInterfaceCommand, type VirtualInterfaceState } from './virtual-interface.js';
export { vpcDecider, type GatewayFacts, type Vpc, type VpcCommand, type VpcRouteRequest, type VpcState } from './vpc.js';
export { vpnConnectionDecider, type ConnectionFacts, type Tunnel, type VpnConnection, type VpnConnectionCommand, type VpnConnectionState } from './vpn-connection.js';

import { z } from 'zod';
import { PropagateType, StaticNextHopType, TrafficSelector, WeakAlgorithmsPolicy } from './decisions.js';
import { LimitStatus, NEXT_HOP_TYPE, ROUTE_TYPE, SelectionReason, VpcRouteReason } from './derivations.js';
import { Driver, FibNextHop, ShownOperReason } from './observations.js';
import { ParkedResolution } from './parked.js';
import { QuotaType } from './quotas.js';
import { PartialTunnelOptions, TunnelOptions } from './tunnel-options.js';
import { AdminStatus, AsnNumber, Description, Ipv4Text, Name, Node, OneIdentity, OperStatus, PrefixText, Psk, rule } from './values.js';

/**
 * Requests and answers of the REST API, under /v1/regions/{region}. Field names are those of the product's public
 * models (semantics section 1). Requests are strict: an unknown field is refused by name. The same schemas validate
 * requests, type clients and make the OpenAPI document.
 */
const description = Description.default('');
const time = z.string().describe('RFC 3339, UTC');
/** Every resource has these; `version` is its stream's and is the ETag. */
const common = { region: z.string(), tenant: z.string(), createdTime: time, updatedTime: time };
const patch = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape);

// --- VPC: a stand-in for the platform's own VPC service
export const CreateVpc = z.strictObject({ vpcName: Name, description, cidr: PrefixText }).meta({ id: 'CreateVpc' });
export const UpdateVpc = patch({ vpcName: Name.optional(), description: Description.optional() }).meta({ id: 'UpdateVpc' });
export const Vpc = z.object({
  vpcId: z.string(), vpcName: z.string(), description: z.string(), cidr: z.string(), mainRouteTableId: z.string(), subnetIds: z.array(z.string()), routeTableIds: z.array(z.string()), ...common,
}).meta({ id: 'Vpc' });
export const CreateSubnet = z.strictObject({ vpcId: z.string(), subnetName: Name, cidr: PrefixText, routeTableId: z.string().optional() }).meta({ id: 'CreateSubnet' });
export const UpdateSubnet = patch({ routeTableId: z.string() }).meta({ id: 'UpdateSubnet' });
export const Subnet = z.object({ subnetId: z.string(), subnetName: z.string(), vpcId: z.string(), cidr: z.string(), routeTableId: z.string(), ...common }).meta({ id: 'Subnet' });
export const CreateRouteTable = z.strictObject({ vpcId: z.string(), routeTableName: Name }).meta({ id: 'CreateRouteTable' });
export const RouteTable = z.object({ routeTableId: z.string(), routeTableName: z.string(), vpcId: z.string(), main: z.boolean(), ...common }).meta({ id: 'RouteTable' });
export const CreateRoutePropagation = z.strictObject({
  routeTableId: z.string(), bgwId: z.string(), propagationCidrs: z.array(PrefixText).min(1).max(50).default(['0.0.0.0/0']).describe('routes inside one of these are copied; 0.0.0.0/0 is all'),
}).meta({ id: 'CreateRoutePropagation' });
export const UpdateRoutePropagation = patch({ propagationCidrs: z.array(PrefixText).min(1).max(50) }).meta({ id: 'UpdateRoutePropagation' });
export const RoutePropagation = z.object({ propagationId: z.string(), routeTableId: z.string(), vpcId: z.string(), bgwId: z.string(), propagationCidrs: z.array(z.string()), ...common }).meta({ id: 'RoutePropagation' });
export const CreateVpcRoute = z.strictObject({ routeTableId: z.string(), destination: PrefixText, bgwId: z.string().describe('the next hop'), description }).meta({ id: 'CreateVpcRoute' });
/** Where a route leads never changes: make another one. */
export const UpdateVpcRoute = patch({ description: Description }).meta({ id: 'UpdateVpcRoute' });
/** POST /routeTables/{id}:addRoutes, all or nothing. */
export const AddVpcRoutes = z.strictObject({ routes: z.array(CreateVpcRoute.omit({ routeTableId: true })).min(1, 'at least one').max(100, 'at most 100') }).meta({ id: 'AddVpcRoutes' });
export const VpcStaticRoute = z.object({ vpcRouteId: z.string(), routeTableId: z.string(), vpcId: z.string(), destination: z.string(), bgwId: z.string(), description: z.string(), ...common }).meta({ id: 'VpcStaticRoute' });

// --- border gateway, attachments, static routes
const transitEnabled = z.boolean().describe('whether VPN connections and direct connections of the gateway reach each other through it');
export const CreateBorderGateway = z.strictObject({ bgwName: Name, description, azType: z.literal('standard').default('standard'), transitEnabled: transitEnabled.default(false) }).meta({ id: 'CreateBorderGateway' });
export const UpdateBorderGateway = patch({ bgwName: Name.optional(), description: Description.optional(), transitEnabled: transitEnabled.optional() }).meta({ id: 'UpdateBorderGateway' });
export const BorderGateway = z.object({
  bgwId: z.string(), bgwName: z.string(), description: z.string(), azType: z.literal('standard'), bgpAsn: z.int(), transitEnabled, vpcAttachmentIds: z.array(z.string()), vpnConnectionIds: z.array(z.string()),
  vifIds: z.array(z.string()), ...common,
}).meta({ id: 'BorderGateway' });
export const CreateVpcAttachment = z.strictObject({
  vpcAttachmentName: Name, bgwId: z.string(), vpcId: z.string(), propagateType: PropagateType.default('all').describe('which subnets become routes of the gateway'), subnetIds: z.array(z.string()).default([]).describe('with propagateType partial'),
}).meta({ id: 'CreateVpcAttachment' });
export const UpdateVpcAttachment = patch({ vpcAttachmentName: Name.optional(), vpcId: z.string().optional(), propagateType: PropagateType.optional(), subnetIds: z.array(z.string()).optional() }).meta({ id: 'UpdateVpcAttachment' });
export const VpcAttachment = z.object({
  vpcAttachmentId: z.string(), vpcAttachmentName: z.string(), bgwId: z.string(), vpcId: z.string(), propagateType: PropagateType, subnetIds: z.array(z.string()),
  propagateCidrInfos: z.array(z.object({ subnetCidr: z.string(), subnetId: z.string() })), status: z.literal('active'), ...common,
}).meta({ id: 'VpcAttachment' });
export const CreateStaticRoute = z.strictObject({
  bgwId: z.string(), bgwRouteDestination: PrefixText, bgwRouteNextHopType: StaticNextHopType.default('vpn_connection'), bgwRouteNexthop: z.string().describe('id of a VPN connection (never a tunnel), a VPC attachment or a virtual interface'), description,
}).meta({ id: 'CreateStaticRoute' });
/** Where a route leads never changes: make another one. */
export const UpdateStaticRoute = patch({ description: Description }).meta({ id: 'UpdateStaticRoute' });
/** POST /borderGateways/{id}:addStaticRoutes, all or nothing. */
export const AddStaticRoutes = z.strictObject({ routes: z.array(CreateStaticRoute.omit({ bgwId: true })).min(1, 'at least one').max(100, 'at most 100') }).meta({ id: 'AddStaticRoutes' });
export const StaticRoute = z.object({
  bgwRouteId: z.string(), bgwId: z.string(), bgwRouteDestination: z.string(), bgwRouteNextHopType: StaticNextHopType, bgwRouteNexthop: z.string(), description: z.string(), ...common,
}).meta({ id: 'StaticRoute' });

// --- customer gateway
const customerIps = z.array(Ipv4Text).refine((ips) => [1, 2, 4].includes(ips.length), rule('not-1-2-or-4', 'exactly 1, 2 or 4 addresses')).refine((ips) => new Set(ips).size === ips.length, rule('repeated', 'all different')).meta({ minItems: 1, maxItems: 4, uniqueItems: true });
export const CreateCustomerGateway = z.strictObject({ customerGatewayName: Name, description, customerIps, bgpAsn: AsnNumber }).meta({ id: 'CreateCustomerGateway' });
export const UpdateCustomerGateway = patch({ customerGatewayName: Name.optional(), description: Description.optional(), customerIps: customerIps.optional() }).meta({ id: 'UpdateCustomerGateway' });
export const CustomerGateway = z.object({
  customerGatewayId: z.string(), customerGatewayName: z.string(), description: z.string(), customerIps: z.array(z.string()), bgpAsn: z.int(), vpnConnectionIds: z.array(z.string()), ...common,
}).meta({ id: 'CustomerGateway' });

// --- VPN connection
const bgpHold = z.int().min(3).max(180);
export const CreateVpnConnection = z.strictObject({
  vpnConnectionName: Name, description, bgwId: z.string(), cgwId: z.string(), bgpEnabled: z.boolean().default(true), localAsn: AsnNumber.default(65000 as never),
  bgpHoldSec: bgpHold.default(30).describe('BGP hold time; keepalive is a third of it'), bfdEnabled: z.boolean().default(true).describe('offer BFD; used where the peer answers it'),
  bfdIntervalMs: z.int().min(50).max(1_000).default(100), bfdMultiplier: z.int().min(3).max(10).default(3),
}).meta({ id: 'CreateVpnConnection' });
export const UpdateVpnConnection = patch({
  vpnConnectionName: Name.optional(), description: Description.optional(), bgpEnabled: z.boolean().optional(), bgpHoldSec: bgpHold.optional(), bfdEnabled: z.boolean().optional(), bfdIntervalMs: z.int().min(50).max(1_000).optional(), bfdMultiplier: z.int().min(3).max(10).optional(),
  trafficSelectors: z.array(z.strictObject({ ...TrafficSelector.shape, description })).max(100).optional().describe('phase-2 interesting traffic, the whole list; with static routing only; none: everything'),
}).meta({ id: 'UpdateVpnConnection' });
export const HaStatus = z.enum(['redundancy', 'no_redundancy']);
export const VpnConnection = z.object({
  vpnConnectionId: z.string(), vpnConnectionName: z.string(), description: z.string(), bgwId: z.string(), cgwId: z.string(), bgpEnabled: z.boolean(), localAsn: z.int(), customerAsn: z.int(),
  bgpHoldSec: z.int(), bfdEnabled: z.boolean(), bfdIntervalMs: z.int(), bfdMultiplier: z.int(),
  trafficSelectors: z.array(TrafficSelector), cloudPublicIp: z.array(z.string()), haStatus: HaStatus, vpnTunnelIds: z.array(z.string()), ...common,
}).meta({ id: 'VpnConnection' });

// --- VPN tunnel
const tunnelIdentity = {
  tunnelIp: PrefixText.optional().describe('inner /30 in 169.254.0.0/20, 10/8, 172.16/12 or 192.168/16; allocated when omitted'),
  localTunnelIp: Ipv4Text.optional().describe("the cloud's inner address: one of the two middle addresses; the second when omitted"),
  localId: OneIdentity.optional().describe('IKE identity of the cloud; its public address when omitted'), remoteId: OneIdentity.optional().describe('IKE identity of the customer; its public address when omitted'),
  psk: Psk.optional().describe('pre-shared key; 32 alphanumerics are generated when omitted; read it with :revealPsk'),
};
export const CreateVpnTunnel = z.strictObject({
  vpnConnectionId: z.string(), cloudPublicIp: Ipv4Text, customerIp: Ipv4Text, ...tunnelIdentity, ...TunnelOptions.shape,
  ipsecAuth: PartialTunnelOptions.shape.ipsecAuth.describe('sha256 when omitted; null beside a GCM cipher, which has its own integrity'),
}).meta({ id: 'CreateVpnTunnel' });
/** One of several: what is omitted is as the first of the request, and for the first the default. */
export const InitialTunnel = z.strictObject({ cloudPublicIp: Ipv4Text.optional(), customerIp: Ipv4Text.optional(), ...tunnelIdentity, ...PartialTunnelOptions.shape }).meta({ id: 'InitialTunnel' });
/** POST /vpnConnections/{id}:addTunnels, all or nothing. No body is the whole initial set, for a connection without tunnels; on one with tunnels each names both ends. */
export const AddTunnels = z.strictObject({ tunnels: z.array(InitialTunnel).max(8).default([]) }).meta({ id: 'AddTunnels' });
export const UpdateVpnTunnel = patch({ tunnelIp: PrefixText.optional(), localTunnelIp: Ipv4Text.optional(), localId: OneIdentity.optional(), remoteId: OneIdentity.optional(), psk: Psk.optional(), ...PartialTunnelOptions.shape }).meta({ id: 'UpdateVpnTunnel' });
export const VpnTunnel = z.object({
  vpnTunnelId: z.string(), vpnConnectionId: z.string(), bgwId: z.string(), cloudPublicIp: z.string(), node: z.string(), customerIp: z.string(), tunnelIp: z.string(), localTunnelIp: z.string(), remoteTunnelIp: z.string(),
  localId: z.string(), remoteId: z.string(), ...Object.fromEntries(Object.entries(TunnelOptions.shape).map(([k, f]) => [k, f.unwrap()])) as { [K in keyof typeof TunnelOptions.shape]: ReturnType<(typeof TunnelOptions.shape)[K]['unwrap']> },
  weakAlgorithms: z.array(z.string()), adminStatus: AdminStatus, opStatus: OperStatus, opReason: ShownOperReason, opDetail: z.string(), opSince: time.nullable(), driver: Driver.nullable().describe('null until a worker reports'),
  bgpStatus: z.enum(['established', 'down', 'off']), ...common,
}).meta({ id: 'VpnTunnel' });
/** GET /internal/v1/psks/{pskRef}: to workers only, never in the public document. */
export const PskByRef = z.object({ pskRef: z.string(), psk: z.string() }).meta({ id: 'PskByRef' });
export const RevealedPsk = z.object({ vpnTunnelId: z.string(), psk: z.string() }).meta({ id: 'RevealedPsk' });

export { CreateVirtualInterface, UpdateVirtualInterface, VifState, VifStatus, VirtualInterface } from './http-virtual-interface.js';

// --- address pool
export const CreatePublicAddress = z.strictObject({ publicAddress: Ipv4Text, node: Node.describe('the worker node that owns it') }).meta({ id: 'CreatePublicAddress' });
export const PublicAddress = z.object({ publicAddress: z.string(), node: z.string(), vpnConnectionId: z.string().nullable(), ...common }).meta({ id: 'PublicAddress' });

/** A page of a list; `nextCursor` is null on the last one. */
export const page = <T extends z.ZodType>(item: T, id: string) => z.object({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });
/** A number in a query: digits only, for Number() also takes "0x10", "1e2" and " 7 ". */
const digits = (text: unknown) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text);
export const PageQuery = z.strictObject({ limit: z.preprocess(digits, z.int('a whole number from 1 to 200, in digits').min(1).max(200)).default(50), cursor: z.string().max(1_000).optional() });

/** GET /v1/regions: those that have a resource. Regions are not made: any well-formed name is one, empty at first. */
export const Regions = z.object({ items: z.array(z.object({ region: z.string() })) }).meta({ id: 'Regions' });

// --- settings of the region: no resources, so they have no tenant or times; their ETag is the version of all of them together
const parentResourceId = z.string().max(64).nullable().describe('the border gateway, VPN connection, VPC or route table that the limit is of; null is every one of them');
export const Quota = z.object({
  type: QuotaType, parentResourceId, maxLimit: z.int(), count: z.int().nullable().describe('how many there are; null where each parent has its own'), fixed: z.boolean().describe("the product's shape: cannot be set"),
}).meta({ id: 'Quota' });
/** PATCH /quotas/{type}. Below the present count only new ones are refused. */
export const UpdateQuota = patch({ parentResourceId: parentResourceId.default(null), maxLimit: z.int().min(0).max(1_000_000).nullable().describe('null takes back what was set') }).meta({ id: 'UpdateQuota' });
export const QuotasQuery = z.strictObject({ ...PageQuery.shape, type: QuotaType.optional(), parentResourceId: z.string().max(64).optional() });
export const QuotaQuery = z.strictObject({ parentResourceId: z.string().max(64).optional() });
export const RegionPolicy = z.object({ region: z.string(), weakAlgorithms: WeakAlgorithmsPolicy.describe('whether tunnels may be created with, or changed to, algorithms that are advised against') }).meta({ id: 'RegionPolicy' });
export const UpdateRegionPolicy = patch({ weakAlgorithms: WeakAlgorithmsPolicy.optional() }).meta({ id: 'UpdateRegionPolicy' });

// --- routing service
export const RouteTableKind = z.enum(['static', 'propagated', 'effective']);
/** A candidate in a border gateway's tables: why it is or is not in the FIB is always said. */
export const GatewayRoute = z.object({
  bgwRouteDestination: z.string(), origin: z.enum(['static', 'propagated']), nextHopType: z.enum(Object.keys(NEXT_HOP_TYPE) as [keyof typeof NEXT_HOP_TYPE, ...(keyof typeof NEXT_HOP_TYPE)[]]),
  routeType: z.enum(Object.keys(ROUTE_TYPE) as [keyof typeof ROUTE_TYPE, ...(keyof typeof ROUTE_TYPE)[]]), bgwRouteNexthop: z.string().describe('VPN connection, VPC attachment, or for a learned route its tunnel'),
  nextHops: z.array(FibNextHop).describe('usable ones'), asPath: z.array(z.int()), bgwRoutePriority: z.string().describe('next-hop type / route type / AS_PATH length; the lower wins from left to right'),
  effective: z.boolean(), because: SelectionReason, source: z.string().describe('the static route, attachment and subnet, or peer it comes from'),
}).meta({ id: 'GatewayRoute' });
export type GatewayRoute = z.infer<typeof GatewayRoute>;
export const VpcRoute = z.object({
  destination: z.string(), routeTableId: z.string(), routeType: z.enum(['local', 'static', 'propagated']), nextHop: z.string().describe('"local" or a border gateway'), effective: z.boolean(), because: VpcRouteReason, source: z.string(),
}).meta({ id: 'VpcRoute' });
export type VpcRoute = z.infer<typeof VpcRoute>;
/** How much room a table with a limit has. `count` is what asks for room, the refused included. */
export const RouteLimit = z.object({ maxLimit: z.int(), count: z.int(), refused: z.int(), status: LimitStatus.describe('near-limit from four fifths on, over-limit when something is refused') }).meta({ id: 'RouteLimit' });
export type RouteLimit = z.infer<typeof RouteLimit>;
export const TableRouteLimit = z.object({ routeTableId: z.string(), ...RouteLimit.shape }).meta({ id: 'TableRouteLimit' });
export type TableRouteLimit = z.infer<typeof TableRouteLimit>;
export const LearnedRoute = z.object({
  prefix: z.string(), asPath: z.array(z.int()), origin: z.string(), med: z.int().nullable(), communities: z.array(z.string()), since: time.describe('announced without a break'), effective: z.boolean(), because: SelectionReason,
}).meta({ id: 'LearnedRoute' });
export type LearnedRoute = z.infer<typeof LearnedRoute>;
export const AdvertisedRoute = z.object({ prefix: z.string(), because: z.string() }).meta({ id: 'AdvertisedRoute' });
export type AdvertisedRoute = z.infer<typeof AdvertisedRoute>;
/** The FIB the RIB expects beside the kernels' (per node); `agreed` is null while a node that runs the gateway has not reported; with neither legs nor attachments none does, and nothing can differ. */
export const FibComparison = z.object({
  bgwId: z.string(), agreed: z.boolean().nullable(), expected: z.array(z.object({ prefix: z.string(), nextHops: z.array(FibNextHop) })),
  nodes: z.array(z.object({ node: z.string(), observedAt: time, agreed: z.boolean(), differences: z.array(z.object({ prefix: z.string(), expected: z.array(FibNextHop), kernel: z.array(FibNextHop) })) })),
}).meta({ id: 'FibComparison' });
export type FibComparison = z.infer<typeof FibComparison>;
export {
  ExplainedAdvertisement, ExplainedCandidate, ExplainedPropagation, ExplainedVpcRoute, ExplainInVpcQuery, ExplainQuery, Explanation, GatewayDestination, GatewayExplanation, Provenance, VpcDestination,
  VpcExplanation,
} from './explanation.js';

// --- telemetry service
const io = z.object({ bytesIn: z.number(), bytesOut: z.number(), packetsIn: z.number(), packetsOut: z.number() });
export const TunnelState = z.object({
  vpnTunnelId: z.string(), vpnConnectionId: z.string(), bgwId: z.string(), node: z.string(), driver: Driver.nullable(), adminStatus: AdminStatus, opStatus: OperStatus, opReason: ShownOperReason, opDetail: z.string(), opSince: time.nullable(),
  ikeSas: z.int(), childSas: z.int(), rekeys: z.int(), bgpStatus: z.enum(['established', 'down', 'off']), bgpSince: time.nullable(), learnedPrefixes: z.int(),
  counters: z.object({ original: io, encrypted: io, sampledAt: time }).nullable(),
  rates: z.object({ originalInBps: z.number(), originalOutBps: z.number(), encryptedInBps: z.number(), encryptedOutBps: z.number(), packetsInPps: z.number(), packetsOutPps: z.number() }).nullable(),
  probes: z.object({
    sent: z.int(), received: z.int(), lossRatio: z.number(), rttMs: z.object({ min: z.number(), avg: z.number(), max: z.number() }).nullable(), sampledAt: time,
    answers: z.boolean().describe('the customer answers probes, so that its silence counts as a failure'),
  }).nullable().describe('echo requests through the tunnel in the last sample interval; null while there are none'),
  history: z.array(z.object({ at: time, what: z.string(), detail: z.string() })).describe('newest first'),
}).meta({ id: 'TunnelState' });

export * from './http-monitoring.js';

// --- client configurations
const networks = z.string().max(1_000).refine((text) => text.split(',').every((prefix) => PrefixText.safeParse(prefix).success), rule('not-a-prefix', 'IPv4 prefixes separated by commas, such as 192.168.10.0/24,192.168.20.0/24'));
/** Of GET …/clientConfig and POST …:clientConfig, on a VPN connection or one of its tunnels. */
export const ClientConfigQuery = z.strictObject({
  device: z.string().max(64).describe('one of GET /v1/clientDevices'),
  networks: networks.optional().describe("the customer's networks, announced by BGP"),
  outsideInterface: z.string().regex(/^[A-Za-z0-9._/:-]{1,32}$/, 'the name of an interface').optional().describe('the interface with the public address, where a device has to be told'),
  knownHash: z.string().regex(/^[0-9a-f]{8,64}$/, 'at least the 8 characters in the header of a file').optional().describe('of the files a router has: the answer says whether they are out of date'),
}); // without an id: a query is described parameter by parameter
export const ClientConfig = z.object({
  device: z.string(), hash: z.string().describe('SHA-256 of the effective options; the files name its first 8 characters'), outOfDate: z.boolean().optional().describe('with knownHash'),
  files: z.array(z.object({ name: z.string(), content: z.string() })), notes: z.array(z.string()),
}).meta({ id: 'ClientConfig' });
export const ClientDevices = z.object({ items: z.array(z.object({ id: z.string(), title: z.string(), versions: z.string() })) }).meta({ id: 'ClientDevices' });

export const Problem = z.object({
  type: z.string(), title: z.string(), status: z.int(), detail: z.string(), code: z.string(), field: z.string().optional(), rule: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), code: z.string(), rule: z.string() })).optional(), instance: z.string().optional(),
}).meta({ id: 'Problem' });

/** The collections of resources: their place in the API and which fields are id and name. */
export const COLLECTIONS = {
  vpcs: { kind: 'vpc', id: 'vpcId', name: 'vpcName' },
  subnets: { kind: 'subnet', id: 'subnetId', name: 'subnetName' },
  routeTables: { kind: 'routeTable', id: 'routeTableId', name: 'routeTableName' },
  routePropagations: { kind: 'routePropagation', id: 'propagationId', name: null },
  vpcRoutes: { kind: 'vpcRoute', id: 'vpcRouteId', name: null },
  borderGateways: { kind: 'borderGateway', id: 'bgwId', name: 'bgwName' },
  vpcAttachments: { kind: 'vpcAttachment', id: 'vpcAttachmentId', name: 'vpcAttachmentName' },
  staticRoutes: { kind: 'staticRoute', id: 'bgwRouteId', name: null },
  customerGateways: { kind: 'customerGateway', id: 'customerGatewayId', name: 'customerGatewayName' },
  vpnConnections: { kind: 'vpnConnection', id: 'vpnConnectionId', name: 'vpnConnectionName' },
  vpnTunnels: { kind: 'vpnTunnel', id: 'vpnTunnelId', name: null },
  virtualInterfaces: { kind: 'virtualInterface', id: 'vifId', name: 'vifName' },
  publicAddresses: { kind: 'publicAddress', id: 'publicAddress', name: null },
} as const;
export type Collection = keyof typeof COLLECTIONS;
export type ResourceKind = (typeof COLLECTIONS)[Collection]['kind'];

// --- messages that a consumer could not read (journal.parked.v1): of no region
export const ParkedRecord = z.object({
  parkedRecordId: z.string(), consumer: z.string().describe('who could not read it; "any": it is no event at all'), topic: z.string(), partition: z.int(), offset: z.int(), reason: z.string(),
  key: z.string().nullable(), eventType: z.string().nullable().describe('ce_type'), parkedTime: time.describe('when it was parked last'),
}).meta({ id: 'ParkedRecord' });
export const ParkedRecordDetail = ParkedRecord.extend({
  headers: z.record(z.string(), z.array(z.string())), value: z.string().nullable().describe('as UTF-8; null: a tombstone, or too large to be kept'), valueBase64: z.string().nullable().describe('the same, octet by octet'),
}).meta({ id: 'ParkedRecordDetail' });
export const ParkedRecordAnswer = z.object({ parkedRecordId: z.string(), resolution: ParkedResolution }).meta({ id: 'ParkedRecordAnswer' });

/** Which service answers a path: one rule for the all-in-one front and for an ingress. The first match counts. */
export const SERVICE_PATHS: readonly { service: 'routing' | 'telemetry' | 'tunnel-worker' | 'resources'; path: RegExp }[] = [
  { service: 'routing', path: /^\/v1\/regions\/[^/]+\/(borderGateways|vpcs)\/[^/]+\/(routes|fib|explain)$/ },
  { service: 'routing', path: /^\/v1\/regions\/[^/]+\/(vpnTunnels|virtualInterfaces)\/[^/]+\/(learnedRoutes|advertisedRoutes)$/ },
  { service: 'telemetry', path: /^\/v1\/regions\/[^/]+\/(tunnelStates|vifStates|live|metrics|stateChanges|alarms|alarmHistory)$/ },
  { service: 'telemetry', path: /^\/v1\/regions\/[^/]+\/alarmRules([/:]|$)/ },
  { service: 'telemetry', path: /^\/v1\/regions\/[^/]+\/(vpnTunnels|virtualInterfaces)\/[^/]+\/state$/ },
  { service: 'telemetry', path: /^\/v1\/regions\/[^/]+\/(vpnTunnels|vpnConnections|borderGateways)\/[^/]+\/(metrics|stateChanges)$/ },
  { service: 'telemetry', path: /^\/v1\/parkedRecords(\/|$)/ },
  { service: 'tunnel-worker', path: /^\/simulation(\/|$)/ },
  { service: 'resources', path: /^\/(v1|internal)\// },
];

import type { BorderGatewayDecision, DecisionOf, PropagateType, QuotaSettings, StaticNextHopType } from '@bordergate/contracts';
import { exhaustive, reject, sameData, type Decider, type Rejection } from '@bordergate/kernel';
import { allOrNothing } from './all-or-nothing.js';
import { destinationProblem, overlapsTunnel } from './destinations.js';
import { withEntry, withoutEntry } from './entries.js';
import { overQuota } from './region.js';

/**
 * A border gateway with its VPC attachments and static routes (semantics 1.1, 1.2, 3.1): one attachment per gateway
 * and VPC; a static route's next hop is a connection, an attachment or a virtual interface of this very gateway, never a tunnel, and it
 * goes when its attachment goes. What is on the gateway keeps it from being deleted. Its outside legs (VPN and direct connections) do not
 * reach each other through it, until transit is switched on.
 */
export interface VpcAttachment {
  readonly vpcAttachmentId: string;
  readonly vpcId: string;
  readonly name: string;
  readonly propagateType: PropagateType;
  readonly subnetIds: readonly string[];
}
export interface StaticRoute {
  readonly staticRouteId: string;
  readonly destination: string;
  readonly nextHopType: StaticNextHopType;
  readonly nextHopId: string;
  readonly description: string;
}
export interface BorderGateway {
  readonly borderGatewayId: string;
  readonly name: string;
  readonly description: string;
  readonly bgpAsn: number;
  readonly transitEnabled: boolean;
  readonly attachments: ReadonlyMap<string, VpcAttachment>;
  readonly staticRoutes: ReadonlyMap<string, StaticRoute>;
}
export type BorderGatewayState = BorderGateway | undefined;

/** The VPC that an attachment names, as it is in the gateway's region; undefined when there is none. */
export type VpcFacts = { readonly subnetIds: readonly string[]; readonly subnetCidrs: readonly string[] } | undefined;
/** Inner prefixes are those of the gateway's tunnels and virtual interfaces. */
export interface RouteFacts { readonly quotas: QuotaSettings; readonly vpnConnectionIds: readonly string[]; readonly vifIds: readonly string[]; readonly innerPrefixes: readonly string[] }

export type BorderGatewayCommand =
  | { type: 'CreateBorderGateway'; borderGatewayId: string; region: string; name: string; description: string; bgpAsn: number; transitEnabled?: boolean | undefined; facts: { quotas: QuotaSettings; borderGatewaysInRegion: number } }
  | { type: 'UpdateBorderGateway'; name?: string | undefined; description?: string | undefined; transitEnabled?: boolean | undefined }
  | { type: 'AttachVpc'; vpcAttachmentId: string; vpcId: string; name: string; propagateType: PropagateType; subnetIds: readonly string[]; facts: { quotas: QuotaSettings; vpc: VpcFacts; innerPrefixes: readonly string[] } }
  | {
    type: 'UpdateVpcAttachment'; vpcAttachmentId: string; name?: string | undefined; vpcId?: string | undefined; propagateType?: PropagateType | undefined; subnetIds?: readonly string[] | undefined;
    /** `vpc` is the one the attachment will have. */
    facts: { vpc: VpcFacts; innerPrefixes: readonly string[] };
  }
  | { type: 'DetachVpc'; vpcAttachmentId: string }
  | {
    type: 'AddStaticRoute'; staticRouteId: string; destination: string; nextHopType: StaticNextHopType; nextHopId: string; description: string;
    facts: RouteFacts;
  }
  | { type: 'AddStaticRoutes'; routes: readonly StaticRoute[]; facts: RouteFacts }
  | { type: 'UpdateStaticRoute'; staticRouteId: string; description: string }
  | { type: 'RemoveStaticRoute'; staticRouteId: string }
  | { type: 'DeleteBorderGateway'; facts: { vpnConnectionIds: readonly string[]; vifIds: readonly string[] } };
type CommandOf<T extends BorderGatewayCommand['type']> = Extract<BorderGatewayCommand, { type: T }>;

export const borderGatewayDecider: Decider<BorderGatewayState, BorderGatewayCommand, BorderGatewayDecision> = {
  initial: undefined,

  evolve(state, event) {
    if (event.type === 'BorderGatewayCreated') return created(event);
    if (!state || event.type === 'BorderGatewayDeleted') return undefined;
    switch (event.type) {
      case 'BorderGatewayUpdated': return { ...state, name: event.name, description: event.description };
      case 'TransitChanged': return { ...state, transitEnabled: event.transitEnabled };
      case 'VpcAttached':
      case 'VpcAttachmentUpdated': {
        const { vpcAttachmentId, vpcId, name, propagateType, subnetIds } = event;
        return { ...state, attachments: withEntry(state.attachments, vpcAttachmentId, { vpcAttachmentId, vpcId, name, propagateType, subnetIds }) };
      }
      case 'VpcDetached': return { ...state, attachments: withoutEntry(state.attachments, event.vpcAttachmentId) };
      case 'StaticRouteAdded': {
        const { staticRouteId, destination, nextHopType, nextHopId, description } = event;
        return { ...state, staticRoutes: withEntry(state.staticRoutes, staticRouteId, { staticRouteId, destination, nextHopType, nextHopId, description }) };
      }
      case 'StaticRouteUpdated': {
        const route = state.staticRoutes.get(event.staticRouteId);
        return route ? { ...state, staticRoutes: withEntry(state.staticRoutes, event.staticRouteId, { ...route, description: event.description }) } : state;
      }
      case 'StaticRouteRemoved': return { ...state, staticRoutes: withoutEntry(state.staticRoutes, event.staticRouteId) };
      default: return exhaustive(event);
    }
  },

  decide(state, command) {
    if (command.type === 'CreateBorderGateway') return state ? reject('id-taken', `${command.borderGatewayId} exists`, 'bgwId') : create(command);
    if (!state) return reject('unknown-border-gateway', 'there is no such border gateway', 'bgwId');
    switch (command.type) {
      case 'UpdateBorderGateway': return update(state, command);
      case 'AttachVpc': return attach(state, command);
      case 'UpdateVpcAttachment': return updateAttachment(state, command);
      case 'DetachVpc': return detach(state, command);
      case 'AddStaticRoute': return addStaticRoute(state, command);
      case 'AddStaticRoutes': return addStaticRoutes(state, command);
      case 'UpdateStaticRoute': {
        const { staticRouteId, description } = command;
        const route = state.staticRoutes.get(staticRouteId);
        if (!route) return unknownStaticRoute();
        return route.description === description ? [] : [{ type: 'StaticRouteUpdated', borderGatewayId: state.borderGatewayId, staticRouteId, description }];
      }
      case 'RemoveStaticRoute':
        return state.staticRoutes.has(command.staticRouteId)
          ? [{ type: 'StaticRouteRemoved', borderGatewayId: state.borderGatewayId, staticRouteId: command.staticRouteId }]
          : unknownStaticRoute();
      case 'DeleteBorderGateway': return deleteGateway(state, command);
      default: return exhaustive(command);
    }
  },
};

type Decided = readonly BorderGatewayDecision[] | Rejection;

const created = ({ borderGatewayId, name, description, bgpAsn }: DecisionOf<'BorderGatewayCreated'>): BorderGateway =>
  ({ borderGatewayId, name, description, bgpAsn, transitEnabled: false, attachments: new Map(), staticRoutes: new Map() });

const create = ({ facts, type: _, transitEnabled, ...gateway }: CommandOf<'CreateBorderGateway'>): Decided =>
  overQuota(facts.quotas, 'bgw', null, facts.borderGatewaysInRegion, 'region') ?? [{ type: 'BorderGatewayCreated', ...gateway }, ...(transitEnabled ? [transit(gateway.borderGatewayId, true)] : [])];

const transit = (borderGatewayId: string, transitEnabled: boolean) => ({ type: 'TransitChanged', borderGatewayId, transitEnabled }) as const;

function update(state: BorderGateway, command: CommandOf<'UpdateBorderGateway'>): Decided {
  const { borderGatewayId } = state;
  const { name = state.name, description = state.description, transitEnabled = state.transitEnabled } = command;
  return [
    ...(name === state.name && description === state.description ? [] : [{ type: 'BorderGatewayUpdated', borderGatewayId, name, description } as const]),
    ...(transitEnabled === state.transitEnabled ? [] : [transit(borderGatewayId, transitEnabled)]),
  ];
}

function attach(state: BorderGateway, { facts, type: _, ...attachment }: CommandOf<'AttachVpc'>): Decided {
  return overQuota(facts.quotas, 'vpc_attachment', state.borderGatewayId, state.attachments.size, 'bgwId')
    ?? attachmentProblem(state, attachment, facts.vpc)
    ?? overlapsTunnel(facts.vpc!.subnetCidrs, facts.innerPrefixes, 'vpcId')
    ?? [{ type: 'VpcAttached', borderGatewayId: state.borderGatewayId, ...attachment, subnetIds: [...attachment.subnetIds] }];
}

function updateAttachment(state: BorderGateway, command: CommandOf<'UpdateVpcAttachment'>): Decided {
  const before = state.attachments.get(command.vpcAttachmentId);
  if (!before) return unknownAttachment();
  const { name = before.name, vpcId = before.vpcId, propagateType = before.propagateType } = command;
  // The chosen subnets mean nothing once the attachment is no longer partial.
  const subnetIds = command.subnetIds ?? (propagateType === 'partial' ? before.subnetIds : []);
  const after: VpcAttachment = { vpcAttachmentId: before.vpcAttachmentId, name, vpcId, propagateType, subnetIds };
  if (sameData(before, after)) return [];
  const { vpc, innerPrefixes } = command.facts;
  return attachmentProblem(state, after, vpc) ?? (vpcId === before.vpcId ? undefined : overlapsTunnel(vpc!.subnetCidrs, innerPrefixes, 'vpcId')) ?? [{ type: 'VpcAttachmentUpdated', borderGatewayId: state.borderGatewayId, ...after, subnetIds: [...subnetIds] }];
}

/** Which rule of semantics 1.2 an attachment breaks. */
function attachmentProblem(state: BorderGateway, attachment: VpcAttachment, vpc: VpcFacts): Rejection | undefined {
  if (!vpc) return reject('unknown-vpc', 'there is no such VPC in the region', 'vpcId');
  const twin = [...state.attachments.values()].find((other) => other.vpcId === attachment.vpcId && other.vpcAttachmentId !== attachment.vpcAttachmentId);
  if (twin) return reject('vpc-already-attached', `one attachment per border gateway and VPC: ${twin.vpcAttachmentId} is there`, 'vpcId');
  if (attachment.propagateType !== 'partial') {
    return attachment.subnetIds.length > 0 ? reject('subnets-only-with-partial', 'chosen subnets go with propagateType partial', 'subnetIds') : undefined;
  }
  if (attachment.subnetIds.length === 0) return reject('partial-needs-subnets', 'at least one subnet with propagateType partial', 'subnetIds');
  if (new Set(attachment.subnetIds).size < attachment.subnetIds.length) return reject('subnet-named-twice', 'each subnet once', 'subnetIds');
  const stranger = attachment.subnetIds.findIndex((subnetId) => !vpc.subnetIds.includes(subnetId));
  return stranger < 0 ? undefined : reject('unknown-subnet', 'a subnet of the attached VPC', `subnetIds[${stranger}]`);
}

/** Static routes through the attachment go with it (semantics 1.2, conflict decided in favour of removing). */
function detach(state: BorderGateway, { vpcAttachmentId }: CommandOf<'DetachVpc'>): Decided {
  if (!state.attachments.has(vpcAttachmentId)) return unknownAttachment();
  const { borderGatewayId } = state;
  const orphans = [...state.staticRoutes.values()].filter((route) => route.nextHopId === vpcAttachmentId);
  return [
    ...orphans.map(({ staticRouteId }): BorderGatewayDecision => ({ type: 'StaticRouteRemoved', borderGatewayId, staticRouteId })),
    { type: 'VpcDetached', borderGatewayId, vpcAttachmentId },
  ];
}

const NEXT_HOP_NAME: Record<StaticNextHopType, string> = { vpn_connection: 'VPN connection', vpc_attachment: 'VPC attachment', private_vif: 'virtual interface' };

function addStaticRoute(state: BorderGateway, { facts, type: _, ...route }: CommandOf<'AddStaticRoute'>): Decided {
  const refused = overQuota(facts.quotas, 'bgw_route', state.borderGatewayId, state.staticRoutes.size, 'bgwId') ?? destinationProblem(route.destination, facts.innerPrefixes, 'bgwRouteDestination');
  if (refused) return refused;
  const nextHops = { vpn_connection: facts.vpnConnectionIds, vpc_attachment: [...state.attachments.keys()], private_vif: facts.vifIds };
  if (!nextHops[route.nextHopType].includes(route.nextHopId)) return reject('unknown-next-hop', `a ${NEXT_HOP_NAME[route.nextHopType]} of the same border gateway`, 'bgwRouteNexthop');
  if ([...state.staticRoutes.values()].some((other) => other.destination === route.destination && other.nextHopId === route.nextHopId)) {
    return reject('static-route-exists', 'one static route per border gateway, destination and next hop', 'bgwRouteDestination');
  }
  return [{ type: 'StaticRouteAdded', borderGatewayId: state.borderGatewayId, ...route }];
}

function addStaticRoutes(state: BorderGateway, { routes, facts }: CommandOf<'AddStaticRoutes'>): Decided {
  return overQuota(facts.quotas, 'bgw_route', state.borderGatewayId, state.staticRoutes.size, 'routes', routes.length)
    ?? allOrNothing(borderGatewayDecider, state as BorderGatewayState, 'routes', routes, (present, route) => addStaticRoute(present!, { type: 'AddStaticRoute', ...route, facts }));
}

function deleteGateway(state: BorderGateway, { facts }: CommandOf<'DeleteBorderGateway'>): Decided {
  const users = { vpcAttachmentIds: [...state.attachments.keys()], vpnConnectionIds: facts.vpnConnectionIds, vifIds: facts.vifIds };
  const [field] = Object.entries(users).find(([, ids]) => ids.length > 0) ?? [];
  if (field) return reject('border-gateway-in-use', `delete its VPC attachments, VPN connections and virtual interfaces first: ${Object.values(users).flat().join(', ')}`, field);
  return [{ type: 'BorderGatewayDeleted', borderGatewayId: state.borderGatewayId }];
}

const unknownStaticRoute = (): Rejection => reject('unknown-static-route', 'the border gateway has no such static route', 'bgwRouteId');
const unknownAttachment = (): Rejection => reject('unknown-vpc-attachment', 'the border gateway has no such attachment', 'vpcAttachmentId');

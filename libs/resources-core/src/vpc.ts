import type { DecisionOf, QuotaSettings, VpcDecision } from '@bordergate/contracts';
import { contains, exhaustive, overlaps, prefixOf, reject, sameData, type Decider, type Rejection } from '@bordergate/kernel';
import { allOrNothing } from './all-or-nothing.js';
import { destinationProblem, overlapsTunnel } from './destinations.js';
import { withEntry, withoutEntry } from './entries.js';
import { NOT_FOR_HOSTS } from './internet-address.js';
import { overQuota } from './region.js';

/**
 * A VPC with its subnets and route tables: a stand-in for the platform's own VPC service, so it guards only what VPN
 * routing leans on. Subnets lie inside the VPC and apart from one another; a route table never has two static routes
 * for one destination, nor one inside the VPC, where Local always wins (semantics 3.7).
 */
export interface Subnet { readonly subnetId: string; readonly name: string; readonly cidr: string; readonly routeTableId: string }
export interface RoutePropagation { readonly propagationId: string; readonly borderGatewayId: string; readonly cidrs: readonly string[] }
export interface VpcStaticRoute { readonly vpcRouteId: string; readonly destination: string; readonly borderGatewayId: string; readonly description: string }
export interface VpcRouteTable {
  readonly routeTableId: string;
  readonly name: string;
  readonly propagations: ReadonlyMap<string, RoutePropagation>;
  readonly routes: ReadonlyMap<string, VpcStaticRoute>;
}
export interface Vpc {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly cidr: string;
  readonly mainRouteTableId: string;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly routeTables: ReadonlyMap<string, VpcRouteTable>;
}
export type VpcState = Vpc | undefined;

/** What a VPC must know of a border gateway that one of its routes names. */
export interface GatewayFacts {
  readonly exists: boolean;
  readonly attached: boolean;
  /** Of the gateway's tunnels. */
  readonly innerPrefixes: readonly string[];
}
/** Of one of several routes; `borderGateways` has the facts of each gateway that one of them names. */
export interface VpcRouteRequest { readonly vpcRouteId: string; readonly destination: string; readonly borderGatewayId: string; readonly description: string }

export type VpcCommand =
  | { type: 'CreateVpc'; vpcId: string; region: string; name: string; description: string; cidr: string; mainRouteTableId: string; facts: { quotas: QuotaSettings; vpcsInRegion: number } }
  | { type: 'UpdateVpc'; name?: string | undefined; description?: string | undefined }
  | { type: 'CreateSubnet'; subnetId: string; name: string; cidr: string; routeTableId?: string | undefined; facts: { quotas: QuotaSettings; innerPrefixes: readonly string[] } }
  | { type: 'DeleteSubnet'; subnetId: string; facts: { partialAttachmentIds: readonly string[] } }
  | { type: 'ChangeSubnetRouteTable'; subnetId: string; routeTableId: string }
  | { type: 'CreateVpcRouteTable'; routeTableId: string; name: string; facts: { quotas: QuotaSettings } }
  | { type: 'DeleteVpcRouteTable'; routeTableId: string }
  | { type: 'AddRoutePropagation'; routeTableId: string; propagationId: string; borderGatewayId: string; cidrs: readonly string[]; facts: { borderGateway: GatewayFacts } }
  | { type: 'UpdateRoutePropagation'; routeTableId: string; propagationId: string; cidrs: readonly string[] }
  | { type: 'RemoveRoutePropagation'; routeTableId: string; propagationId: string }
  | { type: 'AddVpcStaticRoute'; routeTableId: string; vpcRouteId: string; destination: string; borderGatewayId: string; description: string; facts: { quotas: QuotaSettings; borderGateway: GatewayFacts } }
  | { type: 'AddVpcStaticRoutes'; routeTableId: string; routes: readonly VpcRouteRequest[]; facts: { quotas: QuotaSettings; borderGateways: ReadonlyMap<string, GatewayFacts> } }
  | { type: 'UpdateVpcStaticRoute'; routeTableId: string; vpcRouteId: string; description: string }
  | { type: 'RemoveVpcStaticRoute'; routeTableId: string; vpcRouteId: string }
  /** The attachment to the gateway ends: nothing in the VPC may name it any longer. */
  | { type: 'RemoveRoutesVia'; borderGatewayId: string }
  | { type: 'DeleteVpc'; facts: { vpcAttachmentIds: readonly string[] } };
type CommandOf<T extends VpcCommand['type']> = Extract<VpcCommand, { type: T }>;

export const vpcDecider: Decider<VpcState, VpcCommand, VpcDecision> = {
  initial: undefined,

  evolve(state, event) {
    if (event.type === 'VpcCreated') return created(event);
    if (!state || event.type === 'VpcDeleted') return undefined;
    switch (event.type) {
      case 'VpcUpdated': return { ...state, name: event.name, description: event.description };
      case 'SubnetCreated': {
        const { subnetId, name, cidr, routeTableId } = event;
        return { ...state, subnets: withEntry(state.subnets, subnetId, { subnetId, name, cidr, routeTableId }) };
      }
      case 'SubnetDeleted': return { ...state, subnets: withoutEntry(state.subnets, event.subnetId) };
      case 'SubnetRouteTableChanged': {
        const subnet = state.subnets.get(event.subnetId);
        return subnet ? { ...state, subnets: withEntry(state.subnets, event.subnetId, { ...subnet, routeTableId: event.routeTableId }) } : state;
      }
      case 'VpcRouteTableCreated': return { ...state, routeTables: withEntry(state.routeTables, event.routeTableId, emptyTable(event.routeTableId, event.name)) };
      case 'VpcRouteTableDeleted': return { ...state, routeTables: withoutEntry(state.routeTables, event.routeTableId) };
      case 'RoutePropagationAdded':
      case 'RoutePropagationUpdated': {
        const { propagationId, borderGatewayId, cidrs } = event;
        return changeTable(state, event.routeTableId, (table) => ({ ...table, propagations: withEntry(table.propagations, propagationId, { propagationId, borderGatewayId, cidrs }) }));
      }
      case 'RoutePropagationRemoved': return changeTable(state, event.routeTableId, (table) => ({ ...table, propagations: withoutEntry(table.propagations, event.propagationId) }));
      case 'VpcStaticRouteAdded': {
        const { vpcRouteId, destination, borderGatewayId, description } = event;
        return changeTable(state, event.routeTableId, (table) => ({ ...table, routes: withEntry(table.routes, vpcRouteId, { vpcRouteId, destination, borderGatewayId, description }) }));
      }
      case 'VpcStaticRouteUpdated': return changeTable(state, event.routeTableId, (table) => {
        const route = table.routes.get(event.vpcRouteId);
        return route ? { ...table, routes: withEntry(table.routes, event.vpcRouteId, { ...route, description: event.description }) } : table;
      });
      case 'VpcStaticRouteRemoved': return changeTable(state, event.routeTableId, (table) => ({ ...table, routes: withoutEntry(table.routes, event.vpcRouteId) }));
      default: return exhaustive(event);
    }
  },

  decide(state, command) {
    if (command.type === 'CreateVpc') return state ? reject('id-taken', `${command.vpcId} exists`, 'vpcId') : createVpc(command);
    if (!state) return reject('unknown-vpc', 'there is no such VPC', 'vpcId');
    switch (command.type) {
      case 'UpdateVpc': return update(state, command);
      case 'CreateSubnet': return createSubnet(state, command);
      case 'DeleteSubnet': return deleteSubnet(state, command);
      case 'ChangeSubnetRouteTable': return changeSubnetRouteTable(state, command);
      case 'CreateVpcRouteTable':
        return overQuota(command.facts.quotas, 'vpc_route_table', state.vpcId, state.routeTables.size, 'vpcId')
          ?? [{ type: 'VpcRouteTableCreated', vpcId: state.vpcId, routeTableId: command.routeTableId, name: command.name }];
      case 'DeleteVpcRouteTable': return deleteRouteTable(state, command);
      case 'AddRoutePropagation': return addPropagation(state, command);
      case 'UpdateRoutePropagation': return updatePropagation(state, command);
      case 'RemoveRoutePropagation':
        return state.routeTables.get(command.routeTableId)?.propagations.has(command.propagationId)
          ? [{ type: 'RoutePropagationRemoved', vpcId: state.vpcId, routeTableId: command.routeTableId, propagationId: command.propagationId }]
          : unknownPropagation();
      case 'AddVpcStaticRoute': return addStaticRoute(state, command);
      case 'AddVpcStaticRoutes': return addStaticRoutes(state, command);
      case 'UpdateVpcStaticRoute': {
        const { routeTableId, vpcRouteId, description } = command;
        const route = state.routeTables.get(routeTableId)?.routes.get(vpcRouteId);
        if (!route) return unknownRoute();
        return route.description === description ? [] : [{ type: 'VpcStaticRouteUpdated', vpcId: state.vpcId, routeTableId, vpcRouteId, description }];
      }
      case 'RemoveVpcStaticRoute':
        return state.routeTables.get(command.routeTableId)?.routes.has(command.vpcRouteId)
          ? [{ type: 'VpcStaticRouteRemoved', vpcId: state.vpcId, routeTableId: command.routeTableId, vpcRouteId: command.vpcRouteId }]
          : unknownRoute();
      case 'RemoveRoutesVia': return routesVia(state, command.borderGatewayId);
      case 'DeleteVpc':
        return command.facts.vpcAttachmentIds.length > 0
          ? reject('vpc-in-use', `attached to a border gateway by ${command.facts.vpcAttachmentIds.join(', ')}: delete the attachment first`, 'vpcAttachmentId')
          : [{ type: 'VpcDeleted', vpcId: state.vpcId }];
      default: return exhaustive(command);
    }
  },
};

type Decided = readonly VpcDecision[] | Rejection;

const emptyTable = (routeTableId: string, name: string): VpcRouteTable => ({ routeTableId, name, propagations: new Map(), routes: new Map() });

const created = ({ vpcId, name, description, cidr, mainRouteTableId }: DecisionOf<'VpcCreated'>): Vpc =>
  ({ vpcId, name, description, cidr, mainRouteTableId, subnets: new Map(), routeTables: new Map([[mainRouteTableId, emptyTable(mainRouteTableId, 'main')]]) });

function changeTable(state: Vpc, routeTableId: string, change: (table: VpcRouteTable) => VpcRouteTable): Vpc {
  const table = state.routeTables.get(routeTableId);
  return table ? { ...state, routeTables: withEntry(state.routeTables, routeTableId, change(table)) } : state;
}

function createVpc({ facts, type: _, ...vpc }: CommandOf<'CreateVpc'>): Decided {
  const over = overQuota(facts.quotas, 'vpc', null, facts.vpcsInRegion, 'region');
  if (over) return over;
  const bad = NOT_FOR_HOSTS.some(({ range }) => overlaps(range, prefixOf(vpc.cidr)));
  if (bad) return reject('vpc-cidr-not-usable', 'not the default route, loopback, link-local, multicast or reserved addresses', 'cidr');
  return [{ type: 'VpcCreated', ...vpc }];
}

function update(state: Vpc, command: CommandOf<'UpdateVpc'>): Decided {
  const { name = state.name, description = state.description } = command;
  return name === state.name && description === state.description ? [] : [{ type: 'VpcUpdated', vpcId: state.vpcId, name, description }];
}

function createSubnet(state: Vpc, { subnetId, name, cidr, routeTableId = state.mainRouteTableId, facts }: CommandOf<'CreateSubnet'>): Decided {
  const over = overQuota(facts.quotas, 'vpc_subnet', state.vpcId, state.subnets.size, 'vpcId');
  if (over) return over;
  if (!contains(prefixOf(state.cidr), prefixOf(cidr))) return reject('subnet-outside-vpc', `inside the VPC's ${state.cidr}`, 'cidr');
  const other = [...state.subnets.values()].find((subnet) => overlaps(prefixOf(subnet.cidr), prefixOf(cidr)));
  if (other) return reject('subnet-overlaps', `apart from the other subnets: ${other.subnetId} is ${other.cidr}`, 'cidr');
  const refused = overlapsTunnel([cidr], facts.innerPrefixes, 'cidr');
  if (refused) return refused;
  if (!state.routeTables.has(routeTableId)) return unknownTable();
  return [{ type: 'SubnetCreated', vpcId: state.vpcId, subnetId, name, cidr, routeTableId }];
}

function deleteSubnet(state: Vpc, { subnetId, facts }: CommandOf<'DeleteSubnet'>): Decided {
  if (!state.subnets.has(subnetId)) return unknownSubnet();
  // Semantics 1.2: a subnet that a partial attachment chose is first taken out of the attachment.
  if (facts.partialAttachmentIds.length > 0) return reject('subnet-in-use', `chosen by the partial attachment ${facts.partialAttachmentIds.join(', ')}: take it out of there first`, 'subnetIds');
  return [{ type: 'SubnetDeleted', vpcId: state.vpcId, subnetId }];
}

function changeSubnetRouteTable(state: Vpc, { subnetId, routeTableId }: CommandOf<'ChangeSubnetRouteTable'>): Decided {
  const subnet = state.subnets.get(subnetId);
  if (!subnet) return unknownSubnet();
  if (!state.routeTables.has(routeTableId)) return unknownTable();
  return subnet.routeTableId === routeTableId ? [] : [{ type: 'SubnetRouteTableChanged', vpcId: state.vpcId, subnetId, routeTableId }];
}

function deleteRouteTable(state: Vpc, { routeTableId }: CommandOf<'DeleteVpcRouteTable'>): Decided {
  if (!state.routeTables.has(routeTableId)) return unknownTable();
  if (routeTableId === state.mainRouteTableId) return reject('main-route-table', 'the main route table lives and dies with its VPC', 'main');
  const users = [...state.subnets.values()].filter((subnet) => subnet.routeTableId === routeTableId);
  if (users.length > 0) return reject('route-table-in-use', `used by ${users.map((subnet) => subnet.subnetId).join(', ')}: give the subnets another table first`, 'routeTableId');
  return [{ type: 'VpcRouteTableDeleted', vpcId: state.vpcId, routeTableId }];
}

function addPropagation(state: Vpc, { routeTableId, propagationId, borderGatewayId, cidrs, facts }: CommandOf<'AddRoutePropagation'>): Decided {
  const table = state.routeTables.get(routeTableId);
  if (!table) return unknownTable();
  const refused = notAttached(facts.borderGateway);
  if (refused) return refused;
  if ([...table.propagations.values()].some((relation) => relation.borderGatewayId === borderGatewayId)) {
    return reject('propagation-exists', 'one propagation relation per route table and border gateway', 'bgwId');
  }
  return [{ type: 'RoutePropagationAdded', vpcId: state.vpcId, routeTableId, propagationId, borderGatewayId, cidrs: [...cidrs] }];
}

/** Routes that are inside the old and the new ranges stay where they are: no gap, as taking the relation away and making it again would have. */
function updatePropagation(state: Vpc, { routeTableId, propagationId, cidrs }: CommandOf<'UpdateRoutePropagation'>): Decided {
  const relation = state.routeTables.get(routeTableId)?.propagations.get(propagationId);
  if (!relation) return unknownPropagation();
  const { borderGatewayId } = relation;
  return sameData(relation.cidrs, cidrs) ? [] : [{ type: 'RoutePropagationUpdated', vpcId: state.vpcId, routeTableId, propagationId, borderGatewayId, cidrs: [...cidrs] }];
}

function addStaticRoute(state: Vpc, { routeTableId, vpcRouteId, destination, borderGatewayId, description, facts }: CommandOf<'AddVpcStaticRoute'>): Decided {
  const table = state.routeTables.get(routeTableId);
  if (!table) return unknownTable();
  const refused = notAttached(facts.borderGateway) ?? overQuota(facts.quotas, 'vpc_route', routeTableId, table.routes.size, 'routeTableId') ?? destinationProblem(destination, facts.borderGateway.innerPrefixes, 'destination');
  if (refused) return refused;
  if (contains(prefixOf(state.cidr), prefixOf(destination))) return reject('vpc-route-inside-vpc', `not inside the VPC's own ${state.cidr}, which is always local`, 'destination');
  if ([...table.routes.values()].some((route) => route.destination === destination)) {
    return reject('vpc-route-exists', 'one static route per route table and destination', 'destination');
  }
  return [{ type: 'VpcStaticRouteAdded', vpcId: state.vpcId, routeTableId, vpcRouteId, destination, borderGatewayId, description }];
}

function addStaticRoutes(state: Vpc, { routeTableId, routes, facts: { quotas, borderGateways } }: CommandOf<'AddVpcStaticRoutes'>): Decided {
  const table = state.routeTables.get(routeTableId);
  if (!table) return unknownTable();
  return overQuota(quotas, 'vpc_route', routeTableId, table.routes.size, 'routes', routes.length) ?? allOrNothing(vpcDecider, state as VpcState, 'routes', routes, (present, route) =>
    addStaticRoute(present!, { type: 'AddVpcStaticRoute', routeTableId, ...route, facts: { quotas, borderGateway: borderGateways.get(route.borderGatewayId)! } }));
}

function routesVia(state: Vpc, borderGatewayId: string): VpcDecision[] {
  const { vpcId } = state;
  return [...state.routeTables.values()].flatMap(({ routeTableId, propagations, routes }) => [
    ...[...propagations.values()].filter((relation) => relation.borderGatewayId === borderGatewayId)
      .map(({ propagationId }): VpcDecision => ({ type: 'RoutePropagationRemoved', vpcId, routeTableId, propagationId })),
    ...[...routes.values()].filter((route) => route.borderGatewayId === borderGatewayId)
      .map(({ vpcRouteId }): VpcDecision => ({ type: 'VpcStaticRouteRemoved', vpcId, routeTableId, vpcRouteId })),
  ]);
}

const unknownPropagation = (): Rejection => reject('unknown-route-propagation', 'the route table has no such propagation relation', 'propagationId');
const unknownRoute = (): Rejection => reject('unknown-vpc-route', 'the route table has no such static route', 'vpcRouteId');
const unknownSubnet = (): Rejection => reject('unknown-subnet', 'the VPC has no such subnet', 'subnetId');
const unknownTable = (): Rejection => reject('unknown-route-table', 'the VPC has no such route table', 'routeTableId');

function notAttached({ exists, attached }: GatewayFacts): Rejection | undefined {
  if (!exists) return reject('unknown-border-gateway', 'there is no such border gateway in the region', 'bgwId');
  return attached ? undefined : reject('border-gateway-not-attached', 'a border gateway with an attachment to this VPC', 'bgwId');
}

import { streamOf, type Decision } from '@bordergate/contracts';
import { isRejection, reject, run, type Decider, type Rejection } from '@bordergate/kernel';
import {
  addressPoolDecider, borderGatewayDecider, customerGatewayDecider, addedTunnelCount, regionDecider, vpcDecider, vpnConnectionDecider,
  type AddressPoolCommand, type BorderGateway, type BorderGatewayCommand, type CustomerGateway, type CustomerGatewayCommand, type RegionCommand, type RegionSettings,
  type Vpc, type VpcCommand, type VpnConnection, type VpnConnectionCommand,
} from '@bordergate/resources-core';

type Without<C> = C extends unknown ? Omit<C, 'facts'> : never;
type To<Kind extends string, Id extends string, C> = { readonly to: Kind } & { readonly [K in Id]: string } & { readonly command: C };

/** A command as a person gives it: the facts are looked up, as the resources service does. */
export type WorldCommand =
  | To<'vpc', 'id', Without<VpcCommand>>
  | To<'borderGateway', 'id', Without<BorderGatewayCommand>>
  | To<'customerGateway', 'id', Without<CustomerGatewayCommand>>
  | To<'vpnConnection', 'id', Without<VpnConnectionCommand>>
  | { readonly to: 'region'; readonly command: Without<RegionCommand> }
  | { readonly to: 'addressPool'; readonly command: Without<Exclude<AddressPoolCommand, { type: 'AllocatePublicAddresses' | 'ReleasePublicAddresses' }>> };

/** The aggregates of one kind: their states, folded as they decide. */
class Kind<State, Command, Event extends Decision> {
  readonly states = new Map<string, State>();

  constructor(readonly decider: Decider<State, Command, Event>, readonly stream: (id: string) => string) {}

  decide(id: string, command: Command): readonly Event[] | Rejection {
    const done = run(this.decider, this.states.get(id) ?? this.decider.initial, command);
    if (isRejection(done)) return done;
    this.states.set(id, done.state);
    return done.events;
  }

  would(id: string, command: Command): readonly Event[] | Rejection {
    return this.decider.decide(this.states.get(id) ?? this.decider.initial, command);
  }

  /** Those that exist. */
  *all(): Generator<NonNullable<State>> {
    for (const state of this.states.values()) if (state) yield state;
  }
}

/** All deciders of a region, with what each must know of the others. */
export class Resources {
  readonly vpcs = new Kind(vpcDecider, streamOf.vpc);
  readonly borderGateways = new Kind(borderGatewayDecider, streamOf.borderGateway);
  readonly customerGateways = new Kind(customerGatewayDecider, streamOf.customerGateway);
  readonly vpnConnections = new Kind(vpnConnectionDecider, streamOf.vpnConnection);
  readonly addressPools = new Kind(addressPoolDecider, streamOf.addressPool);
  readonly regions = new Kind(regionDecider, streamOf.region);

  constructor(readonly region: string) {}

  get settings(): RegionSettings {
    return this.regions.states.get(this.region) ?? regionDecider.initial;
  }

  /** What happened, over all streams that the command touches and in order; or the refusal, and then nothing has happened. */
  run(given: WorldCommand): readonly Decision[] | Rejection {
    switch (given.to) {
      case 'region': return this.regions.decide(this.region, this.#withFactsOfRegion(given.command));
      case 'addressPool': return this.addressPools.decide(this.region, given.command.type === 'AddPublicAddress' ? { ...given.command, facts: { elsewhere: undefined } } : given.command);
      case 'customerGateway': return this.customerGateways.decide(given.id, this.#withFactsOfCustomer(given.id, given.command));
      case 'vpc': return this.vpcs.decide(given.id, this.#withFactsOfVpc(given.id, given.command));
      case 'borderGateway': return this.#borderGateway(given.id, given.command);
      case 'vpnConnection': return this.#vpnConnection(given.id, given.command);
    }
  }

  connectionOf(tunnelId: string): VpnConnection | undefined {
    return [...this.vpnConnections.all()].find((connection) => connection.tunnels.has(tunnelId));
  }

  tunnelCount(vpnConnectionId: string, requested: number): number {
    const connection = this.vpnConnections.states.get(vpnConnectionId);
    const customer = connection && this.customerGateways.states.get(connection.customerGatewayId);
    return addedTunnelCount(requested, connection?.tunnels.size ?? 0, connection?.cloudPublicIps.map(({ address }) => address) ?? [], customer?.customerIps ?? []);
  }

  #borderGateway(id: string, command: Without<BorderGatewayCommand>): readonly Decision[] | Rejection {
    const leaving = command.type === 'DetachVpc' ? this.borderGateways.states.get(id)?.attachments.get(command.vpcAttachmentId) : undefined;
    const decided = this.borderGateways.decide(id, this.#withFactsOfGateway(id, command));
    if (isRejection(decided) || !leaving) return decided;
    return together(this.vpcs.decide(leaving.vpcId, { type: 'RemoveRoutesVia', borderGatewayId: id }), decided);
  }

  #vpnConnection(id: string, command: Without<VpnConnectionCommand>): readonly Decision[] | Rejection {
    const decided = this.vpnConnections.decide(id, this.#withFactsOfConnection(id, command));
    if (isRejection(decided)) return decided;
    if (command.type === 'CreateVpnConnection') return together(this.addressPools.decide(this.region, { type: 'AllocatePublicAddresses', region: this.region, vpnConnectionId: id }), decided);
    if (command.type === 'DeleteVpnConnection') return together(decided, this.addressPools.decide(this.region, { type: 'ReleasePublicAddresses', region: this.region, vpnConnectionId: id }));
    return decided;
  }

  #withFactsOfRegion(command: Without<RegionCommand>): RegionCommand {
    if (command.type !== 'SetQuota') return command;
    const { parentResourceId: id } = command;
    const parents = [this.borderGateways, this.customerGateways, this.vpnConnections, this.vpcs].flatMap(({ states }) => [...states.keys()]);
    const tables = [...this.vpcs.all()].flatMap(({ routeTables }) => [...routeTables.keys()]);
    return { ...command, facts: { parentExists: id !== null && [...parents, ...tables].includes(id) } };
  }

  #withFactsOfVpc(id: string, command: Without<VpcCommand>): VpcCommand {
    const borderGateway = (borderGatewayId: string) => {
      const gateway = this.borderGateways.states.get(borderGatewayId);
      const attached = [...(gateway?.attachments.values() ?? [])].some((attachment) => attachment.vpcId === id);
      return { exists: gateway !== undefined, attached, innerPrefixes: this.#innerPrefixes(borderGatewayId) };
    };
    const attachments = [...this.borderGateways.all()].flatMap((gateway) => [...gateway.attachments.values()]).filter((attachment) => attachment.vpcId === id);
    switch (command.type) {
      case 'CreateVpc': return { ...command, facts: { quotas: this.settings.quotas, vpcsInRegion: count(this.vpcs.all()) } };
      case 'DeleteVpc': return { ...command, facts: { vpcAttachmentIds: attachments.map((attachment) => attachment.vpcAttachmentId) } };
      case 'DeleteSubnet': {
        const partial = attachments.filter((attachment) => attachment.propagateType === 'partial' && attachment.subnetIds.includes(command.subnetId));
        return { ...command, facts: { partialAttachmentIds: partial.map((attachment) => attachment.vpcAttachmentId) } };
      }
      case 'CreateSubnet': {
        const gateways = [...this.borderGateways.all()].filter((gateway) => [...gateway.attachments.values()].some((attachment) => attachment.vpcId === id));
        return { ...command, facts: { quotas: this.settings.quotas, innerPrefixes: gateways.flatMap((gateway) => this.#innerPrefixes(gateway.borderGatewayId)) } };
      }
      case 'CreateVpcRouteTable': return { ...command, facts: { quotas: this.settings.quotas } };
      case 'AddRoutePropagation': return { ...command, facts: { borderGateway: borderGateway(command.borderGatewayId) } };
      case 'AddVpcStaticRoute': return { ...command, facts: { quotas: this.settings.quotas, borderGateway: borderGateway(command.borderGatewayId) } };
      case 'AddVpcStaticRoutes': return { ...command, facts: { quotas: this.settings.quotas, borderGateways: new Map(command.routes.map((route) => [route.borderGatewayId, borderGateway(route.borderGatewayId)])) } };
      default: return command;
    }
  }

  #withFactsOfGateway(id: string, command: Without<BorderGatewayCommand>): BorderGatewayCommand {
    const vpc = (vpcId: string | undefined) => {
      const found = vpcId === undefined ? undefined : this.vpcs.states.get(vpcId);
      return found && { subnetIds: [...found.subnets.keys()], subnetCidrs: [...found.subnets.values()].map(({ cidr }) => cidr) };
    };
    switch (command.type) {
      case 'CreateBorderGateway': return { ...command, facts: { quotas: this.settings.quotas, borderGatewaysInRegion: count(this.borderGateways.all()) } };
      case 'AttachVpc': return { ...command, facts: { quotas: this.settings.quotas, vpc: vpc(command.vpcId), innerPrefixes: this.#innerPrefixes(id) } };
      case 'UpdateVpcAttachment': return { ...command, facts: { vpc: vpc(command.vpcId ?? this.borderGateways.states.get(id)?.attachments.get(command.vpcAttachmentId)?.vpcId), innerPrefixes: this.#innerPrefixes(id) } };
      case 'AddStaticRoute':
      case 'AddStaticRoutes': {
        const vpnConnectionIds = this.#connectionIds((connection) => connection.borderGatewayId === id);
        return { ...command, facts: { quotas: this.settings.quotas, vpnConnectionIds, vifIds: [], innerPrefixes: this.#innerPrefixes(id) } };
      }
      case 'DeleteBorderGateway': return { ...command, facts: { vpnConnectionIds: this.#connectionIds((connection) => connection.borderGatewayId === id), vifIds: [] } };
      default: return command;
    }
  }

  #withFactsOfCustomer(id: string, command: Without<CustomerGatewayCommand>): CustomerGatewayCommand {
    switch (command.type) {
      case 'CreateCustomerGateway': return { ...command, facts: { quotas: this.settings.quotas, customerGatewaysInRegion: count(this.customerGateways.all()) } };
      case 'UpdateCustomerGateway': {
        const tunnelIds = [...this.vpnConnections.all()].filter((connection) => connection.customerGatewayId === id).flatMap((connection) => [...connection.tunnels.keys()]);
        return { ...command, facts: { tunnelIds } };
      }
      case 'DeleteCustomerGateway': return { ...command, facts: { vpnConnectionIds: this.#connectionIds((connection) => connection.customerGatewayId === id) } };
    }
  }

  #withFactsOfConnection(id: string, command: Without<VpnConnectionCommand>): VpnConnectionCommand {
    const connection = this.vpnConnections.states.get(id);
    const customerIps = (connection && this.customerGateways.states.get(connection.customerGatewayId)?.customerIps) ?? [];
    const { weakAlgorithms } = this.settings;
    const attachments = [...((connection && this.borderGateways.states.get(connection.borderGatewayId))?.attachments.values() ?? [])];
    const subnetCidrs = attachments.flatMap(({ vpcId }) => [...(this.vpcs.states.get(vpcId)?.subnets.values() ?? [])]).map(({ cidr }) => cidr);
    switch (command.type) {
      case 'CreateVpnConnection': {
        const gateway = this.borderGateways.states.get(command.borderGatewayId);
        const customerGateway = this.customerGateways.states.get(command.customerGatewayId);
        const borderGateway = gateway && { vpnConnections: this.#connectionIds((other) => other.borderGatewayId === command.borderGatewayId).length };
        return { ...command, facts: { quotas: this.settings.quotas, borderGateway, customerGateway, cloudPublicIps: this.#addressesFor(id) } };
      }
      case 'UpdateVpnConnection': return { ...command, facts: { quotas: this.settings.quotas } };
      case 'AddTunnels':
      case 'AddTunnel': return { ...command, facts: { customerIps, innerPrefixes: this.#innerPrefixes(connection?.borderGatewayId), subnetCidrs, weakAlgorithms } } as VpnConnectionCommand;
      case 'ReconfigureTunnel': return { ...command, facts: { innerPrefixes: this.#innerPrefixes(connection?.borderGatewayId, command.tunnelId), subnetCidrs, weakAlgorithms } };
      case 'DeleteVpnConnection': {
        const routes = [...this.borderGateways.all()].flatMap((gateway) => [...gateway.staticRoutes.values()]).filter((route) => route.nextHopId === id);
        return { ...command, facts: { staticRouteIds: routes.map((route) => route.staticRouteId) } };
      }
      default: return command;
    }
  }

  #addressesFor(vpnConnectionId: string) {
    const allocated = this.addressPools.would(this.region, { type: 'AllocatePublicAddresses', region: this.region, vpnConnectionId });
    if (isRejection(allocated)) return allocated;
    const [event] = allocated;
    return event?.type === 'PublicAddressesAllocated' ? event.addresses : reject('address-pool-exhausted', 'the pool allocated nothing');
  }

  #innerPrefixes(borderGatewayId: string | undefined, except?: string): string[] {
    const tunnels = [...this.vpnConnections.all()].filter((connection) => connection.borderGatewayId === borderGatewayId).flatMap((connection) => [...connection.tunnels.values()]);
    return tunnels.filter(({ spec }) => spec.tunnelId !== except).map(({ spec }) => spec.tunnelIp);
  }

  #connectionIds(which: (connection: VpnConnection) => boolean): string[] {
    return [...this.vpnConnections.all()].filter(which).map((connection) => connection.vpnConnectionId);
  }
}

const count = (items: Iterable<Vpc | BorderGateway | CustomerGateway>): number => [...items].length;

/** The second half of a command follows from the first: its refusal would be a mistake of ours. */
function together(...parts: readonly (readonly Decision[] | Rejection)[]): readonly Decision[] {
  return parts.flatMap((part) => {
    if (isRejection(part)) throw new Error(`half a command was refused: ${part.code}: ${part.because}`);
    return part;
  });
}

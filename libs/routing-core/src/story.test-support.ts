import { keyOf, streamOf, type Decision, type FibNextHop, type PeerRef, type PropagateType, type QuotaType } from '@bordergate/contracts';
import type { RouterFact } from './router.js';

const REGION = 'cn-north-1';

/** Facts in few words, for tests that tell a story: ids are chosen by the story, positions grow by themselves. */
export class Story {
  #position = 0n;
  readonly #gatewayOf = new Map<string, string>();
  readonly #vifs = new Map<string, { borderGatewayId: string; node: string }>();
  readonly #tunnels = new Map<string, { vpnConnectionId: string; node: string }>();

  decide(stream: string, decision: object): RouterFact {
    const n = ++this.#position;
    return { kind: 'decision', stream, position: n, decision: decision as Decision, event: { id: `e${n}`, actor: 'ann', at: `2026-01-01T00:00:${String(n).padStart(2, '0')}.000Z`, causationId: `request-${n}` } };
  }

  gateway(borderGatewayId: string): RouterFact {
    return this.#ofGateway(borderGatewayId, { type: 'BorderGatewayCreated', region: REGION, name: borderGatewayId, description: '', bgpAsn: 65000 });
  }

  transit(borderGatewayId: string, transitEnabled: boolean): RouterFact {
    return this.#ofGateway(borderGatewayId, { type: 'TransitChanged', transitEnabled });
  }

  quota(quotaType: QuotaType, maxLimit: number | null, parentResourceId: string | null = null): RouterFact {
    return this.decide(streamOf.region(REGION), { type: 'QuotaSet', region: REGION, quotaType, parentResourceId, maxLimit });
  }

  vpc(vpcId: string, cidr: string, subnets: Record<string, string> = {}): RouterFact[] {
    const created = { type: 'VpcCreated', region: REGION, name: vpcId, description: '', cidr, mainRouteTableId: `rtb-${vpcId}` };
    return [this.ofVpc(vpcId, created), ...Object.entries(subnets).map(([id, subnet]) => this.subnet(vpcId, id, subnet))];
  }

  subnet(vpcId: string, subnetId: string, cidr: string): RouterFact {
    return this.ofVpc(vpcId, { type: 'SubnetCreated', subnetId, name: subnetId, cidr, routeTableId: `rtb-${vpcId}` });
  }

  attach(borderGatewayId: string, vpcId: string, propagateType: PropagateType = 'all', subnetIds: string[] = [], type = 'VpcAttached'): RouterFact {
    return this.#ofGateway(borderGatewayId, { type, vpcAttachmentId: `att-${vpcId}`, vpcId, name: 'a', propagateType, subnetIds });
  }

  detach(borderGatewayId: string, vpcId: string): RouterFact {
    return this.#ofGateway(borderGatewayId, { type: 'VpcDetached', vpcAttachmentId: `att-${vpcId}` });
  }

  relate(vpcId: string, borderGatewayId: string, cidrs: string[] = ['0.0.0.0/0']): RouterFact {
    return this.ofVpc(vpcId, { type: 'RoutePropagationAdded', routeTableId: `rtb-${vpcId}`, propagationId: `prop-${vpcId}-${borderGatewayId}`, borderGatewayId, cidrs });
  }

  vpcRoute(vpcId: string, vpcRouteId: string, destination: string, borderGatewayId: string): RouterFact {
    return this.ofVpc(vpcId, { type: 'VpcStaticRouteAdded', routeTableId: `rtb-${vpcId}`, vpcRouteId, destination, borderGatewayId, description: '' });
  }

  /** A connection and its tunnels, each on its node. */
  connection(vpnConnectionId: string, borderGatewayId: string, tunnels: Record<string, string>, bgpEnabled = true): RouterFact[] {
    this.#gatewayOf.set(vpnConnectionId, borderGatewayId);
    const created = { type: 'VpnConnectionCreated', region: REGION, name: vpnConnectionId, description: '', borderGatewayId, customerGatewayId: 'cgw', bgpEnabled, localAsn: 65000, customerAsn: 65_000 + this.#gatewayOf.size, cloudPublicIps: [], bgpOptions: {} };
    return [this.ofConnection(vpnConnectionId, created), ...Object.entries(tunnels).map(([tunnelId, node]) => {
      this.#tunnels.set(tunnelId, { vpnConnectionId, node });
      return this.ofConnection(vpnConnectionId, { type: 'TunnelAdded', tunnel: { tunnelId, node } });
    })];
  }

  /** A virtual interface; told of it as of a tunnel: up, session, announce. */
  vif(vifId: string, borderGatewayId: string, node: string, bgpEnabled = true): RouterFact {
    this.#vifs.set(vifId, { borderGatewayId, node });
    const line = { node, interface: 'eth1', vlanId: null };
    return this.ofVif(vifId, { type: 'VirtualInterfaceCreated', region: REGION, name: vifId, description: '', borderGatewayId, line, bgpEnabled, localAsn: 64512, customerAsn: 65001, adminStatus: 'UP' });
  }

  ofVif(vifId: string, decision: object): RouterFact {
    return this.decide(streamOf.virtualInterface(vifId), { vifId, ...decision });
  }

  bgp(vpnConnectionId: string, bgpEnabled: boolean): RouterFact {
    return this.ofConnection(vpnConnectionId, { type: 'VpnConnectionUpdated', name: 'n', description: '', bgpEnabled, bgpOptions: {} });
  }

  admin(tunnelId: string, up: boolean): RouterFact {
    return this.ofConnection(this.#tunnels.get(tunnelId)!.vpnConnectionId, { type: up ? 'TunnelEnabled' : 'TunnelDisabled', tunnelId });
  }

  staticRoute(borderGatewayId: string, staticRouteId: string, destination: string, nextHopId: string): RouterFact {
    const nextHopType = nextHopId.startsWith('att-') ? 'vpc_attachment' : this.#vifs.has(nextHopId) ? 'private_vif' : 'vpn_connection';
    return this.#ofGateway(borderGatewayId, { type: 'StaticRouteAdded', staticRouteId, destination, nextHopType, nextHopId, description: '' });
  }

  removeStatic(borderGatewayId: string, staticRouteId: string): RouterFact {
    return this.#ofGateway(borderGatewayId, { type: 'StaticRouteRemoved', staticRouteId });
  }

  up(...tunnelIds: string[]): RouterFact[] {
    return tunnelIds.map((id) => this.#oper(id, 'UP'));
  }

  down(...tunnelIds: string[]): RouterFact[] {
    return tunnelIds.map((id) => this.#oper(id, 'DOWN'));
  }

  downBecause(tunnelId: string, why: { readonly reason: string; readonly detail: string; readonly since: string }): RouterFact {
    const fact = this.#oper(tunnelId, 'DOWN');
    return { ...fact, observation: { ...fact.observation, ...why } } as RouterFact;
  }

  session(tunnelId: string, epoch: number): RouterFact {
    const ref = this.#ref(tunnelId);
    return { kind: 'bgp', key: keyOf.bgpSession(ref.borderGatewayId, tunnelId), observation: { type: 'BgpSessionEstablished', ...ref, epoch, neighborAddress: '169.254.0.1', neighborAsn: 65001, since: '' } };
  }

  closed(tunnelId: string, epoch: number): RouterFact {
    const ref = this.#ref(tunnelId);
    return { kind: 'bgp', key: keyOf.bgpSession(ref.borderGatewayId, tunnelId), observation: { type: 'BgpSessionClosed', ...ref, epoch, reason: 'hold timer expired', since: '' } };
  }

  announce(tunnelId: string, prefix: string, { epoch = 1, asPath = [65001], since = '2026-01-01T00:00:00.000Z' }: { epoch?: number; asPath?: number[]; since?: string } = {}): RouterFact {
    const ref = this.#ref(tunnelId);
    return { kind: 'bgp', key: keyOf.bgpRoute(ref.borderGatewayId, tunnelId, prefix), observation: { type: 'BgpRouteAnnounced', ...ref, epoch, prefix, asPath, asPathLength: asPath.length, origin: 'IGP', med: null, communities: [], since } };
  }

  withdraw(tunnelId: string, prefix: string): RouterFact {
    return { kind: 'bgp', key: keyOf.bgpRoute(this.#ref(tunnelId).borderGatewayId, tunnelId, prefix), observation: null };
  }

  kernel(borderGatewayId: string, node: string, routes: Record<string, FibNextHop[]>): RouterFact {
    const entries = Object.entries(routes).map(([prefix, nextHops]) => ({ prefix, nextHops }));
    return { kind: 'tunnel', at: '2026-01-01T00:00:00.000Z', observation: { type: 'KernelFibObserved', region: REGION, borderGatewayId, node, entries } };
  }

  ofVpc(vpcId: string, decision: object): RouterFact {
    return this.decide(streamOf.vpc(vpcId), { vpcId, ...decision });
  }

  ofConnection(vpnConnectionId: string, decision: object): RouterFact {
    return this.decide(streamOf.vpnConnection(vpnConnectionId), { vpnConnectionId, ...decision });
  }

  #ofGateway(borderGatewayId: string, decision: object): RouterFact {
    return this.decide(streamOf.borderGateway(borderGatewayId), { borderGatewayId, ...decision });
  }

  #oper(tunnelId: string, operStatus: 'UP' | 'DOWN'): Extract<RouterFact, { kind: 'tunnel' }> {
    const ref = this.#ref(tunnelId);
    const common = { operStatus, detail: '', since: '', driver: 'simulated' } as const;
    if ('vifId' in ref) return { kind: 'tunnel', at: '', observation: { type: 'VifOperStatusChanged', ...ref, ...common, reason: operStatus === 'UP' ? 'link-up' : 'no-carrier' } };
    return { kind: 'tunnel', at: '', observation: { type: 'TunnelOperStatusChanged', ...ref, ...common, reason: operStatus === 'UP' ? 'established' : 'dpd-timeout' } };
  }

  #ref(tunnelId: string): PeerRef {
    const vif = this.#vifs.get(tunnelId);
    if (vif) return { region: REGION, ...vif, vifId: tunnelId };
    const { vpnConnectionId, node } = this.#tunnels.get(tunnelId)!;
    return { region: REGION, borderGatewayId: this.#gatewayOf.get(vpnConnectionId)!, vpnConnectionId, tunnelId, node };
  }
}

export const tunnel = (id: string): FibNextHop => ({ kind: 'tunnel', id });
export const vif = (id: string): FibNextHop => ({ kind: 'vif', id });
export const attachment = (id: string): FibNextHop => ({ kind: 'attachment', id });

import type { Documents, TunnelState, VifState } from '../api/types.js';
import type { Tone } from '../ui/status.js';

/** What is drawn, apart from where and how: a gateway, the VPCs on its one side, the ways to customers on the other. */
export interface Rates {
  readonly inBps: number;
  readonly outBps: number;
}
type Session = 'established' | 'down' | 'off';

/** A tunnel, or the line of a virtual interface; or several tunnels as one. */
export interface Line {
  readonly id: string;
  readonly collection: 'vpnTunnels' | 'virtualInterfaces' | 'vpnConnections';
  readonly tone: Tone;
  readonly up: number;
  readonly of: number;
  readonly disabled: boolean;
  readonly bgp: Session;
  readonly rates: Rates | null;
}

/** A VPN connection or a virtual interface. */
export interface Way {
  readonly id: string;
  readonly collection: 'vpnConnections' | 'virtualInterfaces';
  readonly name: string;
  readonly tone: Tone;
  readonly up: number;
  readonly of: number;
  readonly lines: readonly Line[];
}

/** The far end of ways: a customer gateway, or who is at the end of a direct line. */
export interface Far {
  readonly key: string;
  readonly id: string | null;
  readonly name: string;
  readonly asn: number | null;
  readonly addresses: readonly string[];
  readonly ways: readonly Way[];
}

export interface NearVpc {
  readonly vpcId: string;
  readonly vpcAttachmentId: string;
  readonly name: string;
  readonly cidr: string;
  readonly attachment: string;
  readonly subnets: number;
}

export interface Picture {
  readonly gateway: { readonly id: string; readonly name: string; readonly asn: number };
  readonly vpcs: readonly NearVpc[];
  readonly fars: readonly Far[];
  /** Ways that are not drawn, all tunnels up: there are too many. */
  readonly left: number;
  readonly leftVpcs: number;
  readonly total: { readonly up: number; readonly down: number; readonly disabled: number; readonly rates: Rates | null };
}

export interface Parts {
  readonly gateways: readonly Documents['borderGateways'][];
  readonly attachments: readonly Documents['vpcAttachments'][];
  readonly vpcs: readonly Documents['vpcs'][];
  readonly connections: readonly Documents['vpnConnections'][];
  readonly tunnels: readonly Documents['vpnTunnels'][];
  readonly customers: readonly Documents['customerGateways'][];
  readonly vifs: readonly Documents['virtualInterfaces'][];
  /** The present: what is not there yet is as the resource says. */
  readonly states: ReadonlyMap<string, TunnelState>;
  readonly vifStates: ReadonlyMap<string, VifState>;
}

/** From so many tunnels on a connection is one line, unless something is wrong with it. */
export const LINES = 24;
/** So many ways and VPCs are drawn; those in trouble come first. */
export const WAYS = 40;

interface Told {
  readonly opStatus: string;
  readonly adminStatus: string;
  readonly bgpStatus: Session;
}

/** The picture of one gateway. `everything`: nothing is drawn together or left out. */
export function pictureOf(parts: Parts, bgwId: string, everything = false): Picture | undefined {
  const gateway = parts.gateways.find((one) => one.bgwId === bgwId);
  if (!gateway) return undefined;
  const all = waysOf(parts, bgwId);
  const lines = all.flatMap(({ way }) => way.lines);
  const together = !everything && lines.length > LINES;
  const drawn = everything ? all : [...all].sort((a, b) => trouble(b.way) - trouble(a.way)).slice(0, WAYS);
  const near = parts.attachments.filter((one) => one.bgwId === bgwId).map((attachment) => vpcOf(parts, attachment)).sort((a, b) => byName(a.name, b.name));
  const tunnelsUp = lines.filter(({ up }) => up > 0).length;
  const disabled = lines.filter((line) => line.disabled).length;
  return {
    gateway: { id: bgwId, name: gateway.bgwName, asn: gateway.bgpAsn },
    vpcs: everything ? near : near.slice(0, WAYS), leftVpcs: everything ? 0 : Math.max(0, near.length - WAYS),
    fars: farsOf(parts, drawn.map(({ far, way }) => ({ far, way: together && way.lines.length > 1 && way.tone === 'up' ? asOneLine(way) : way }))),
    left: all.length - drawn.length,
    total: { up: tunnelsUp, disabled, down: lines.length - tunnelsUp - disabled, rates: sum(lines) },
  };
}

interface FarWay {
  /** A customer gateway's id, or a virtual interface's own. */
  readonly far: string;
  readonly way: Way;
}

function waysOf(parts: Parts, bgwId: string): FarWay[] {
  const tunnels = groupBy(parts.tunnels.filter((tunnel) => tunnel.bgwId === bgwId), ({ vpnConnectionId }) => vpnConnectionId);
  const connections = parts.connections.filter((one) => one.bgwId === bgwId).map(({ vpnConnectionId: id, vpnConnectionName: name, cgwId }): FarWay => {
    const lines = (tunnels.get(id) ?? []).map((tunnel) => tunnelLine(tunnel, parts.states.get(tunnel.vpnTunnelId))).sort((a, b) => (a.id < b.id ? -1 : 1));
    return { far: cgwId, way: wayOf(id, 'vpnConnections', name, lines) };
  });
  const vifs = parts.vifs.filter((one) => one.bgwId === bgwId).map((vif): FarWay => ({ far: vif.vifId, way: wayOf(vif.vifId, 'virtualInterfaces', vif.vifName, [vifLine(vif, parts.vifStates.get(vif.vifId))]) }));
  return [...connections, ...vifs];
}

function wayOf(id: string, collection: Way['collection'], name: string, lines: readonly Line[]): Way {
  const up = lines.filter((line) => line.up > 0).length;
  const enabled = lines.filter(({ disabled }) => !disabled).length;
  const tone: Tone = enabled === 0 ? 'off' : up === 0 ? 'down' : lines.some((line) => line.tone === 'down' || line.tone === 'warn') ? 'warn' : 'up';
  return { id, collection, name, tone, up, of: lines.length, lines };
}

const toneOf = ({ opStatus, adminStatus, bgpStatus }: Told): Tone => (opStatus === 'UP' ? (bgpStatus === 'down' ? 'warn' : 'up') : adminStatus === 'DOWN' ? 'off' : 'down');
const lineOf = (id: string, collection: Line['collection'], told: Told, rates: Rates | null): Line =>
  ({ id, collection, tone: toneOf(told), up: told.opStatus === 'UP' ? 1 : 0, of: 1, disabled: told.adminStatus === 'DOWN' && told.opStatus !== 'UP', bgp: told.bgpStatus, rates });

const tunnelLine = (tunnel: Documents['vpnTunnels'], state: TunnelState | undefined): Line =>
  lineOf(tunnel.vpnTunnelId, 'vpnTunnels', state ?? tunnel, state?.rates ? { inBps: state.rates.originalInBps, outBps: state.rates.originalOutBps } : null);
const vifLine = (vif: Documents['virtualInterfaces'], state: VifState | undefined): Line => lineOf(vif.vifId, 'virtualInterfaces', state ?? vif, state?.rates ?? null);

/** All tunnels of a connection in one line. */
const asOneLine = (way: Way): Way => ({ ...way, lines: [{ id: way.id, collection: way.collection, tone: way.tone, up: way.up, of: way.of, disabled: false, bgp: way.lines[0]!.bgp, rates: sum(way.lines) }] });

function sum(lines: readonly Line[]): Rates | null {
  const measured = lines.map(({ rates }) => rates).filter((rates) => rates !== null);
  return measured.length === 0 ? null : { inBps: measured.reduce((total, { inBps }) => total + inBps, 0), outBps: measured.reduce((total, { outBps }) => total + outBps, 0) };
}

/** Ways to the same far end stand together. */
function farsOf({ customers, vifs }: Parts, ways: readonly FarWay[]): Far[] {
  const fars = [...groupBy(ways, ({ far }) => far)].map(([key, group]): Far => {
    const customer = customers.find(({ customerGatewayId }) => customerGatewayId === key);
    const vif = vifs.find(({ vifId }) => vifId === key);
    const inOrder = group.map(({ way }) => way).sort((a, b) => byName(a.name, b.name));
    if (customer) return { key, id: key, name: customer.customerGatewayName, asn: customer.bgpAsn, addresses: customer.customerIps, ways: inOrder };
    return { key, id: null, name: vif?.remoteVifIp ?? key, asn: vif?.customerAsn ?? null, addresses: [], ways: inOrder };
  });
  return fars.sort((a, b) => Number(a.id === null) - Number(b.id === null) || byName(a.name, b.name));
}

function vpcOf({ vpcs }: Parts, attachment: Documents['vpcAttachments']): NearVpc {
  const vpc = vpcs.find(({ vpcId }) => vpcId === attachment.vpcId);
  return { vpcId: attachment.vpcId, vpcAttachmentId: attachment.vpcAttachmentId, name: vpc?.vpcName ?? attachment.vpcId, cidr: vpc?.cidr ?? '', attachment: attachment.vpcAttachmentName, subnets: attachment.propagateCidrInfos.length };
}

const TROUBLE: Readonly<Record<Tone, number>> = { down: 3, warn: 2, off: 1, up: 0 };
const trouble = ({ tone }: Way): number => TROUBLE[tone];
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

const collator = new Intl.Collator('en', { numeric: true });
const byName = (a: string, b: string): number => collator.compare(a, b);

import { PartialTunnelOptions, QuotaType } from '@bordergate/contracts';
import { isRejection } from '@bordergate/kernel';
import type { WorldCommand } from '../world/resources.js';
import { BGP_TIMERS, REGION, type World } from '../world/world.js';

/** What a person asks of the API, as words of a scenario. Ids are the names that the scenario gives. */
export interface Stage {
  readonly world: World;
  /** The world's answers to commands: refusals, and what was asked to be shown. */
  say(line: string): void;
}
type Verb = (stage: Stage, words: readonly string[]) => void;

/** Answers false when the first word is none of these. */
export function decide(stage: Stage, words: readonly string[]): boolean {
  const [verb = '', ...rest] = words;
  const found = VERBS[verb];
  if (found) found(stage, rest);
  return found !== undefined;
}

function ask({ world, say }: Stage, command: WorldCommand): void {
  const decided = world.run(command);
  if (isRejection(decided)) say(`refused ${decided.code}${decided.field === undefined ? '' : ` (${decided.field})`}: ${decided.because}`);
}

const mainTable = (vpc: string): string => `${vpc}-main`;
const attachmentId = (gateway: string, vpc: string): string => `${gateway}-${vpc}`;
/** An id that is not taken: what must be refused is the second attachment, not its id. */
const freshAttachmentId = ({ world }: Stage, gateway: string, vpc: string): string =>
  world.resources.borderGateways.states.get(gateway)?.attachments.has(attachmentId(gateway, vpc)) ? `${attachmentId(gateway, vpc)}-2` : attachmentId(gateway, vpc);
const without = (words: readonly string[], ...filler: readonly string[]): string[] => words.filter((word) => !filler.includes(word));
const after = (words: readonly string[], word: string): string | undefined => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
const labels = { description: '' };

const propagation = (words: readonly string[]) => {
  const [type = 'all', ...subnetIds] = words;
  return { propagateType: type as 'all' | 'partial' | 'none', subnetIds };
};

const VERBS: Readonly<Record<string, Verb>> = {
  vpc: (stage, [id = '', cidr = '']) => ask(stage, { to: 'vpc', id, command: { type: 'CreateVpc', vpcId: id, region: REGION, ...labels, name: id, cidr, mainRouteTableId: mainTable(id) } }),
  subnet: (stage, [id = '', subnetId = '', cidr = '']) => ask(stage, { to: 'vpc', id, command: { type: 'CreateSubnet', subnetId, name: subnetId, cidr } }),
  gateway: (stage, [id = '']) => ask(stage, { to: 'borderGateway', id, command: { type: 'CreateBorderGateway', borderGatewayId: id, region: REGION, ...labels, name: id, bgpAsn: 65000 } }),
  /** transit gw1 on|off */
  transit: (stage, [id = '', onOrOff]) => ask(stage, { to: 'borderGateway', id, command: { type: 'UpdateBorderGateway', transitEnabled: onOrOff === 'on' } }),
  /** quota bgw_propagated_route 5 [of gw1] | quota vpc_propagated_route default [of vpc1-main] */
  quota: (stage, words) => {
    const [type, limit = ''] = words;
    ask(stage, { to: 'region', command: { type: 'SetQuota', region: REGION, quotaType: QuotaType.parse(type), parentResourceId: after(words, 'of') ?? null, maxLimit: limit === 'default' ? null : Number(limit) } });
  },
  attach: (stage, [id = '', vpcId = '', ...rest]) =>
    ask(stage, { to: 'borderGateway', id, command: { type: 'AttachVpc', vpcAttachmentId: freshAttachmentId(stage, id, vpcId), vpcId, name: vpcId, ...propagation(rest) } }),
  reattach: (stage, [id = '', vpcId = '', ...rest]) =>
    ask(stage, { to: 'borderGateway', id, command: { type: 'UpdateVpcAttachment', vpcAttachmentId: attachmentId(id, vpcId), ...propagation(rest) } }),
  detach: (stage, [id = '', vpcId = '']) => ask(stage, { to: 'borderGateway', id, command: { type: 'DetachVpc', vpcAttachmentId: attachmentId(id, vpcId) } }),
  propagate: (stage, words) => {
    const [borderGatewayId = '', id = '', ...cidrs] = without(words, '->');
    ask(stage, {
      to: 'vpc', id, command: { type: 'AddRoutePropagation', routeTableId: mainTable(id), propagationId: `prop-${borderGatewayId}`, borderGatewayId, cidrs: cidrs.length > 0 ? cidrs : ['0.0.0.0/0'] },
    });
  },
  unpropagate: (stage, words) => {
    const [borderGatewayId = '', id = ''] = without(words, '->');
    ask(stage, { to: 'vpc', id, command: { type: 'RemoveRoutePropagation', routeTableId: mainTable(id), propagationId: `prop-${borderGatewayId}` } });
  },
  'vpc-static': (stage, words) => {
    const [id = '', destination = '', borderGatewayId = ''] = without(words, 'via');
    ask(stage, { to: 'vpc', id, command: { type: 'AddVpcStaticRoute', routeTableId: mainTable(id), vpcRouteId: `route-${destination}`, destination, borderGatewayId, ...labels } });
  },
  customer: (stage, words) => {
    const bgpAsn = Number(after(words, 'asn') ?? 65010);
    const [id = '', ...customerIps] = words.includes('asn') ? words.slice(0, words.indexOf('asn')) : words;
    ask(stage, { to: 'customerGateway', id, command: { type: 'CreateCustomerGateway', customerGatewayId: id, region: REGION, ...labels, name: id, customerIps, bgpAsn } });
  },
  /** connect c1 gw1 idc1 bgp|static [bfd] [hold 9] */
  connect: (stage, words) => {
    const [id = '', borderGatewayId = '', customerGatewayId = '', kind = 'bgp'] = words;
    const bgpTimers = { ...BGP_TIMERS, bfdEnabled: words.includes('bfd'), holdSec: Number(after(words, 'hold') ?? BGP_TIMERS.holdSec) };
    ask(stage, {
      to: 'vpnConnection', id,
      command: { type: 'CreateVpnConnection', vpnConnectionId: id, region: REGION, ...labels, name: id, borderGatewayId, customerGatewayId, bgpEnabled: kind === 'bgp', localAsn: 65000, bgpTimers },
    });
  },
  mode: (stage, [id = '', kind]) => ask(stage, { to: 'vpnConnection', id, command: { type: 'UpdateVpnConnection', bgpEnabled: kind === 'bgp' } }),
  /** The initial set of a connection; tunnels are numbered through the whole scenario. */
  tunnels: (stage, [id = '']) => {
    const { world } = stage;
    const secrets = Array.from({ length: world.resources.tunnelCount(id, 0) }, () => ({ tunnelId: world.nextTunnelId(), pskRef: world.keep(`secret-${id}`) }));
    ask(stage, { to: 'vpnConnection', id, command: { type: 'AddTunnels', tunnels: [], secrets } });
  },
  static: (stage, words) => {
    const [id = '', destination = '', nextHop = ''] = without(words, 'via');
    const isVpc = stage.world.resources.borderGateways.states.get(id)?.attachments.has(attachmentId(id, nextHop)) ?? false;
    const [nextHopType, nextHopId] = isVpc ? (['vpc_attachment', attachmentId(id, nextHop)] as const) : (['vpn_connection', nextHop] as const);
    ask(stage, { to: 'borderGateway', id, command: { type: 'AddStaticRoute', staticRouteId: `${destination}->${nextHop}`, destination, nextHopType, nextHopId, ...labels } });
  },
  unstatic: (stage, words) => {
    const [id = '', destination = '', nextHop = ''] = without(words, 'via');
    ask(stage, { to: 'borderGateway', id, command: { type: 'RemoveStaticRoute', staticRouteId: `${destination}->${nextHop}` } });
  },
  enable: (stage, words) => {
    for (const tunnelId of words) ask(stage, { to: 'vpnConnection', id: ownerOf(stage, tunnelId), command: { type: 'EnableTunnel', tunnelId } });
  },
  disable: (stage, words) => {
    for (const tunnelId of words) ask(stage, { to: 'vpnConnection', id: ownerOf(stage, tunnelId), command: { type: 'DisableTunnel', tunnelId } });
  },
  /** reconfigure t1 ikeCipher=aes256 ... */
  reconfigure: (stage, [tunnelId = '', ...settings]) => {
    const options = PartialTunnelOptions.parse(Object.fromEntries(settings.map((setting) => setting.split('='))));
    ask(stage, { to: 'vpnConnection', id: ownerOf(stage, tunnelId), command: { type: 'ReconfigureTunnel', tunnelId, change: { options } } });
  },
  'new-psk': (stage, [tunnelId = '', psk = '']) =>
    ask(stage, { to: 'vpnConnection', id: ownerOf(stage, tunnelId), command: { type: 'ReconfigureTunnel', tunnelId, change: { pskRef: stage.world.keep(psk) } } }),
  delete: (stage, [kind = '', id = '', subnetId = '']) => ask(stage, deletion(stage, kind, id, subnetId)),
};

function deletion(stage: Stage, kind: string, id: string, subnetId: string): WorldCommand {
  switch (kind) {
    case 'vpc': return { to: 'vpc', id, command: { type: 'DeleteVpc' } };
    case 'subnet': return { to: 'vpc', id, command: { type: 'DeleteSubnet', subnetId } };
    case 'gateway': return { to: 'borderGateway', id, command: { type: 'DeleteBorderGateway' } };
    case 'customer': return { to: 'customerGateway', id, command: { type: 'DeleteCustomerGateway' } };
    case 'connection': return { to: 'vpnConnection', id, command: { type: 'DeleteVpnConnection' } };
    case 'tunnel': return { to: 'vpnConnection', id: ownerOf(stage, id), command: { type: 'RemoveTunnel', tunnelId: id } };
    case 'address': return { to: 'addressPool', command: { type: 'RemovePublicAddress', region: REGION, address: id } };
    default: throw new Error(`cannot delete a ${kind}`);
  }
}

const ownerOf = ({ world }: Stage, tunnelId: string): string => world.resources.connectionOf(tunnelId)?.vpnConnectionId ?? 'no-connection';

import { gatewayLimit, gatewayRoutes, vpcLimits } from '@bordergate/routing-core';
import { grouped } from '@bordergate/kernel';
import type { WorldFact } from '../world/journal.js';
import { names } from '../world/node.js';
import type { World } from '../world/world.js';

/** What a scenario shows of the tables of the world, a line under a name: two of them differ in what changed. */
export type Tables = ReadonlyMap<string, string>;

export const tablesOf = (world: World): Tables => new Map([...fibLines(world), ...vpcLines(world), ...toldLines(world), ...limitLines(world)]);

/** What changed, in the order of the later tables; what is gone comes last. */
export function changedLines(before: Tables, after: Tables): string[] {
  const changed = [...after].filter(([name, line]) => before.get(name) !== line).map(([name, line]) => `${name} ${line}`);
  return [...changed, ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `${name} ${name.startsWith('told ') ? 'nothing any more' : 'gone'}`)];
}

/** Tunnels and BGP sessions have a story, not only an end: every change of theirs, as it was told. */
export function storyOf(facts: readonly WorldFact[], last: Map<string, string>): string[] {
  return facts.flatMap((fact) => {
    const said = sentence(fact);
    if (!said || last.get(said[0]) === said[1]) return [];
    last.set(...said);
    return [`${said[0]} ${said[1]}`];
  });
}

function sentence({ topic, data }: WorldFact): [string, string] | undefined {
  if (topic !== 'tunnel' && topic !== 'bgp') return undefined;
  switch (data?.type) {
    case 'TunnelOperStatusChanged': return [`tunnel ${data.tunnelId}`, `${data.operStatus} because ${data.reason}${UNSAID.has(data.reason) ? '' : `: ${data.detail}`}`];
    case 'TunnelGone': return [`tunnel ${data.tunnelId}`, 'gone'];
    case 'BgpSessionEstablished': return [`bgp ${data.tunnelId}`, 'established'];
    case 'BgpSessionClosed': return [`bgp ${data.tunnelId}`, `down because ${data.reason}`];
    default: return undefined;
  }
}
/** Reasons that need no explanation. */
const UNSAID: ReadonlySet<string> = new Set(['established', 'negotiating', 'admin-down', 'draining']);

/** fib gw1 10.20.0.0/16 via t1 t2 because equal-cost (not c2: as-path-length) */
function* fibLines({ router }: World): Generator<[string, string]> {
  for (const gateway of [...router.gateways.keys()].sort()) {
    const routes = (['static', 'propagated'] as const).flatMap((table) => gatewayRoutes(router, gateway, table) ?? []);
    for (const [prefix, candidates] of [...grouped(routes, (route) => route.bgwRouteDestination)].sort(byPrefixText)) {
      const best = candidates.filter((route) => route.effective);
      const lost = candidates.filter((route) => !route.effective).map((route) => `${hopName(route.bgwRouteNexthop)}: ${route.because}`);
      const via = [...new Set(best.flatMap((route) => route.nextHops.map((hop) => hopName(hop.id))))].sort().join(' ');
      yield [`fib ${gateway} ${prefix}`, best.length > 0 ? `via ${via} because ${best[0]!.because}${lost.length > 0 ? ` (not ${lost.join(', ')})` : ''}` : `not forwarded (${lost.join(', ')})`];
    }
  }
}

/** vpc vpc1 10.20.0.0/16 via gw1 */
function* vpcLines({ router }: World): Generator<[string, string]> {
  const rows = [...router.rows()].flatMap(({ value }) => (value?.type === 'VpcRoutePropagated' ? [value] : []));
  for (const { vpcId, routeTableId, prefix, candidates } of rows.sort((a, b) => byPrefixText([`${a.routeTableId} ${a.prefix}`], [`${b.routeTableId} ${b.prefix}`]))) {
    const table = routeTableId === `${vpcId}-main` ? vpcId : routeTableId;
    const best = candidates.filter((candidate) => candidate.effective);
    const lost = candidates.filter((candidate) => !candidate.effective).map((candidate) => `${candidate.routeType} via ${candidate.borderGatewayId}: ${candidate.because}`);
    const isPlain = best.length === 1 && (best[0]!.because === 'only-route' || best[0]!.because === 'local');
    const found = best.map((candidate) => candidate.borderGatewayId ?? 'local').join(' ');
    yield [`vpc ${table} ${prefix}`, best.length > 0 ? `${found === 'local' ? '' : 'via '}${found}${isPlain ? '' : ` because ${best[0]!.because}`}${lost.length > 0 ? ` (not ${lost.join(', ')})` : ''}` : `not used (${lost.join(', ')})`];
  }
}

/** told idc1/t1 10.1.1.0/24 : what the customer's router really hears. */
function* toldLines({ nodes, resources }: World): Generator<[string, string]> {
  for (const connection of resources.vpnConnections.all()) {
    for (const [tunnelId, { spec }] of connection.tunnels) {
      const bird = nodes.get(spec.node)!.birds.get(connection.borderGatewayId);
      const told = bird?.told(names.bgpProtocol(tunnelId)).map((route) => route.prefix).sort() ?? [];
      if (told.length > 0) yield [`told ${connection.customerGatewayId}/${tunnelId}`, told.join(' ')];
    }
  }
}

/** limit gw1 over-limit, 2 of 7 refused : a warning; there is none while all is well. */
function* limitLines({ router }: World): Generator<[string, string]> {
  const rooms = [...[...router.topology.gateways.keys()].map((id) => ({ id, ...gatewayLimit(router, id) })), ...[...router.topology.vpcs.keys()].flatMap((id) => (vpcLimits(router, id) ?? []).map((room) => ({ id: room.routeTableId, ...room })))];
  for (const { id, status, count, refused } of rooms) if (status !== undefined && status !== 'ok') yield [`limit ${id}`, `${status}, ${refused} of ${count} refused`];
}

/** Attachments are called by their VPC. */
const hopName = (id: string): string => id.replace(/^[^-]+-/, '');
const byPrefixText = ([a = '']: readonly (string | unknown)[], [b = '']: readonly (string | unknown)[]): number => String(a).localeCompare(String(b), 'en', { numeric: true });

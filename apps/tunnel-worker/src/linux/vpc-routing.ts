import { fnv1a } from '@bordergate/tunnel-core';
import { deviceNames, type VpcPort } from '../data-plane.js';
import { ipList } from './exec.js';

/** Our routes carry this protocol number: what else is in the namespace (connected, a test's own) is not ours to remove. */
const PROTO = '199';
/** Behind `main` (32766), which has connected networks only: Local always wins. */
const SUBNET_PREF = 40_000;
const ROUTER_PREF = 41_000;
const LAST_PREF = 42_000;
/** How `ip` names the action when it is asked for numbers. */
const FR_ACT_UNREACHABLE = '7';
const FIRST_TABLE = 1_000;
const TABLES = 100_000;

interface Hop { gateway?: string; dev?: string }
interface Route extends Hop { dst: string; table?: string; nexthops?: Hop[] }
interface Rule { priority: number; src: string; srclen?: number; iif?: string; table?: string; action?: string }

/** A next hop of the VPC: the attachment's device in it, and the gateway's address on the link. */
export interface VpcNextHop { device: string; gatewayAddress: string }

/**
 * `ip` commands that leave the VPC's namespace with exactly the wanted route tables. A packet of a subnet is looked up in
 * `main`, then in the subnet's route table, then it is unreachable. Packets of the router itself (its answers to a ping,
 * its ICMP errors) follow the table of the subnet whose address they have, or any table that knows the way.
 */
export async function vpcRoutingCommands(netns: string, vpc: VpcPort, nextHops: ReadonlyMap<string, VpcNextHop>, routerOf: (subnetId: string) => string): Promise<string[]> {
  const [routes, rules] = await Promise.all([
    ipList<Route>(netns, '-4', 'route', 'show', 'table', 'all', 'proto', PROTO),
    ipList<Rule>(netns, 'rule', 'show'),
  ]);
  const tables = tableNumbers(vpc);
  const wantedRoutes = new Set(routeTexts(vpc, tables, nextHops));
  const foundRoutes = new Set(routes.map(routeText));
  const wantedRules = new Set(ruleTexts(vpc, tables, routerOf));
  const foundRules = rules.filter(rule => rule.priority >= SUBNET_PREF && rule.priority <= LAST_PREF).map(ruleText);
  const kept = new Set([...wantedRoutes].map(destination));
  // First what adds, then what takes away: nothing is unrouted in between.
  return [
    ...[...wantedRoutes].filter(route => !foundRoutes.has(route)).map(route => `route replace ${route}`),
    ...[...wantedRules].filter(rule => !foundRules.includes(rule)).map(rule => `rule add ${rule}`),
    ...foundRules.filter((rule, i) => !wantedRules.has(rule) || foundRules.indexOf(rule) < i).map(rule => `rule del ${rule}`),
    ...[...foundRoutes].filter(route => !kept.has(destination(route))).map(route => `route del ${destination(route)} proto ${PROTO}`),
  ];
}

/** A number for each route table, from its id; a clash moves the later one (by id) on. */
function tableNumbers(vpc: VpcPort): Map<string, number> {
  const ids = [...new Set([...vpc.subnets, ...vpc.routes].map(each => each.routeTableId))].sort();
  const numbers = new Map<string, number>();
  const taken = new Set<number>();
  for (const id of ids) {
    let number = FIRST_TABLE + (fnv1a(id) % TABLES);
    while (taken.has(number)) number = FIRST_TABLE + ((number - FIRST_TABLE + 1) % TABLES);
    taken.add(number);
    numbers.set(id, number);
  }
  return numbers;
}

// Both, wanted and found, are said as `ip` takes them, in one order: comparing is then comparing texts.

function routeTexts(vpc: VpcPort, tables: Map<string, number>, nextHops: ReadonlyMap<string, VpcNextHop>): string[] {
  return vpc.routes.flatMap(route => {
    const hops = [...new Set(route.vpcAttachmentIds)].flatMap(id => nextHops.get(id) ?? []);
    if (hops.length === 0) return []; // no attachment of it is there (yet)
    return [textOf(route.prefix, tables.get(route.routeTableId)!, hops.map(hop => `via ${hop.gatewayAddress} dev ${hop.device}`))];
  });
}

const routeText = (route: Route): string =>
  textOf(route.dst, Number(route.table), (route.nexthops ?? [route]).map(hop => `via ${hop.gateway} dev ${hop.dev}`));

function textOf(prefix: string, table: number, hops: string[]): string {
  const dst = prefix === '0.0.0.0/0' ? 'default' : prefix.replace(/\/32$/, '');
  const [only, ...others] = [...hops].sort();
  const way = others.length === 0 ? only : [only, ...others].map(hop => `nexthop ${hop}`).join(' ');
  return `${dst} table ${table} proto ${PROTO} ${way}`;
}

const destination = (text: string): string => text.split(' ').slice(0, 3).join(' ');

function ruleTexts(vpc: VpcPort, tables: Map<string, number>, routerOf: (subnetId: string) => string): string[] {
  return [
    ...vpc.subnets.flatMap(({ subnetId, routeTableId }) => [
      `pref ${SUBNET_PREF} from all iif ${deviceNames.subnetBridge(subnetId)} lookup ${tables.get(routeTableId)}`,
      `pref ${SUBNET_PREF} from ${routerOf(subnetId)} iif lo lookup ${tables.get(routeTableId)}`,
    ]),
    ...[...new Set(vpc.subnets.map(subnet => subnet.routeTableId))].map(id => `pref ${ROUTER_PREF} from all iif lo lookup ${tables.get(id)}`),
    `pref ${LAST_PREF} from all unreachable`,
  ];
}

const ruleText = (rule: Rule): string => [
  `pref ${rule.priority} from ${rule.src}${rule.srclen === undefined ? '' : `/${rule.srclen}`}`,
  ...(rule.iif === undefined ? [] : [`iif ${rule.iif}`]),
  ...(rule.action === undefined ? [`lookup ${rule.table}`] : [rule.action === FR_ACT_UNREACHABLE ? 'unreachable' : rule.action]),
].join(' ');

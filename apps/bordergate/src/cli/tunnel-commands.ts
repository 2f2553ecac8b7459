import type { Command } from 'commander';
import { http } from '@bordergate/contracts';
import { ALARM_RULE_PREFIX, ALARM_RULES } from './alarm-lists.js';
import { LARGEST_PAGE, type Json } from './api.js';
import { collectionOfId, idOf } from './collections.js';
import { ADVERTISED_COLUMNS, fibColumns, GATEWAY_ROUTE_COLUMNS, LEARNED_COLUMNS, RESOURCE_COLUMNS, STATE_COLUMNS, VPC_ROUTE_COLUMNS, type Fib, type State } from './columns.js';
import type { CliContext } from './context.js';
import { readJsonFile } from './fields.js';
import { UsageError } from './io.js';
import { sheet, table, type Column } from './table.js';
import { watch } from './watch.js';

const tunnelPath = (id: string): string => `vpnTunnels/${encodeURIComponent(idOf('vpnTunnels', id))}`;

/** The verbs of tunnels and connections. */
export function addTunnelCommands(program: Command, context: () => CliContext): void {
  for (const [verb, what] of [['enable', 'let a tunnel negotiate or a virtual interface carry, with its present configuration; let an alarm rule watch again'], ['disable', 'drain a tunnel or virtual interface and take it down; let an alarm rule watch nothing']] as const) {
    program.command(verb).description(what).argument('<tunnelVifOrRuleId>').action(async (id: string) => {
      const { api, rows, json, one } = context();
      if (id.startsWith(ALARM_RULE_PREFIX)) {
        const rule = (await api.request('POST', `${ALARM_RULES.path}/${encodeURIComponent(id)}:${verb}`)) as Json;
        return json ? one(rule) : rows(ALARM_RULES.columns, [rule]);
      }
      const path = collectionOfId(id).path === 'virtualInterfaces' ? 'virtualInterfaces' : 'vpnTunnels';
      const leg = (await api.request('POST', `${path}/${encodeURIComponent(idOf(path, id))}:${verb}`)) as Json;
      if (json) one(leg);
      else rows(RESOURCE_COLUMNS[path], [leg]);
    });
  }

  program.command('add-tunnels').description('make the initial set of tunnels of a connection, without a file the whole set by default; later several more, both ends of each named')
    .argument('<connectionId>').option('-f, --file <file>', '{"tunnels": [...]} or the list alone; what is omitted is as the first one')
    .action(async (id: string, { file }: { file?: string }) => {
      const path = `vpnConnections/${encodeURIComponent(idOf('vpnConnections', id))}`;
      const content = file === undefined ? undefined : readJsonFile(file);
      const { api, rows } = context();
      rows(RESOURCE_COLUMNS.vpnTunnels, itemsOf(await api.request('POST', `${path}:addTunnels`, Array.isArray(content) ? { tunnels: content } : content)));
    });

  program.command('add-routes').description('make several static routes of a border gateway or a VPC route table, all or none').argument('<bgwId|routeTableId>')
    .requiredOption('-f, --file <file>', '{"routes": [...]} or the list alone; each with the fields of "create static-routes" or "create vpc-routes"')
    .action(async (id: string, { file }: { file: string }) => {
      const { path } = collectionOfId(id);
      if (path !== 'borderGateways' && path !== 'routeTables') throw new UsageError(`"${id}" has no static routes: give a border gateway or a route table`);
      const content = readJsonFile(file);
      const { api, rows } = context();
      const verb = path === 'borderGateways' ? 'addStaticRoutes' : 'addRoutes';
      rows(RESOURCE_COLUMNS[path === 'borderGateways' ? 'staticRoutes' : 'vpcRoutes'], itemsOf(await api.request('POST', `${path}/${encodeURIComponent(id)}:${verb}`, Array.isArray(content) ? { routes: content } : content)));
    });

  program.command('reveal-psk').description("print a tunnel's pre-shared key; this is recorded").argument('<tunnelId>').action(async (id: string) => {
    const { api, say } = context();
    const revealed = http.RevealedPsk.parse(await api.request('POST', `${tunnelPath(id)}:revealPsk`));
    say(revealed.psk, revealed);
  });
}

const itemsOf = (page: unknown): Json[] => (page as { items: Json[] }).items;

/** What the routing service answers. */
export function addRoutingCommands(program: Command, context: () => CliContext): void {
  program.command('routes').description('routes of a border gateway or VPC, or of the BGP peer of a tunnel or virtual interface').argument('<id>', 'of a border gateway, a VPC, a tunnel or a virtual interface')
    .option('--table <table>', `of a border gateway: ${http.RouteTableKind.options.join(', ')} (default effective)`)
    .option('--learned', 'of a tunnel or virtual interface: what its peer announces').option('--advertised', 'the same: what its peer is told')
    .action(async (id: string, { table: kind, learned, advertised }: { table?: string; learned?: boolean; advertised?: boolean }) => {
      const { path } = collectionOfId(id);
      const isLeg = path === 'vpnTunnels' || path === 'virtualInterfaces';
      if (path !== 'borderGateways' && path !== 'vpcs' && !isLeg) throw new UsageError(`"${id}" has no routes: give a border gateway, a VPC, a tunnel or a virtual interface`);
      if (isLeg && Boolean(learned) === Boolean(advertised)) throw new UsageError('say --learned or --advertised for a tunnel or virtual interface');
      if (!isLeg && (learned || advertised)) throw new UsageError('--learned and --advertised are for tunnels and virtual interfaces');
      if (kind !== undefined && (path !== 'borderGateways' || !http.RouteTableKind.safeParse(kind).success)) throw new UsageError(`--table is for border gateways: ${http.RouteTableKind.options.join(', ')}`);
      const { api, rows } = context();
      const at = `${path}/${encodeURIComponent(id)}`;
      if (path === 'vpcs') return rows(VPC_ROUTE_COLUMNS, await api.list(`${at}/routes`));
      if (path === 'borderGateways') return rows(GATEWAY_ROUTE_COLUMNS as readonly Column[], await api.list(`${at}/routes`, { table: kind ?? 'effective' }));
      return learned ? rows(LEARNED_COLUMNS as readonly Column[], await api.list(`${at}/learnedRoutes`)) : rows(ADVERTISED_COLUMNS, await api.list(`${at}/advertisedRoutes`));
    });

  program.command('fib').description("a border gateway's FIB: what is expected, and what each node's kernel has").argument('<bgwId>').action(async (id: string) => {
    const { api, rows, one, json } = context();
    const fib = (await api.request('GET', `borderGateways/${encodeURIComponent(idOf('borderGateways', id))}/fib`)) as Fib;
    if (json) return one(fib);
    // a prefix that only a kernel has is the worst difference: it must be in the list
    const unexpected = [...new Set(fib.nodes.flatMap((node) => node.differences.map((d) => d.prefix)))].filter((prefix) => !fib.expected.some((e) => e.prefix === prefix));
    rows(fibColumns(fib), [...fib.expected, ...unexpected.map((prefix) => ({ prefix, nextHops: [] }))]);
  });
}

async function showVif({ api, one, json, io }: CliContext, id: string): Promise<void> {
  const state = http.VifState.parse(await api.request('GET', `virtualInterfaces/${encodeURIComponent(id)}/state`));
  if (json) return one(state);
  const { history, counters, rates, ...rest } = state;
  io.stdout.write(sheet({ ...rest, ...rates, ...counters }));
  io.stdout.write(`\n${table([['AT', 'at'], ['CHANGE', 'what'], ['DETAIL', 'detail']], history)}`);
}

/** What the telemetry service answers. */
export function addStateCommands(program: Command, context: () => CliContext): void {
  program.command('state').description('present state of all tunnels, or of one or of a virtual interface with its history').argument('[tunnelOrVifId]').action(async (id?: string) => {
    const { api, rows, one, json, io } = context();
    if (id === undefined) return rows(STATE_COLUMNS as readonly Column[], await api.list('tunnelStates', LARGEST_PAGE));
    if (collectionOfId(id).path === 'virtualInterfaces') return showVif(context(), id);
    const state = (await api.request('GET', `${tunnelPath(id)}/state`)) as State;
    if (json) return one(state);
    const { history, counters, rates, ...rest } = state;
    io.stdout.write(sheet({ ...rest, ...rates }));
    if (counters) io.stdout.write(`\n${table([['COUNTERS', 'what'], ['BYTES IN', 'bytesIn'], ['BYTES OUT', 'bytesOut'], ['PACKETS IN', 'packetsIn'], ['PACKETS OUT', 'packetsOut']], [{ what: 'original', ...counters.original }, { what: 'encrypted', ...counters.encrypted }])}`);
    io.stdout.write(`\n${table([['AT', 'at'], ['CHANGE', 'what'], ['DETAIL', 'detail']], history)}`);
  });

  program.command('watch').description('follow the state of all tunnels: a line for each change').option('--rates', 'a line also when only the traffic changes').action(async ({ rates }: { rates?: boolean }) => {
    const { api, io, json } = context();
    await watch(api, io, { json, rates: rates ?? false });
  });
}

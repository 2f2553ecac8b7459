import type { http } from '@bordergate/contracts';
import { formatPrefix, parseIpv4, PrefixTable, prefixOf, type Prefix } from '@bordergate/kernel';
import { textOfGateway, textOfVpc } from './explain-text.js';
import { advertisementsOf, propagationsInto, propagationsOf, vpcRouteWhy } from './explain-spread.js';
import { idsOf, listed, pathWhy } from './explain-why.js';
import type { GatewayTables } from './gateway-tables.js';
import { decided, provenanceOf } from './provenance.js';
import { known } from './queries.js';
import type { Router } from './router.js';
import type { VpcRouteTable } from './topology.js';

/**
 * "Why": everything the router knows about one destination, each part with its reason (law 9). A walk over what the
 * tables hold now, so it cannot say anything else than they do; nothing is kept for it but where decisions come from.
 */
export interface Question {
  /** A prefix asks for exactly this destination, an address for its longest match: the probe is then its /32. */
  readonly probe: Prefix;
  readonly exact: boolean;
  readonly text: string;
}

/** @throws when neither or no prefix or address is given: the schema lets no such thing through. */
export function questionOf({ prefix, address }: http.ExplainQuery): Question {
  if (prefix !== undefined) return { probe: prefixOf(prefix), exact: true, text: prefix };
  const parsed = parseIpv4(address ?? '');
  if (parsed === undefined) throw new Error(`not an address: ${address}`);
  return { probe: { address: parsed, length: 32 }, exact: false, text: address! };
}

const asked = ({ exact, text }: Question) => ({ prefix: exact ? text : null, address: exact ? null : text });

/** Undefined: the router knows no such gateway. */
export function explainInGateway(router: Router, borderGatewayId: string, question: Question): http.GatewayExplanation | undefined {
  const gateway = known(router, borderGatewayId);
  if (!gateway) return undefined;
  const covering = [...gateway.rib.covering(question.probe)].map(([prefix]) => prefix);
  const { matching, rest } = split(question, covering, (prefix) => gateway.fib.get(prefix) !== undefined);
  const answer = {
    in: 'borderGateway' as const, bgwId: borderGatewayId, region: router.topology.gateways.get(borderGatewayId)!.region, question: asked(question), verdict: gatewayVerdict(gateway, question, covering),
    destinations: matching.map((prefix) => gatewayDestination(router, gateway, prefix)),
    lessSpecific: rest.map((prefix) => ({ prefix: formatPrefix(prefix), forwards: gateway.fib.get(prefix) !== undefined, nextHops: idsOf(gateway.fib.get(prefix)?.nextHops ?? []) })),
  };
  return { ...answer, text: textOfGateway(answer) };
}

/** The table named, or all tables of the VPC. Undefined: the router knows no such VPC or table. */
export function explainInVpc(router: Router, vpcId: string, routeTableId: string | undefined, question: Question): http.VpcExplanation | undefined {
  const vpc = router.topology.vpcs.get(vpcId);
  if (!vpc || (routeTableId !== undefined && !vpc.routeTables.has(routeTableId))) return undefined;
  const ids = routeTableId === undefined ? [...vpc.routeTables.keys()].sort() : [routeTableId];
  const tables = ids.map((id) => explainTable(router, vpcId, id, vpc.routeTables.get(id)!, question));
  const answer = { in: 'vpc' as const, vpcId, region: vpc.region, question: asked(question), verdict: tables.map((table) => table.verdict).join(' '), tables };
  return { ...answer, text: textOfVpc(answer) };
}

/**
 * The destinations that answer the question, of those that cover it (most specific first): exactly the prefix; or, for an
 * address, down to the one that forwards, because a more specific one that does not is why the address takes this way.
 */
function split(question: Question, covering: readonly Prefix[], forwards: (prefix: Prefix) => boolean): { matching: readonly Prefix[]; rest: readonly Prefix[] } {
  const match = covering.findIndex(forwards);
  const end = question.exact ? covering.findIndex((prefix) => prefix.length < question.probe.length) : match < 0 ? -1 : match + 1;
  return end < 0 ? { matching: covering, rest: [] } : { matching: covering.slice(0, end), rest: covering.slice(end) };
}

function gatewayVerdict(gateway: GatewayTables, { probe, exact, text }: Question, covering: readonly Prefix[]): string {
  const match = covering.find((prefix) => gateway.fib.get(prefix));
  if (!match) return `${gateway.borderGatewayId} forwards nothing to ${text}: ${covering.length === 0 ? 'no route covers it' : 'no route that covers it is usable'}, and what is missing is closed.`;
  const through = listed(idsOf(gateway.fib.get(match)!.nextHops));
  if (!exact) return `${gateway.borderGatewayId} forwards ${text} through ${through}: the longest match is ${formatPrefix(match)}.`;
  if (match.length === probe.length) return `${gateway.borderGatewayId} forwards ${text} through ${through}.`;
  return `${gateway.borderGatewayId} has no effective route to exactly ${text}; it follows the less specific ${formatPrefix(match)} through ${through}.`;
}

function gatewayDestination(router: Router, gateway: GatewayTables, prefix: Prefix): http.GatewayDestination {
  const verdicts = gateway.verdicts(prefix);
  const entry = gateway.fib.get(prefix);
  return {
    prefix: formatPrefix(prefix),
    candidates: verdicts.map((verdict): http.ExplainedCandidate => {
      const { path, nextHops, effective, because } = verdict;
      return {
        source: path.source, nextHopType: path.nextHopType, routeType: path.routeType, asPath: [...(path.learned?.asPath ?? [])], asPathLength: path.asPathLength, nextHop: { ...path.nextHop },
        nextHops: [...nextHops], effective, because, why: pathWhy(router, gateway, prefix, verdict, verdicts), from: provenanceOf(path, gateway, router.topology),
      };
    }),
    fib: entry ? { nextHopType: entry.nextHopType, routeType: entry.routeType, nextHops: [...entry.nextHops], because: entry.because } : null,
    propagation: propagationsOf(router, gateway.borderGatewayId, prefix), advertisements: advertisementsOf(router, gateway, prefix),
  };
}

type ExplainedTable = http.VpcExplanation['tables'][number];

function explainTable(router: Router, vpcId: string, routeTableId: string, relations: VpcRouteTable, question: Question): ExplainedTable {
  const table = router.vpcs.get(vpcId)!.tables.get(routeTableId)!;
  const gateways = gatewaysOf(router, vpcId, relations);
  const covering = new PrefixTable<true>(); // of the table, and what its gateways have and it does not: that has a reason, too
  for (const [prefix] of table.covering(question.probe)) covering.set(prefix, true);
  for (const id of gateways) for (const [prefix] of router.gateways.get(id)?.fib.covering(question.probe) ?? []) covering.set(prefix, true);
  if ((question.exact || covering.size === 0) && gateways.length > 0) covering.set(question.probe, true); // nobody has it: each gateway says so
  const effective = (prefix: Prefix) => table.get(prefix)?.candidates.some((candidate) => candidate.effective) ?? false;
  const { matching, rest } = split(question, [...covering.covering(question.probe)].map(([prefix]) => prefix), effective);
  const destinations = matching.map((prefix) => vpcDestination(router, vpcId, routeTableId, prefix, gateways, question));
  const nextHops = (prefix: Prefix) => (table.get(prefix)?.candidates ?? []).filter((candidate) => candidate.effective).map((candidate) => candidate.borderGatewayId ?? 'local');
  const lessSpecific = rest.map((prefix) => ({ prefix: formatPrefix(prefix), forwards: effective(prefix), nextHops: nextHops(prefix) }));
  const match = [...table.covering(question.probe)].map(([prefix]) => prefix).find(effective);
  return { routeTableId, verdict: tableVerdict(routeTableId, question, match && vpcDestination(router, vpcId, routeTableId, match, [], question)), destinations, lessSpecific };
}

/** The gateways a table has to do with: those it names, and those attached to its VPC. */
function gatewaysOf(router: Router, vpcId: string, { propagations }: VpcRouteTable): string[] {
  const attached = router.topology.gatewaysAttachedTo(vpcId);
  return [...new Set([...[...propagations.values()].map((relation) => relation.borderGatewayId), ...attached])].sort();
}

function tableVerdict(routeTableId: string, { exact, text, probe }: Question, match: http.VpcDestination | undefined): string {
  if (!match) return `Table ${routeTableId} forwards nothing to ${text}: it has no effective route that covers it, and what is missing is closed.`;
  const by = !exact || prefixOf(match.prefix).length < probe.length ? ` by ${match.prefix}` : '';
  const ways = match.candidates.filter((candidate) => candidate.effective).map(({ bgwId, onward }) => {
    if (bgwId === null) return 'inside the VPC (Local)';
    return `to gateway ${bgwId}, which ${onward ? `forwards it through ${listed(idsOf(onward.nextHops))}` : 'has no route to it and drops it'}`;
  });
  return `Table ${routeTableId} sends ${text}${by} ${listed(ways)}.`;
}

function vpcDestination(router: Router, vpcId: string, routeTableId: string, prefix: Prefix, gateways: readonly string[], question: Question): http.VpcDestination {
  const vpc = router.topology.vpcs.get(vpcId)!;
  const relations = vpc.routeTables.get(routeTableId)!;
  const candidates = router.vpcs.get(vpcId)?.tables.get(routeTableId)?.get(prefix)?.candidates ?? [];
  return {
    prefix: formatPrefix(prefix),
    candidates: candidates.map((candidate): http.ExplainedVpcRoute => {
      const { routeType, borderGatewayId, vpcRouteId, propagationId, effective, because } = candidate;
      const said = vpcRouteId !== null ? relations.statics.get(vpcRouteId)?.said : propagationId !== null ? relations.propagations.get(propagationId)?.said : vpc.said;
      return {
        routeType, bgwId: borderGatewayId, source: vpcRouteId ?? propagationId ?? 'local', effective, because, why: vpcRouteWhy(router, vpcId, routeTableId, prefix, candidate, candidates),
        from: said ? [decided(said)] : [], onward: borderGatewayId === null ? null : onward(router, borderGatewayId, question.exact ? prefix : question.probe),
      };
    }),
    notPropagated: gateways.flatMap((id) => propagationsInto(router, id, prefix, vpcId, routeTableId)).filter((one) => !candidates.some((candidate) => candidate.propagationId === one.propagationId && one.propagationId !== null)),
  };
}

/** How a gateway goes on with packets to a destination: its own longest match. */
function onward(router: Router, borderGatewayId: string, probe: Prefix): http.ExplainedVpcRoute['onward'] {
  for (const [prefix, entry] of known(router, borderGatewayId)?.fib.covering(probe) ?? []) return { prefix: formatPrefix(prefix), nextHops: [...entry.nextHops] };
  return null;
}

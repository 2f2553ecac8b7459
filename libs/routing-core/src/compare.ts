import type { FibNextHop, http } from '@bordergate/contracts';
import { comparePrefixes, formatPrefix, prefixOf, type Prefix } from '@bordergate/kernel';
import { fibBody } from './fib.js';
import type { GatewayTables } from './gateway-tables.js';
import { legsOf } from './legs.js';
import { nextHopSet } from './path.js';
import { known } from './queries.js';
import type { Router } from './router.js';
import type { KernelFib } from './wire.js';

type NodeComparison = http.FibComparison['nodes'][number];

/**
 * The FIB the RIB expects beside what the kernels have: two engines with one rule (design 4), and this is where a
 * difference between them shows. A node's BIRD decides by itself with the legs that end on it, so what is expected of
 * a node is the selection over what that node can use, not the gateway's selection with the other legs struck out:
 * where a static route has no leg of its own, BGP has its turn, on that node only.
 */
export function compareFib(router: Router, borderGatewayId: string): http.FibComparison | undefined {
  const gateway = known(router, borderGatewayId);
  if (!gateway) return undefined;
  const expected = [...gateway.fib.entries()].sort(([a], [b]) => comparePrefixes(a, b)).map(([, entry]) => ({ prefix: entry.prefix, nextHops: [...entry.nextHops] }));
  const { mustReport, mayReport, idle } = nodesOf(router, borderGatewayId);
  const nodes = [...new Set([...mustReport, ...mayReport])].sort().flatMap((node): NodeComparison[] => {
    const kernel = router.wire.kernelFibs(borderGatewayId).get(node);
    return kernel ? [compareNode(router, gateway, node, kernel)] : [];
  });
  const complete = (nodes.length > 0 || idle) && mustReport.every((node) => nodes.some((reported) => reported.node === node));
  // one node that disagrees is enough, whoever has not reported yet
  const agreed = nodes.some((node) => !node.agreed) ? false : complete ? true : null;
  return { bgwId: borderGatewayId, agreed, expected, nodes };
}

/**
 * A node with a leg of the gateway must report. Any other may, as long as the gateway has attachments, for those are
 * on every node; once it has nothing to run there, a node's last word is history and not compared. A gateway with
 * neither is idle: no node runs it or will report, so there is nothing that could differ.
 */
function nodesOf(router: Router, borderGatewayId: string): { mustReport: string[]; mayReport: string[]; idle: boolean } {
  const legs = [...legsOf(router.topology, borderGatewayId)];
  const attached = (router.topology.gateways.get(borderGatewayId)?.attachments.size ?? 0) > 0;
  return { mustReport: [...new Set(legs.map((leg) => leg.node))], mayReport: attached ? [...router.wire.kernelFibs(borderGatewayId).keys()] : [], idle: legs.length === 0 && !attached };
}

function compareNode(router: Router, gateway: GatewayTables, node: string, kernel: KernelFib): NodeComparison {
  const expected = new Map(expectedOn(router, gateway, node).map(([prefix, nextHops]) => [formatPrefix(prefix), nextHops]));
  const found = new Map<string, FibNextHop[]>();
  for (const { prefix, nextHops } of kernel.entries) found.set(prefix, [...(found.get(prefix) ?? []), ...nextHops]);
  const prefixes = [...new Set([...expected.keys(), ...found.keys()])].map(prefixOf).sort(comparePrefixes).map(formatPrefix);
  const differences = prefixes.flatMap((prefix) => {
    const [ours, theirs] = [expected.get(prefix) ?? [], nextHopSet(found.get(prefix) ?? [])];
    const same = ours.length === theirs.length && ours.every((hop, i) => hop.kind === theirs[i]!.kind && hop.id === theirs[i]!.id);
    return same && expected.has(prefix) === found.has(prefix) ? [] : [{ prefix, expected: ours, kernel: theirs }];
  });
  return { node, observedAt: kernel.at, agreed: differences.length === 0, differences };
}

function expectedOn(router: Router, gateway: GatewayTables, node: string): [Prefix, FibNextHop[]][] {
  return [...gateway.rib.entries()].flatMap(([prefix]): [Prefix, FibNextHop[]][] => {
    const entry = fibBody('', gateway.borderGatewayId, gateway.verdictsOnNode(prefix, node, router.topology), () => node);
    return entry ? [[prefix, entry.nextHops]] : [];
  });
}

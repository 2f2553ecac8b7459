import { type FibNextHop } from '@bordergate/contracts';
import { canonicalJson } from '@bordergate/kernel';
import { advertisedRoutes, compareFib, gatewayRoutes, Router } from '@bordergate/routing-core';
import { TunnelStates } from '@bordergate/telemetry-core';
import { Facts, plan } from '@bordergate/tunnel-core';
import { roads } from '../expand.js';
import { randomOf } from '../random.js';
import type { WorldFact } from './journal.js';
import { names } from './node.js';
import { REGION, routerFact, toTelemetry, type World } from './world.js';

/** What must hold in every settled state of every world. Each answers violations, in words; none means that it holds. */
export function violations(world: World, seed: number): string[] {
  // While a worker is dead nobody reports for its node, and nobody carries out what is decided: only the laws of reading hold.
  const complete = [...world.workers.values()].every((worker) => !worker.gone);
  return [...(complete ? [...fibsDisagree(world), ...comparisonDisagrees(world), ...peersToldWrongly(world), ...workLeft(world)] : []), ...roadsDiffer(world, seed)];
}

/**
 * Two engines, one rule. On a node that carries some next hop of the gateway's FIB entry, the kernel must have exactly the
 * next hops that are on that node; a prefix the router does not forward at all may be in no kernel.
 */
function fibsDisagree({ router, nodes, workers }: World): string[] {
  const problems: string[] = [];
  for (const [name, node] of nodes) {
    for (const [borderGatewayId, wanted] of workers.get(name)!.facts.wanted(REGION, name).gateways) {
      const here = new Map<string, string>([
        ...wanted.tunnels.map(({ spec }): [string, string] => [`tunnel ${spec.tunnelId}`, names.tunnelDevice(spec.tunnelId)]),
        ...wanted.attachments.map(({ vpcAttachmentId }): [string, string] => [`attachment ${vpcAttachmentId}`, names.attachmentDevice(vpcAttachmentId)]),
      ]);
      const kernel = new Map(node.bird(borderGatewayId).fib().map((route) => [route.prefix, route.nextHops.map(({ device }) => device).sort().join(' ')]));
      const expected = new Map(compareFib(router, borderGatewayId)?.expected.map(({ prefix, nextHops }) => [prefix, devicesOf(nextHops, here)]));
      for (const prefix of new Set([...kernel.keys(), ...expected.keys()])) {
        const [has, should] = [kernel.get(prefix) ?? '', expected.get(prefix)];
        if (should === undefined ? has !== '' : should !== '' && has !== should) problems.push(`FIB ${borderGatewayId}@${name} ${prefix}: the kernel has "${has}", the router expects "${should ?? ''}"`);
      }
    }
  }
  return problems;
}

const devicesOf = (hops: readonly FibNextHop[], here: ReadonlyMap<string, string>): string => hops.flatMap((hop) => here.get(`${hop.kind} ${hop.id}`) ?? []).sort().join(' ');

/** The router's own comparison with what the kernels report, per node and with fallbacks. */
const comparisonDisagrees = ({ router }: World): string[] =>
  [...router.gateways.keys()].flatMap((id) => {
    const compared = compareFib(router, id);
    return compared?.agreed === false ? compared.nodes.filter((node) => !node.agreed).map((node) => `comparison ${id}@${node.node}: ${canonicalJson(node.differences)}`) : [];
  });

/** No transit between outside legs where it is off, nothing goes back to its own customer, and nobody hears what the router did not advertise, or misses what the node could tell. */
function peersToldWrongly({ router, nodes, workers }: World): string[] {
  const problems: string[] = [];
  for (const [name, node] of nodes) {
    for (const [borderGatewayId, { tunnels, transitEnabled }] of workers.get(name)!.facts.wanted(REGION, name).gateways) {
      const bird = node.bird(borderGatewayId);
      const customerOf = new Map(tunnels.map(({ spec, bgp }) => [names.bgpProtocol(spec.tunnelId), bgp?.customerAsn]));
      const inTable = new Map(bird.fib().map((route) => [route.prefix, route]));
      for (const { spec } of tunnels) {
        const protocol = names.bgpProtocol(spec.tunnelId);
        if (!bird.established.includes(protocol)) continue;
        const told = bird.told(protocol);
        const ownCustomer = (route: { protocols: readonly string[] }): boolean => route.protocols.some((one) => customerOf.get(one) === customerOf.get(protocol));
        for (const route of told) if (route.bgp && (!transitEnabled || ownCustomer(route))) problems.push(`transit: ${spec.tunnelId} is told ${route.prefix}, which ${route.protocols.join(', ')} announced`);
        const tellable = ({ prefix, because }: { prefix: string; because: string }): boolean => {
          const route = inTable.get(prefix);
          return route !== undefined && (!route.bgp || (because === 'transit' && !ownCustomer(route)));
        };
        const expected = advertisedRoutes(router, spec.tunnelId)?.filter(tellable).map((route) => route.prefix) ?? [];
        const heard = told.map((route) => route.prefix);
        if (canonicalJson(heard.sort()) !== canonicalJson(expected.sort())) problems.push(`told ${spec.tunnelId}: hears ${heard.join(' ') || 'nothing'}, should hear ${expected.join(' ') || 'nothing'}`);
      }
    }
  }
  return problems;
}

/** Planning again after a plan was carried out gives nothing to do; a retry that is not due yet is no work. */
const workLeft = ({ nodes, workers, agenda }: World): string[] =>
  [...nodes].flatMap(([name, node]) => {
    const wanted = workers.get(name)!.facts.wanted(REGION, name);
    return [...new Set([...wanted.tunnels.keys(), ...node.tunnelIds])].flatMap((tunnelId) => {
      const { operations } = plan({ tunnelId, wanted: wanted.tunnels.get(tunnelId), found: node.inspect(tunnelId), failed: [], now: agenda.now });
      const left = operations.filter(({ op }) => op !== 'initiate' && op !== 'set-device');
      return left.length > 0 ? [`${name} rests with work for ${tunnelId}: ${left.map(({ op }) => op).join(', ')}`] : [];
    });
  });

/** Laws 2, 3 and 4: whoever reads the same facts on another road has the same tables. */
function roadsDiffer(world: World, seed: number): string[] {
  const ours = { router: routerSays(world.router), telemetry: telemetrySays(world.telemetry), wanted: wantedSays(world, (name) => world.workers.get(name)!.facts) };
  return roads(world.journal.facts, randomOf(seed)).flatMap(([road, batches]) => {
    const router = new Router();
    const telemetry = new TunnelStates(10_000);
    const facts = new Facts();
    for (const batch of batches) {
      router.apply(batch.flatMap(routerFact));
      for (const fact of batch) {
        toTelemetry(telemetry, fact);
        hear(facts, fact);
      }
    }
    return [
      ...difference(`the router, ${road}`, ours.router, routerSays(router)),
      ...difference(`telemetry, ${road}`, ours.telemetry, telemetrySays(telemetry)),
      ...difference(`what is wanted, ${road}`, ours.wanted, wantedSays(world, () => facts)),
    ];
  });
}

function hear(facts: Facts, fact: WorldFact): void {
  if (fact.topic === 'decisions') facts.decided(fact.key, fact.position, fact.data);
  else if (fact.topic !== 'tunnel' && fact.topic !== 'bgp') {
    if (fact.data) facts.derived(fact.key, fact.data);
    else facts.withdrawn(fact.topic === 'limits' ? 'refused' : fact.topic, fact.key);
  }
}

const routerSays = (router: Router): string[] => [
  ...[...router.rows()].map((row) => `${row.topic} ${row.key} ${canonicalJson(row.value)}`),
  ...[...router.topology.gateways.keys()].flatMap((id) => (['static', 'propagated', 'effective'] as const).map((table) => `${id} ${table} ${canonicalJson(gatewayRoutes(router, id, table))}`)),
].sort();

const telemetrySays = (telemetry: TunnelStates): string[] => telemetry.list().map((overview) => canonicalJson(overview.state));

const wantedSays = (world: World, factsOf: (node: string) => Facts): string[] => [...world.nodes.keys()].filter((name) => !world.workers.get(name)!.gone).map((name) => {
  const { gateways, vpcs, tunnels } = factsOf(name).wanted(REGION, name);
  return canonicalJson([[...gateways], [...vpcs], [...tunnels]]);
});

function difference(who: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const [mine, other] = [new Set(ours), new Set(theirs)];
  const first = [...ours.filter((row) => !other.has(row)).map((row) => `- ${row}`), ...theirs.filter((row) => !mine.has(row)).map((row) => `+ ${row}`)].slice(0, 4);
  return first.length > 0 ? [`${who}, reads otherwise:\n    ${first.join('\n    ')}`] : [];
}

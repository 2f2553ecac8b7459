import type { http } from '@bordergate/contracts';
import { idsOf, LEG_NAME, listed, ROUTE_TYPE_NAME } from './explain-why.js';

/** An explanation for people: the verdict first, then each destination with its candidates, the effective ones starred. */

export function textOfGateway({ bgwId, question, verdict, destinations, lessSpecific }: Omit<http.GatewayExplanation, 'text'>): string {
  return lines([
    `${question.prefix ?? question.address} in border gateway ${bgwId}`, verdict,
    ...destinations.flatMap((destination) => ['', destination.prefix, ...destination.candidates.flatMap(gatewayCandidate), ...spread(destination)]), ...lessSpecificLines(lessSpecific),
  ]);
}

export function textOfVpc({ vpcId, question, tables }: Omit<http.VpcExplanation, 'text'>): string {
  return lines([
    `${question.prefix ?? question.address} in VPC ${vpcId}`,
    ...tables.flatMap(({ verdict, destinations, lessSpecific }, i) => [...(i > 0 ? [''] : []), verdict, ...destinations.flatMap(vpcDestination), ...lessSpecificLines(lessSpecific)]),
  ]);
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

function gatewayCandidate({ source, routeType, asPath, nextHop, nextHops, effective, why, from }: http.ExplainedCandidate): string[] {
  const to = nextHop.id === source ? '' : ` to ${nextHop.kind === 'vif' ? LEG_NAME.vif : nextHop.kind} ${nextHop.id}`;
  const path = asPath.length > 0 ? `, AS_PATH ${asPath.join(' ')}` : '';
  const through = nextHops.length > 0 && (nextHops.length > 1 || nextHops[0]!.id !== nextHop.id) ? `, through ${listed(idsOf(nextHops))}` : '';
  return [`  ${effective ? '*' : '-'} ${source} (${ROUTE_TYPE_NAME[routeType]}${to}${path}${through})`, `      ${why}`, ...from.map((one) => `      from ${origin(one)}`)];
}

function origin(from: http.Provenance): string {
  if (from.kind === 'decision') {
    const who = from.eventId === null ? '' : ` by ${from.actor} at ${from.at}, event ${from.eventId} for request ${from.causationId}`;
    return `${from.type}${who}, position ${from.position} in ${from.stream}`;
  }
  const peer = from.neighborAddress === null ? '' : ` ${from.neighborAddress} AS ${from.neighborAsn}`;
  const leg = from.vifId === undefined ? `tunnel ${from.vpnTunnelId}${from.vpnConnectionId ? ` of connection ${from.vpnConnectionId}` : ''}` : `virtual interface ${from.vifId}`;
  return `peer${peer} over ${leg}, session epoch ${from.sessionEpoch}`;
}

/** A destination that is not forwarded is nowhere else either, each for the same reason: said once. */
function spread({ fib, propagation, advertisements }: http.GatewayDestination): string[] {
  if (!fib) return ['  FIB: no entry, so it is in no VPC route table and no peer is told.'];
  return [
    `  FIB: ${ROUTE_TYPE_NAME[fib.routeType]} through ${listed(idsOf(fib.nextHops))}`,
    ...section('VPC route tables', propagation.map((one) => `${one.routeTableId} of ${one.vpcId}${one.propagationId === null ? '' : ` by ${one.propagationId}`}: ${one.effective ? 'in use' : 'not in use'}. ${one.why}`)),
    ...section('Peers', advertisements.map((one) => `${one.vifId ?? `${one.vpnTunnelId} of ${one.vpnConnectionId}`}: ${one.told ? 'told' : 'not told'}. ${one.why}`)),
  ];
}

const section = (title: string, entries: readonly string[]): string[] => (entries.length === 0 ? [] : [`  ${title}`, ...entries.map((entry) => `    ${entry}`)]);

function vpcDestination({ prefix, candidates, notPropagated }: http.VpcDestination): string[] {
  return [
    '', prefix,
    ...candidates.flatMap(({ routeType, bgwId, source, effective, why, from, onward }) => [
      `  ${effective ? '*' : '-'} ${source}${bgwId === null ? '' : ` (${routeType}, to gateway ${bgwId})`}`, `      ${why}`, ...from.map((one) => `      from ${origin(one)}`),
      ...(bgwId === null ? [] : [`      ${bgwId} ${onward ? `has ${onward.prefix} through ${listed(idsOf(onward.nextHops))}` : 'has no route to it'}`]),
    ]),
    ...notPropagated.map((one) => `  - nothing from gateway ${one.bgwId}${one.propagationId === null ? '' : ` by ${one.propagationId}`}: ${one.why}`),
  ];
}

function lessSpecificLines(rest: readonly { readonly prefix: string; readonly forwards: boolean; readonly nextHops: readonly string[] }[]): string[] {
  return rest.length === 0 ? [] : ['', 'Less specific', ...rest.map(({ prefix, forwards, nextHops }) => `  ${prefix} ${forwards ? `through ${listed(nextHops)}` : 'does not forward'}`)];
}

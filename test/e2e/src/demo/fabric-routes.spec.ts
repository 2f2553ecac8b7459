import { keyOf, type FibEntryInstalled, type VpcRoutePropagated } from '@bordergate/contracts';
import { expect, it } from 'vitest';
import { fabricRoutes } from './fabric-routes.js';

const route = (prefix: string, routeType: 'local' | 'static' | 'propagated', effective = true, routeTableId = 'rtb-1'): VpcRoutePropagated => ({
  type: 'VpcRoutePropagated', region: 'r', vpcId: 'vpc-1', routeTableId, prefix,
  candidates: [{ routeType, borderGatewayId: routeType === 'local' ? null : 'bgw-1', vpcRouteId: null, propagationId: null, effective, because: 'only-route' }],
});
const entry = (prefix: string, nodes: string[] | undefined, borderGatewayId = 'bgw-1'): FibEntryInstalled => ({
  type: 'FibEntryInstalled', region: 'r', borderGatewayId, prefix, nextHopType: 'vpn_connection', routeType: 'ebgp', nextHops: [], because: 'best', ...(nodes ? { nodes } : {}),
});
const fabric = (routes: VpcRoutePropagated[], entries: FibEntryInstalled[]) => Object.fromEntries(fabricRoutes('rtb-1',
  new Map(routes.map((row) => [keyOf.vpcRoute(row.routeTableId, row.prefix), row])), new Map(entries.map((row) => [keyOf.fib(row.borderGatewayId, row.prefix), row]))));

it.each<[string, VpcRoutePropagated[], FibEntryInstalled[], Record<string, string[]>]>([
  ['a propagated route goes to the nodes that carry it', [route('10.20.0.0/16', 'propagated')], [entry('10.20.0.0/16', ['node-2', 'node-1'])], { '10.20.0.0/16': ['node-1', 'node-2'] }],
  ['one that is not effective goes nowhere', [route('10.20.0.0/16', 'propagated', false)], [entry('10.20.0.0/16', ['node-1'])], {}],
  ['what is inside of the VPC is not the nodes\' business', [route('10.1.0.0/16', 'local')], [entry('10.1.1.0/24', [])], {}],
  ['another table is another subnet\'s', [route('10.20.0.0/16', 'propagated', true, 'rtb-2')], [entry('10.20.0.0/16', ['node-1'])], {}],
  ['a static route that is wider goes to all that carry a part', [route('10.0.0.0/8', 'static')], [entry('10.20.0.0/16', ['node-1']), entry('10.30.0.0/16', ['node-2']), entry('172.16.0.0/12', ['node-3']), entry('10.40.0.0/16', ['node-4'], 'bgw-2')], { '10.0.0.0/8': ['node-1', 'node-2'] }],
  ['where nobody says who carries, nobody does', [route('10.20.0.0/16', 'propagated')], [entry('10.20.0.0/16', undefined)], {}],
])('%s', (_, routes, entries, expected) => expect(fabric(routes, entries)).toEqual(expected));

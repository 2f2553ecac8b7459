import type { VpcDecision } from '@bordergate/contracts';
import { describe, it } from 'vitest';
import { given, quotas, quotasOf, REGION } from './given.test-support.js';
import { vpcDecider, type VpcCommand } from './vpc.js';

const created: VpcDecision = { type: 'VpcCreated', vpcId: 'v', region: REGION, name: 'v', description: '', cidr: '10.0.0.0/16', mainRouteTableId: 'main' };
const subnet: VpcDecision = { type: 'SubnetCreated', vpcId: 'v', subnetId: 's1', name: 's1', cidr: '10.0.1.0/24', routeTableId: 'main' };
const table: VpcDecision = { type: 'VpcRouteTableCreated', vpcId: 'v', routeTableId: 't2', name: 't2' };
const relation: VpcDecision = { type: 'RoutePropagationAdded', vpcId: 'v', routeTableId: 'main', propagationId: 'p1', borderGatewayId: 'g', cidrs: ['0.0.0.0/0'] };
const route: VpcDecision = { type: 'VpcStaticRouteAdded', vpcId: 'v', routeTableId: 'main', vpcRouteId: 'r1', destination: '10.1.0.0/16', borderGatewayId: 'g', description: '' };

const attached = { exists: true, attached: true, innerPrefixes: ['10.9.9.4/30'] };
const createVpc = (more: object = {}): VpcCommand => ({ type: 'CreateVpc', vpcId: 'v', region: REGION, name: 'v', description: '', cidr: '10.0.0.0/16', mainRouteTableId: 'main', facts: { quotas, vpcsInRegion: 0 }, ...more });
const createSubnet = (more: object = {}): VpcCommand => ({ type: 'CreateSubnet', subnetId: 's2', name: 's2', cidr: '10.0.2.0/24', facts: { quotas, innerPrefixes: [] }, ...more });
const addPropagation = (more: object = {}): VpcCommand => ({ type: 'AddRoutePropagation', routeTableId: 'main', propagationId: 'p1', borderGatewayId: 'g', cidrs: ['0.0.0.0/0'], facts: { borderGateway: attached }, ...more });
const addRoute = (more: object = {}): VpcCommand => ({ type: 'AddVpcStaticRoute', routeTableId: 'main', vpcRouteId: 'r1', destination: '10.1.0.0/16', borderGatewayId: 'g', description: '', facts: { quotas, borderGateway: attached }, ...more });

const several = ['10.1.0.0/16', '10.2.0.0/16'].map((destination, n) => ({ vpcRouteId: `r${n + 1}`, destination, borderGatewayId: 'g', description: '' }));
const addRoutes = (more: object = {}): VpcCommand => ({ type: 'AddVpcStaticRoutes', routeTableId: 'main', routes: several, facts: { quotas, borderGateways: new Map([['g', attached]]) }, ...more });

describe('a VPC', () => {
  it('changes the ranges of a propagation relation and the description of a route, and nothing when they are the same', () => {
    given(vpcDecider, created, relation).when({ type: 'UpdateRoutePropagation', routeTableId: 'main', propagationId: 'p1', cidrs: ['10.0.0.0/8'] }).decides({ ...relation, type: 'RoutePropagationUpdated', cidrs: ['10.0.0.0/8'] } as VpcDecision);
    given(vpcDecider, created, relation).when({ type: 'UpdateRoutePropagation', routeTableId: 'main', propagationId: 'p1', cidrs: ['0.0.0.0/0'] }).decides();
    given(vpcDecider, created, route).when({ type: 'UpdateVpcStaticRoute', routeTableId: 'main', vpcRouteId: 'r1', description: 'x' }).decides({ type: 'VpcStaticRouteUpdated', vpcId: 'v', routeTableId: 'main', vpcRouteId: 'r1', description: 'x' });
    given(vpcDecider, created, route).when({ type: 'UpdateVpcStaticRoute', routeTableId: 'main', vpcRouteId: 'r1', description: '' }).decides();
  });
  it('takes several static routes at once, all or none', () => given(vpcDecider, created).when(addRoutes()).decides(route, { ...route, vpcRouteId: 'r2', destination: '10.2.0.0/16' } as VpcDecision));
  it('is created with its main route table', () => given(vpcDecider).when(createVpc()).decides(created));
  it('is renamed', () => given(vpcDecider, created).when({ type: 'UpdateVpc', name: 'w' }).decides({ type: 'VpcUpdated', vpcId: 'v', name: 'w', description: '' }));
  it('does not notice a change to what it is', () => given(vpcDecider, created).when({ type: 'UpdateVpc', name: 'v' }).decides());
  it('puts a subnet under the main table unless told otherwise', () => {
    given(vpcDecider, created).when(createSubnet()).decides({ type: 'SubnetCreated', vpcId: 'v', subnetId: 's2', name: 's2', cidr: '10.0.2.0/24', routeTableId: 'main' });
    given(vpcDecider, created, table).when(createSubnet({ routeTableId: 't2' })).decides({ type: 'SubnetCreated', vpcId: 'v', subnetId: 's2', name: 's2', cidr: '10.0.2.0/24', routeTableId: 't2' });
  });
  it('moves a subnet to another table', () => {
    given(vpcDecider, created, table, subnet).when({ type: 'ChangeSubnetRouteTable', subnetId: 's1', routeTableId: 't2' }).decides({ type: 'SubnetRouteTableChanged', vpcId: 'v', subnetId: 's1', routeTableId: 't2' });
    given(vpcDecider, created, subnet).when({ type: 'ChangeSubnetRouteTable', subnetId: 's1', routeTableId: 'main' }).decides();
  });
  it('deletes subnets and tables that nothing needs', () => {
    given(vpcDecider, created, subnet).when({ type: 'DeleteSubnet', subnetId: 's1', facts: { partialAttachmentIds: [] } }).decides({ type: 'SubnetDeleted', vpcId: 'v', subnetId: 's1' });
    given(vpcDecider, created, table).when({ type: 'DeleteVpcRouteTable', routeTableId: 't2' }).decides({ type: 'VpcRouteTableDeleted', vpcId: 'v', routeTableId: 't2' });
  });
  it('takes propagation relations and static routes, a default route among them', () => {
    given(vpcDecider, created).when(addPropagation()).decides(relation);
    given(vpcDecider, created).when(addRoute({ destination: '0.0.0.0/0' })).decides({ ...route, destination: '0.0.0.0/0' } as VpcDecision);
    given(vpcDecider, created, route).when({ type: 'RemoveVpcStaticRoute', routeTableId: 'main', vpcRouteId: 'r1' }).decides({ type: 'VpcStaticRouteRemoved', vpcId: 'v', routeTableId: 'main', vpcRouteId: 'r1' });
    given(vpcDecider, created, relation).when({ type: 'RemoveRoutePropagation', routeTableId: 'main', propagationId: 'p1' }).decides({ type: 'RoutePropagationRemoved', vpcId: 'v', routeTableId: 'main', propagationId: 'p1' });
  });
  it('forgets a border gateway wherever a table names it', () => {
    given(vpcDecider, created, relation, route).when({ type: 'RemoveRoutesVia', borderGatewayId: 'g' }).decides(
      { type: 'RoutePropagationRemoved', vpcId: 'v', routeTableId: 'main', propagationId: 'p1' }, { type: 'VpcStaticRouteRemoved', vpcId: 'v', routeTableId: 'main', vpcRouteId: 'r1' },
    );
    given(vpcDecider, created, relation, route).when({ type: 'RemoveRoutesVia', borderGatewayId: 'other' }).decides();
  });
  it('is deleted with all in it', () => given(vpcDecider, created, subnet, table).when({ type: 'DeleteVpc', facts: { vpcAttachmentIds: [] } }).decides({ type: 'VpcDeleted', vpcId: 'v' }));
});

describe('a VPC refuses', () => {
  it.each<[code: string, field: string | undefined, history: VpcDecision[], command: VpcCommand]>([
    ['id-taken', 'vpcId', [created], createVpc()],
    ['quota-exceeded', 'region', [], createVpc({ facts: { quotas, vpcsInRegion: 10 } })],
    ['vpc-cidr-not-usable', 'cidr', [], createVpc({ cidr: '0.0.0.0/0' })],
    ['vpc-cidr-not-usable', 'cidr', [], createVpc({ cidr: '169.254.0.0/20' })],
    ['unknown-vpc', 'vpcId', [], { type: 'UpdateVpc' }],
    ['unknown-vpc', 'vpcId', [created, { type: 'VpcDeleted', vpcId: 'v' }], { type: 'UpdateVpc' }],
    ['quota-exceeded', 'vpcId', [created, subnet], createSubnet({ facts: { quotas: quotasOf(1), innerPrefixes: [] } })],
    ['subnet-outside-vpc', 'cidr', [created], createSubnet({ cidr: '10.1.0.0/24' })],
    ['subnet-outside-vpc', 'cidr', [created], createSubnet({ cidr: '10.0.0.0/15' })],
    ['subnet-overlaps', 'cidr', [created, subnet], createSubnet({ cidr: '10.0.1.128/25' })],
    ['subnet-overlaps', 'cidr', [created, subnet], createSubnet({ cidr: '10.0.0.0/16' })],
    ['unknown-route-table', 'routeTableId', [created], createSubnet({ routeTableId: 'nope' })],
    ['unknown-subnet', 'subnetId', [created], { type: 'DeleteSubnet', subnetId: 'nope', facts: { partialAttachmentIds: [] } }],
    ['subnet-in-use', 'subnetIds', [created, subnet], { type: 'DeleteSubnet', subnetId: 's1', facts: { partialAttachmentIds: ['a'] } }],
    ['unknown-subnet', 'subnetId', [created], { type: 'ChangeSubnetRouteTable', subnetId: 'nope', routeTableId: 'main' }],
    ['unknown-route-table', 'routeTableId', [created, subnet], { type: 'ChangeSubnetRouteTable', subnetId: 's1', routeTableId: 'nope' }],
    ['quota-exceeded', 'vpcId', [created, table], { type: 'CreateVpcRouteTable', routeTableId: 't3', name: 't3', facts: { quotas: quotasOf(2) } }],
    ['unknown-route-table', 'routeTableId', [created], { type: 'DeleteVpcRouteTable', routeTableId: 'nope' }],
    ['main-route-table', 'main', [created], { type: 'DeleteVpcRouteTable', routeTableId: 'main' }],
    ['route-table-in-use', 'routeTableId', [created, table, { ...subnet, routeTableId: 't2' } as VpcDecision], { type: 'DeleteVpcRouteTable', routeTableId: 't2' }],
    ['unknown-route-table', 'routeTableId', [created], addPropagation({ routeTableId: 'nope' })],
    ['unknown-border-gateway', 'bgwId', [created], addPropagation({ facts: { borderGateway: { exists: false, attached: false, innerPrefixes: [] } } })],
    ['border-gateway-not-attached', 'bgwId', [created], addPropagation({ facts: { borderGateway: { exists: true, attached: false, innerPrefixes: [] } } })],
    ['propagation-exists', 'bgwId', [created, relation], addPropagation({ propagationId: 'p2' })],
    ['unknown-route-propagation', 'propagationId', [created], { type: 'UpdateRoutePropagation', routeTableId: 'main', propagationId: 'nope', cidrs: [] }],
    ['unknown-vpc-route', 'vpcRouteId', [created], { type: 'UpdateVpcStaticRoute', routeTableId: 'main', vpcRouteId: 'nope', description: '' }],
    ['unknown-route-propagation', 'propagationId', [created], { type: 'RemoveRoutePropagation', routeTableId: 'main', propagationId: 'nope' }],
    ['unknown-route-table', 'routeTableId', [created], addRoute({ routeTableId: 'nope' })],
    ['border-gateway-not-attached', 'bgwId', [created], addRoute({ facts: { quotas, borderGateway: { exists: true, attached: false, innerPrefixes: [] } } })],
    ['quota-exceeded', 'routeTableId', [created, route], addRoute({ destination: '10.9.0.0/16', facts: { quotas: quotasOf(1), borderGateway: attached } })],
    ['vpc-route-inside-vpc', 'destination', [created], addRoute({ destination: '10.0.0.0/16' })],
    ['vpc-route-inside-vpc', 'destination', [created], addRoute({ destination: '10.0.7.0/24' })],
    ['vpc-route-exists', 'destination', [created, route], addRoute({ vpcRouteId: 'r2' })],
    ['destination-not-routable', 'destination', [created], addRoute({ destination: '224.0.0.0/4' })],
    ['destination-not-routable', 'destination', [created], addRoute({ destination: '169.254.0.0/20' })],
    ['destination-overlaps-tunnel', 'destination', [created], addRoute({ destination: '10.9.9.4/30' })],
    ['subnet-overlaps-tunnel', 'cidr', [created], createSubnet({ facts: { quotas, innerPrefixes: ['10.0.2.4/30'] } })],
    ['unknown-route-table', 'routeTableId', [created], addRoutes({ routeTableId: 'nope' })],
    ['vpc-route-exists', 'routes[1].destination', [created, { ...route, vpcRouteId: 'r0', destination: '10.2.0.0/16' }], addRoutes()],
    ['quota-exceeded', 'routes', [created, route], addRoutes({ facts: { quotas: quotasOf(2), borderGateways: new Map() } })],
    ['unknown-border-gateway', 'routes[0].bgwId', [created], addRoutes({ facts: { quotas, borderGateways: new Map([['g', { ...attached, exists: false }]]) } })],
    ['unknown-vpc-route', 'vpcRouteId', [created], { type: 'RemoveVpcStaticRoute', routeTableId: 'main', vpcRouteId: 'nope' }],
    ['vpc-in-use', 'vpcAttachmentId', [created], { type: 'DeleteVpc', facts: { vpcAttachmentIds: ['a'] } }],
  ])('%s (%s)', (code, field, history, command) => given(vpcDecider, ...history).when(command).refused(code, field));
});

import type { BorderGatewayDecision } from '@bordergate/contracts';
import { describe, it } from 'vitest';
import { borderGatewayDecider, type BorderGatewayCommand } from './border-gateway.js';
import { given, quotas, quotasOf, REGION } from './given.test-support.js';

const created: BorderGatewayDecision = { type: 'BorderGatewayCreated', borderGatewayId: 'g', region: REGION, name: 'g', description: '', bgpAsn: 65000 };
const attachment: BorderGatewayDecision = { type: 'VpcAttached', borderGatewayId: 'g', vpcAttachmentId: 'a1', vpcId: 'v1', name: 'a1', propagateType: 'all', subnetIds: [] };
const partial: BorderGatewayDecision = { ...attachment, propagateType: 'partial', subnetIds: ['s1'] };
const route: BorderGatewayDecision = { type: 'StaticRouteAdded', borderGatewayId: 'g', staticRouteId: 'r1', destination: '10.9.0.0/16', nextHopType: 'vpn_connection', nextHopId: 'c1', description: '' };
const routeToVpc: BorderGatewayDecision = { ...route, staticRouteId: 'r2', nextHopType: 'vpc_attachment', nextHopId: 'a1' };

const vpc = { subnetIds: ['s1', 's2'], subnetCidrs: ['10.0.1.0/24', '10.0.2.0/24'] };
const create = (more: object = {}): BorderGatewayCommand => ({ type: 'CreateBorderGateway', borderGatewayId: 'g', region: REGION, name: 'g', description: '', bgpAsn: 65000, facts: { quotas, borderGatewaysInRegion: 0 }, ...more });
const attach = (more: object = {}): BorderGatewayCommand => ({ type: 'AttachVpc', vpcAttachmentId: 'a1', vpcId: 'v1', name: 'a1', propagateType: 'all', subnetIds: [], facts: { quotas, vpc, innerPrefixes: [] }, ...more });
const update = (more: object = {}): BorderGatewayCommand => ({ type: 'UpdateVpcAttachment', vpcAttachmentId: 'a1', facts: { vpc, innerPrefixes: [] }, ...more });
const addRoute = (more: object = {}): BorderGatewayCommand => ({ type: 'AddStaticRoute', staticRouteId: 'r1', destination: '10.9.0.0/16', nextHopType: 'vpn_connection', nextHopId: 'c1', description: '', facts: { quotas, vpnConnectionIds: ['c1'], vifIds: ['d1'], innerPrefixes: [] }, ...more });

const inner = { quotas, vpnConnectionIds: ['c1'], vifIds: ['d1'], innerPrefixes: ['10.9.9.4/30'] };
const several = ['10.9.0.0/16', '10.8.0.0/16'].map((destination, n) => ({ staticRouteId: `r${n + 1}`, destination, nextHopType: 'vpn_connection' as const, nextHopId: 'c1', description: '' }));
const addRoutes = (more: object = {}): BorderGatewayCommand => ({ type: 'AddStaticRoutes', routes: several, facts: inner, ...more });

describe('a border gateway', () => {
  it('is created and renamed', () => {
    given(borderGatewayDecider).when(create()).decides(created);
    given(borderGatewayDecider, created).when({ type: 'UpdateBorderGateway', description: 'hub' }).decides({ type: 'BorderGatewayUpdated', borderGatewayId: 'g', name: 'g', description: 'hub' });
    given(borderGatewayDecider, created).when({ type: 'UpdateBorderGateway' }).decides();
  });
  it('has transit off until it is switched on, and switches it without a new name', () => {
    const on: BorderGatewayDecision = { type: 'TransitChanged', borderGatewayId: 'g', transitEnabled: true };
    given(borderGatewayDecider).when(create({ transitEnabled: true })).decides(created, on);
    given(borderGatewayDecider, created).when({ type: 'UpdateBorderGateway', transitEnabled: false }).decides();
    given(borderGatewayDecider, created).when({ type: 'UpdateBorderGateway', transitEnabled: true }).decides(on);
    given(borderGatewayDecider, created, on).when({ type: 'UpdateBorderGateway', name: 'h', transitEnabled: false }).decides({ type: 'BorderGatewayUpdated', borderGatewayId: 'g', name: 'h', description: '' }, { ...on, transitEnabled: false } as BorderGatewayDecision);
  });
  it('attaches a VPC', () => {
    given(borderGatewayDecider, created).when(attach()).decides(attachment);
    given(borderGatewayDecider, created).when(attach({ propagateType: 'partial', subnetIds: ['s1'] })).decides(partial);
  });
  it('changes an attachment, and forgets the chosen subnets when it is no longer partial', () => {
    given(borderGatewayDecider, created, partial).when(update({ propagateType: 'none' })).decides({ ...attachment, type: 'VpcAttachmentUpdated', propagateType: 'none' } as BorderGatewayDecision);
    given(borderGatewayDecider, created, partial).when(update({ subnetIds: ['s1', 's2'] })).decides({ ...partial, type: 'VpcAttachmentUpdated', subnetIds: ['s1', 's2'] } as BorderGatewayDecision);
    given(borderGatewayDecider, created, attachment).when(update({ vpcId: 'v2' })).decides({ ...attachment, type: 'VpcAttachmentUpdated', vpcId: 'v2' } as BorderGatewayDecision);
    given(borderGatewayDecider, created, partial).when(update({ name: 'a1' })).decides();
  });
  it('takes static routes to a connection, an attachment and a virtual interface, two of one destination when the next hops differ', () => {
    given(borderGatewayDecider, created).when(addRoute()).decides(route);
    given(borderGatewayDecider, created, route).when(addRoute({ staticRouteId: 'r3', nextHopType: 'private_vif', nextHopId: 'd1' })).decides({ ...route, staticRouteId: 'r3', nextHopType: 'private_vif', nextHopId: 'd1' });
    given(borderGatewayDecider, created, attachment, route).when(addRoute({ staticRouteId: 'r2', nextHopType: 'vpc_attachment', nextHopId: 'a1' })).decides(routeToVpc);
    given(borderGatewayDecider, created, route).when({ type: 'RemoveStaticRoute', staticRouteId: 'r1' }).decides({ type: 'StaticRouteRemoved', borderGatewayId: 'g', staticRouteId: 'r1' });
  });
  it('describes a static route anew', () => {
    given(borderGatewayDecider, created, route).when({ type: 'UpdateStaticRoute', staticRouteId: 'r1', description: 'x' }).decides({ type: 'StaticRouteUpdated', borderGatewayId: 'g', staticRouteId: 'r1', description: 'x' });
    given(borderGatewayDecider, created, route).when({ type: 'UpdateStaticRoute', staticRouteId: 'r1', description: '' }).decides();
    given(borderGatewayDecider, created).when({ type: 'UpdateStaticRoute', staticRouteId: 'r1', description: '' }).refused('unknown-static-route', 'bgwRouteId');
  });
  it('takes several static routes at once, all or none', () => given(borderGatewayDecider, created).when(addRoutes()).decides(route, { ...route, staticRouteId: 'r2', destination: '10.8.0.0/16' } as BorderGatewayDecision));
  it.each(['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '10.9.9.0/24', '192.168.0.0/16'])('takes a static route to %s', (destination) =>
    given(borderGatewayDecider, created).when(addRoute({ destination, facts: inner })).decides({ ...route, destination } as BorderGatewayDecision));
  it('drops the static routes through an attachment that goes, and no others', () => {
    given(borderGatewayDecider, created, attachment, route, routeToVpc).when({ type: 'DetachVpc', vpcAttachmentId: 'a1' }).decides(
      { type: 'StaticRouteRemoved', borderGatewayId: 'g', staticRouteId: 'r2' }, { type: 'VpcDetached', borderGatewayId: 'g', vpcAttachmentId: 'a1' },
    );
  });
  it('is deleted when nothing is on it', () => given(borderGatewayDecider, created).when({ type: 'DeleteBorderGateway', facts: { vpnConnectionIds: [], vifIds: [] } }).decides({ type: 'BorderGatewayDeleted', borderGatewayId: 'g' }));
});

describe('a border gateway refuses', () => {
  it.each<[code: string, field: string | undefined, history: BorderGatewayDecision[], command: BorderGatewayCommand]>([
    ['id-taken', 'bgwId', [created], create()],
    ['quota-exceeded', 'region', [], create({ facts: { quotas, borderGatewaysInRegion: 5 } })],
    ['unknown-border-gateway', 'bgwId', [], { type: 'UpdateBorderGateway' }],
    ['unknown-border-gateway', 'bgwId', [created, { type: 'BorderGatewayDeleted', borderGatewayId: 'g' }], attach()],
    ['quota-exceeded', 'bgwId', [created, attachment], attach({ vpcAttachmentId: 'a2', vpcId: 'v2', facts: { quotas: quotasOf(1), vpc, innerPrefixes: [] } })],
    ['unknown-vpc', 'vpcId', [created], attach({ facts: { quotas, vpc: undefined, innerPrefixes: [] } })],
    ['vpc-already-attached', 'vpcId', [created, attachment], attach({ vpcAttachmentId: 'a2' })],
    ['partial-needs-subnets', 'subnetIds', [created], attach({ propagateType: 'partial' })],
    ['unknown-subnet', 'subnetIds[1]', [created], attach({ propagateType: 'partial', subnetIds: ['s1', 'other'] })],
    ['subnet-named-twice', 'subnetIds', [created], attach({ propagateType: 'partial', subnetIds: ['s1', 's1'] })],
    ['subnets-only-with-partial', 'subnetIds', [created], attach({ subnetIds: ['s1'] })],
    ['unknown-vpc-attachment', 'vpcAttachmentId', [created], update()],
    ['vpc-already-attached', 'vpcId', [created, attachment, { ...attachment, vpcAttachmentId: 'a2', vpcId: 'v2' }], update({ vpcId: 'v2' })],
    ['unknown-subnet', 'subnetIds[0]', [created, partial], update({ vpcId: 'v2', facts: { vpc: { subnetIds: ['z'], subnetCidrs: [] }, innerPrefixes: [] } })],
    ['unknown-vpc', 'vpcId', [created, attachment], update({ vpcId: 'v2', facts: { vpc: undefined, innerPrefixes: [] } })],
    ['unknown-vpc-attachment', 'vpcAttachmentId', [created], { type: 'DetachVpc', vpcAttachmentId: 'nope' }],
    ['quota-exceeded', 'bgwId', [created, route], addRoute({ staticRouteId: 'r2', facts: { quotas: quotasOf(1), vpnConnectionIds: ['c1'], vifIds: [], innerPrefixes: [] } })],
    ['unknown-next-hop', 'bgwRouteNexthop', [created], addRoute({ nextHopId: 'another-gateways' })],
    ['unknown-next-hop', 'bgwRouteNexthop', [created], addRoute({ nextHopType: 'vpc_attachment', nextHopId: 'c1' })],
    ['unknown-next-hop', 'bgwRouteNexthop', [created], addRoute({ nextHopType: 'private_vif', nextHopId: 'c1' })],
    ['static-route-exists', 'bgwRouteDestination', [created, route], addRoute({ staticRouteId: 'r2' })],
    ...['0.0.0.0/8', '0.1.0.0/16', '127.0.0.0/8', '127.0.0.1/32', '169.254.0.0/16', '169.254.3.4/30', '224.0.0.0/4', '239.1.1.0/24', '240.0.0.0/4', '255.255.255.255/32'].map((destination) =>
      ['destination-not-routable', 'bgwRouteDestination', [created], addRoute({ destination })] as [string, string, BorderGatewayDecision[], BorderGatewayCommand]),
    ['destination-overlaps-tunnel', 'bgwRouteDestination', [created], addRoute({ destination: '10.9.9.4/30', facts: inner })],
    ['destination-overlaps-tunnel', 'bgwRouteDestination', [created], addRoute({ destination: '10.9.9.5/32', facts: inner })],
    ['subnet-overlaps-tunnel', 'vpcId', [created], attach({ facts: { quotas, vpc, innerPrefixes: ['10.0.2.4/30'] } })],
    ['subnet-overlaps-tunnel', 'vpcId', [created, { ...attachment, vpcId: 'v2' }], update({ vpcId: 'v1', facts: { vpc, innerPrefixes: ['10.0.2.4/30'] } })],
    ['quota-exceeded', 'routes', [created, route], addRoutes({ facts: { ...inner, quotas: quotasOf(2) } })],
    ['static-route-exists', 'routes[1].bgwRouteDestination', [created, { ...route, staticRouteId: 'r0', destination: '10.8.0.0/16' }], addRoutes()],
    ['static-route-exists', 'routes[1].bgwRouteDestination', [created], addRoutes({ routes: [{ ...several[0]!, staticRouteId: 'r9' }, several[0]!] })],
    ['unknown-next-hop', 'routes[0].bgwRouteNexthop', [created], addRoutes({ facts: { ...inner, vpnConnectionIds: [] } })],
    ['unknown-static-route', 'bgwRouteId', [created], { type: 'RemoveStaticRoute', staticRouteId: 'nope' }],
    ['border-gateway-in-use', 'vpcAttachmentIds', [created, attachment], { type: 'DeleteBorderGateway', facts: { vpnConnectionIds: [], vifIds: [] } }],
    ['border-gateway-in-use', 'vpnConnectionIds', [created], { type: 'DeleteBorderGateway', facts: { vpnConnectionIds: ['c1'], vifIds: [] } }],
    ['border-gateway-in-use', 'vifIds', [created], { type: 'DeleteBorderGateway', facts: { vpnConnectionIds: [], vifIds: ['d1'] } }],
  ])('%s (%s)', (code, field, history, command) => given(borderGatewayDecider, ...history).when(command).refused(code, field));
});

import type { BorderGatewayDecision } from '@bordergate/contracts';
import { describe, it } from 'vitest';
import { borderGatewayDecider, type BorderGatewayCommand } from './border-gateway.js';
import { given, quotas, quotasOf, REGION } from './given.test-support.js';

const created: BorderGatewayDecision = { type: 'BorderGatewayCreated', borderGatewayId: 'g', region: REGION, name: 'g', description: '', bgpAsn: 65000 };
const attachment: BorderGatewayDecision = { type: 'VpcAttached', borderGatewayId: 'g', vpcAttachmentId: 'a1', vpcId: 'v1', name: 'a1', propagateType: 'all', subnetIds: [] };
const partial: BorderGatewayDecision = { ...attachment, propagateType: 'partial', subnetIds: ['s1'] };
const route: BorderGatewayDecision = { type: 'StaticRouteAdded', borderGatewayId: 'g', staticRouteId: 'r1', destination: '10.9.0.0/16', nextHopType: 'vpn_connection', nextHopId: 'c1', description: '' };
const routeToVpc: BorderGatewayDecision = { ...route, staticRouteId: 'r2', nextHopType: 'vpc_attachment', nextHopId: 'a1' };

const vpc = { subnetIds: ['s1', 's2'] };
const create = (more: object = {}): BorderGatewayCommand => ({ type: 'CreateBorderGateway', borderGatewayId: 'g', region: REGION, name: 'g', description: '', bgpAsn: 65000, facts: { quotas, borderGatewaysInRegion: 0 }, ...more });
const attach = (more: object = {}): BorderGatewayCommand => ({ type: 'AttachVpc', vpcAttachmentId: 'a1', vpcId: 'v1', name: 'a1', propagateType: 'all', subnetIds: [], facts: { quotas, vpc }, ...more });
const update = (more: object = {}): BorderGatewayCommand => ({ type: 'UpdateVpcAttachment', vpcAttachmentId: 'a1', facts: { vpc }, ...more });
const addRoute = (more: object = {}): BorderGatewayCommand => ({ type: 'AddStaticRoute', staticRouteId: 'r1', destination: '10.9.0.0/16', nextHopType: 'vpn_connection', nextHopId: 'c1', description: '', facts: { quotas, vpnConnectionIds: ['c1'], vifIds: ['d1'] }, ...more });

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
  it('drops the static routes through an attachment that goes, and no others', () => {
    given(borderGatewayDecider, created, attachment, route, routeToVpc).when({ type: 'DetachVpc', vpcAttachmentId: 'a1' }).decides(
      { type: 'StaticRouteRemoved', borderGatewayId: 'g', staticRouteId: 'r2' }, { type: 'VpcDetached', borderGatewayId: 'g', vpcAttachmentId: 'a1' },
    );
  });
  it('is deleted when nothing is on it', () => given(borderGatewayDecider, created).when({ type: 'DeleteBorderGateway', facts: { vpnConnectionIds: [], vifIds: [] } }).decides({ type: 'BorderGatewayDeleted', borderGatewayId: 'g' }));
});

describe('a border gateway refuses', () => {
  it.each<[code: string, field: string | undefined, history: BorderGatewayDecision[], command: BorderGatewayCommand]>([
    ['id-taken', undefined, [created], create()],
    ['quota-exceeded', 'region', [], create({ facts: { quotas, borderGatewaysInRegion: 5 } })],
    ['unknown-border-gateway', 'bgwId', [], { type: 'UpdateBorderGateway' }],
    ['unknown-border-gateway', 'bgwId', [created, { type: 'BorderGatewayDeleted', borderGatewayId: 'g' }], attach()],
    ['quota-exceeded', 'bgwId', [created, attachment], attach({ vpcAttachmentId: 'a2', vpcId: 'v2', facts: { quotas: quotasOf(1), vpc } })],
    ['unknown-vpc', 'vpcId', [created], attach({ facts: { quotas, vpc: undefined } })],
    ['vpc-already-attached', 'vpcId', [created, attachment], attach({ vpcAttachmentId: 'a2' })],
    ['partial-needs-subnets', 'subnetIds', [created], attach({ propagateType: 'partial' })],
    ['unknown-subnet', 'subnetIds[1]', [created], attach({ propagateType: 'partial', subnetIds: ['s1', 'other'] })],
    ['subnet-named-twice', 'subnetIds', [created], attach({ propagateType: 'partial', subnetIds: ['s1', 's1'] })],
    ['subnets-only-with-partial', 'subnetIds', [created], attach({ subnetIds: ['s1'] })],
    ['unknown-vpc-attachment', 'vpcAttachmentId', [created], update()],
    ['vpc-already-attached', 'vpcId', [created, attachment, { ...attachment, vpcAttachmentId: 'a2', vpcId: 'v2' }], update({ vpcId: 'v2' })],
    ['unknown-subnet', 'subnetIds[0]', [created, partial], update({ vpcId: 'v2', facts: { vpc: { subnetIds: ['z'] } } })],
    ['unknown-vpc', 'vpcId', [created, attachment], update({ vpcId: 'v2', facts: { vpc: undefined } })],
    ['unknown-vpc-attachment', 'vpcAttachmentId', [created], { type: 'DetachVpc', vpcAttachmentId: 'nope' }],
    ['quota-exceeded', 'bgwId', [created, route], addRoute({ staticRouteId: 'r2', facts: { quotas: quotasOf(1), vpnConnectionIds: ['c1'], vifIds: [] } })],
    ['unknown-next-hop', 'bgwRouteNexthop', [created], addRoute({ nextHopId: 'another-gateways' })],
    ['unknown-next-hop', 'bgwRouteNexthop', [created], addRoute({ nextHopType: 'vpc_attachment', nextHopId: 'c1' })],
    ['unknown-next-hop', 'bgwRouteNexthop', [created], addRoute({ nextHopType: 'private_vif', nextHopId: 'c1' })],
    ['static-route-exists', 'bgwRouteDestination', [created, route], addRoute({ staticRouteId: 'r2' })],
    ['unknown-static-route', 'bgwRouteId', [created], { type: 'RemoveStaticRoute', staticRouteId: 'nope' }],
    ['border-gateway-in-use', undefined, [created, attachment], { type: 'DeleteBorderGateway', facts: { vpnConnectionIds: [], vifIds: [] } }],
    ['border-gateway-in-use', undefined, [created], { type: 'DeleteBorderGateway', facts: { vpnConnectionIds: ['c1'], vifIds: [] } }],
    ['border-gateway-in-use', undefined, [created], { type: 'DeleteBorderGateway', facts: { vpnConnectionIds: [], vifIds: ['d1'] } }],
  ])('%s (%s)', (code, field, history, command) => given(borderGatewayDecider, ...history).when(command).refused(code, field));
});

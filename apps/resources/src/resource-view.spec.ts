import { afterAll, beforeAll, expect, it } from 'vitest';
import { connected, testResources, type TestRegion, type TestResources } from './region.test-support.js';

let resources: TestResources;
let region: TestRegion;
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
});
afterAll(() => resources.close());

const rows = () => resources.db.query('select * from resource order by tenant, region, kind, id');

it('rebuilt from the log is the same as the one that commands keep', async () => {
  const { gateway, connection } = await connected(region);
  const vpc = await region.make('vpcs', { vpcName: 'v', cidr: '10.0.0.0/16' });
  const subnet = await region.make('subnets', { vpcId: vpc.vpcId, subnetName: 's', cidr: '10.0.1.0/24' });
  const attachment = await region.make('vpcAttachments', { vpcAttachmentName: 'a', bgwId: gateway.bgwId, vpcId: vpc.vpcId });
  await region.make('routePropagations', { routeTableId: vpc.mainRouteTableId, bgwId: gateway.bgwId });
  const { body: { items } } = await region.send('POST', `vpnConnections/${connection.vpnConnectionId}:addTunnels`);
  await region.make('staticRoutes', { bgwId: gateway.bgwId, bgwRouteDestination: '192.168.0.0/16', bgwRouteNexthop: connection.vpnConnectionId });
  await region.verb(`vpnTunnels/${items[0].vpnTunnelId}:disable`);
  await region.drop(`vpnTunnels/${items[0].vpnTunnelId}`);
  await region.change(`vpcs/${vpc.vpcId}`, { description: '🛰 in orbit' });
  await region.make('publicAddresses', { publicAddress: '198.51.100.3', node: 'node-1' });
  await region.drop('publicAddresses/198.51.100.3');
  await region.make('publicAddresses', { publicAddress: '198.51.100.3', node: 'node-2' });
  await region.drop(`vpcAttachments/${attachment.vpcAttachmentId}`);
  await region.drop(`subnets/${subnet.subnetId}`);

  const kept = await rows();
  expect(kept.length).toBeGreaterThan(8);
  await resources.rebuild();
  expect(await rows()).toEqual(kept);

  await resources.db.query("update resource set fields = '{}', version = 99 where kind = 'vpc'");
  await resources.db.query("delete from resource where kind = 'vpnTunnel'");
  await resources.rebuild();
  expect(await rows()).toEqual(kept);
});

it('is whole while it is rebuilt, for readers and for commands', async () => {
  const [, ...made] = await Promise.all([resources.rebuild(), ...[1, 2, 3].map((n) => region.make('borderGateways', { bgwName: `g${n}` })), resources.rebuild()]);
  expect(made.slice(0, 3).every((gateway: any) => gateway.bgwId)).toBe(true);
  const kept = await rows();
  expect(kept.filter((row: any) => row.kind === 'borderGateway')).toHaveLength(4);
  await resources.rebuild();
  expect(await rows()).toEqual(kept);
});

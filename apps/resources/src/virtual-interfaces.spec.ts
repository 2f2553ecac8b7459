import { keyOf, TOPICS, type VifRef } from '@bordergate/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connected, testResources, type TestRegion, type TestResources } from './region.test-support.js';

let resources: TestResources;
let region: TestRegion;
let bgwId: string;
beforeAll(async () => {
  resources = await testResources();
  region = resources.region;
  bgwId = (await connected(region)).gateway.bgwId;
});
afterAll(() => resources.close());

const line = (name: string, more: object = {}) => ({ vifName: name, bgwId, node: 'node-1', interface: 'eth1', vlanId: 100, customerAsn: 65010, ...more });

describe('virtual interfaces', () => {
  it('are made, shown, changed, disabled, enabled and deleted', async () => {
    const made = await region.make('virtualInterfaces', line('backbone'));
    expect(made).toMatchObject({
      vifName: 'backbone', bgwId, node: 'node-1', interface: 'eth1', vlanId: 100, vifIp: '169.254.0.0/30', remoteVifIp: '169.254.0.1', localVifIp: '169.254.0.2', bgpEnabled: true, localAsn: 64512, customerAsn: 65010,
      bfdEnabled: true, status: 'Pending', adminStatus: 'UP', opStatus: 'DOWN', driver: null, bgpStatus: 'down', region: 'cn-north-1',
    });
    const path = `virtualInterfaces/${made.vifId}`;
    expect((await region.get(`borderGateways/${bgwId}`)).vifIds).toEqual([made.vifId]);
    expect((await region.get('virtualInterfaces?name=backbone')).items).toMatchObject([{ vifId: made.vifId }]);
    expect(await region.change(path, { vifName: 'spine', bgpHoldSec: 9, vifIp: '10.255.0.0/30' })).toMatchObject({ vifName: 'spine', bgpHoldSec: 9, localVifIp: '10.255.0.2' });
    expect(await region.verb(`${path}:disable`)).toMatchObject({ adminStatus: 'DOWN', status: 'InActive' });
    expect(await region.verb(`${path}:enable`)).toMatchObject({ adminStatus: 'UP', status: 'Pending' });
    await region.drop(path);
    expect((await region.get(`borderGateways/${bgwId}`)).vifIds).toEqual([]);
  });

  it('hold their gateway, and static routes hold them', async () => {
    const gateway = await region.make('borderGateways', { bgwName: 'direct' });
    const { vifId } = await region.make('virtualInterfaces', line('held', { bgwId: gateway.bgwId, vlanId: 200 }));
    expect(await region.refused('DELETE', `borderGateways/${gateway.bgwId}`)).toEqual([409, 'border-gateway-in-use', 'vifIds']);
    const route = { bgwId: gateway.bgwId, bgwRouteDestination: '10.20.0.0/16', bgwRouteNextHopType: 'private_vif', bgwRouteNexthop: vifId };
    const { bgwRouteId } = await region.make('staticRoutes', route);
    expect(await region.refused('POST', 'staticRoutes', { ...route, bgwId })).toEqual([422, 'unknown-next-hop', 'bgwRouteNexthop']);
    expect(await region.refused('DELETE', `virtualInterfaces/${vifId}`)).toEqual([409, 'virtual-interface-in-use', 'bgwRouteNexthop']);
    await region.drop(`staticRoutes/${bgwRouteId}`);
    await region.drop(`virtualInterfaces/${vifId}`);
    await region.drop(`borderGateways/${gateway.bgwId}`);
  });

  it('share no line and no inner /30, also not with tunnels', async () => {
    const { vifId, vifIp } = await region.make('virtualInterfaces', line('first', { vlanId: 300 }));
    expect(await region.refused('POST', 'virtualInterfaces', line('second', { vlanId: 300 }))).toEqual([409, 'line-taken', 'vlanId']);
    expect(await region.refused('POST', 'virtualInterfaces', line('second', { vlanId: null }))).toEqual([409, 'line-taken', 'interface']);
    expect(await region.refused('POST', 'virtualInterfaces', line('second', { vlanId: 301, vifIp }))).toEqual([409, 'vif-ip-taken', 'vifIp']);
    const { vpnConnectionIds: [connection] } = await region.get(`borderGateways/${bgwId}`);
    const { body: { items } } = await region.send('POST', `vpnConnections/${connection}:addTunnels`);
    expect(items.map((tunnel: { tunnelIp: string }) => tunnel.tunnelIp)).not.toContain(vifIp);
    expect(await region.refused('PATCH', `vpnTunnels/${items[0].vpnTunnelId}`, { tunnelIp: vifIp })).toEqual([409, 'tunnel-ip-taken', 'tunnelIp']);
    await region.drop(`virtualInterfaces/${vifId}`);
  });

  it.each([
    ['invalid-request', 'interface', { interface: 'lo' }], ['invalid-request', 'interface', { interface: 'a name that is too long' }], ['invalid-request', 'interface', { interface: 'eth1;reboot' }],
    ['invalid-request', 'vlanId', { vlanId: 0 }], ['invalid-request', 'vlanId', { vlanId: 4095 }], ['invalid-request', 'node', { node: 'Node One' }], ['invalid-request', 'customerAsn', { customerAsn: 0 }],
  ])('are refused with %s: %s', async (code, field, wrong) => expect(await region.refused('POST', 'virtualInterfaces', line('bad', wrong))).toEqual([400, code, field]));
  it('are of one region, and a gateway must be there', async () => {
    expect((await region.refused('GET', 'virtualInterfaces/vif-none')).slice(0, 2)).toEqual([404, 'not-found']);
    expect(await region.refused('POST', 'virtualInterfaces', line('lost', { bgwId: 'bgw-none' }))).toEqual([422, 'unknown-border-gateway', 'bgwId']);
    expect((await region.refused('PATCH', 'virtualInterfaces/vif-none', { vifName: 'x' })).slice(0, 1)).toEqual([404]);
  });

  it('show what the worker says of them', async () => {
    const { vifId } = await region.make('virtualInterfaces', line('live', { vlanId: 400 }));
    const ref: VifRef = { region: 'cn-north-1', borderGatewayId: bgwId, vifId, node: 'node-1' };
    const record = (key: string, data: { type: string }) => ({
      key, partitionKey: bgwId,
      event: {
        specversion: '1.0' as const, id: `e-${data.type}-${vifId}`, source: '/test', type: data.type, subject: key, time: new Date(Date.now() + 1_000).toISOString(), data, tenant: 'default', actor: 'test',
        correlationid: '', causationid: '', partitionkey: bgwId,
      },
    });
    const since = '2026-11-21T10:00:00.000Z';
    const up = { type: 'VifOperStatusChanged', ...ref, operStatus: 'UP', reason: 'link-up', detail: 'eth1.400', since, driver: 'linux' };
    await resources.journal.publish(TOPICS.tunnelObservations, [record(keyOf.tunnel(bgwId, vifId), up)]);
    await resources.journal.publish(TOPICS.ribIn, [record(keyOf.bgpSession(bgwId, vifId), { type: 'BgpSessionEstablished', ...ref, epoch: 1, neighborAddress: '169.254.0.1', neighborAsn: 65010, since } as { type: string })]);
    await vi.waitFor(async () => expect(await region.get(`virtualInterfaces/${vifId}`)).toMatchObject({ status: 'Active', opStatus: 'UP', opReason: 'link-up', opSince: since, driver: 'linux', bgpStatus: 'established' }));
    await region.change(`virtualInterfaces/${vifId}`, { bgpEnabled: false });
    expect(await region.get(`virtualInterfaces/${vifId}`)).toMatchObject({ bgpStatus: 'off' });
    await resources.journal.publish(TOPICS.tunnelObservations, [record(keyOf.tunnel(bgwId, vifId), { type: 'VifGone', ...ref } as { type: string })]);
    await vi.waitFor(async () => expect(await region.get(`virtualInterfaces/${vifId}`)).toMatchObject({ status: 'Pending', opStatus: 'DOWN' }));
  });
});

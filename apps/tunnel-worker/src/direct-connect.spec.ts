import { keyOf, TOPICS, type Decision } from '@bordergate/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ATTACHMENT, CONNECTION, CUSTOMER1, DECISIONS, DERIVATIONS, GATEWAY, Lab, NODE, REGION, TUNNEL1, until } from './worker.test-support.js';

const VIF = 'vif-dddddddddd';
/** The customer's router at the other end of the line. */
const PEER = '10.255.0.1';
const CREATED: Decision = {
  type: 'VirtualInterfaceCreated', vifId: VIF, region: REGION, name: 'line', description: '', borderGatewayId: GATEWAY, line: { node: NODE, interface: 'eth1', vlanId: null }, vifIp: '10.255.0.0/30',
  localVifIp: '10.255.0.2', remoteVifIp: PEER, bgpEnabled: true, localAsn: 64512, customerAsn: 65010, bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: false, bfdIntervalMs: 300, bfdMultiplier: 3 }, adminStatus: 'UP',
};
const ROUTE: Decision = { type: 'StaticRouteAdded', borderGatewayId: GATEWAY, staticRouteId: 'bgwrt-2', destination: '10.4.0.0/24', nextHopType: 'private_vif', nextHopId: VIF, description: '' };

let lab: Lab;
beforeEach(async () => {
  lab = new Lab();
  await lab.decide(...DECISIONS, CREATED, ROUTE);
  await lab.derive([...DERIVATIONS, [TOPICS.ribOut, keyOf.ribOut(GATEWAY, VIF, '10.1.0.0/24'), { type: 'RouteAdvertised', region: REGION, borderGatewayId: GATEWAY, vifId: VIF, prefix: '10.1.0.0/24', because: 'attachment-route' }]]);
  for (const customer of [PEER, CUSTOMER1]) lab.node.setCustomer(customer, { announce: ['10.2.0.0/24'] });
});
afterEach(() => lab.stop());

const status = () => {
  const last = lab.observations.findLast((o) => o.type === 'VifOperStatusChanged');
  return last?.type === 'VifOperStatusChanged' ? `${last.operStatus} ${last.reason}` : undefined;
};
const session = () => lab.ribIn.get(keyOf.bgpSession(GATEWAY, VIF))?.type;
const settled = () => until(() => status() === 'UP link-up' && session() === 'BgpSessionEstablished' && lab.fib()['10.2.0.0/24']?.[0] === VIF && lab.status(TUNNEL1) === 'UP');

describe('a direct connection', () => {
  it('is taken, talks BGP, and comes before the VPN, learned and static', async () => {
    await lab.start();
    await settled();
    await until(() => lab.fib()['10.3.0.0/24']?.length === 2);
    expect(lab.fib()).toMatchObject({ '10.1.0.0/24': [ATTACHMENT], '10.2.0.0/24': [VIF], '10.4.0.0/24': [VIF] });
    expect(lab.ribIn.get(keyOf.bgpRoute(GATEWAY, VIF, '10.2.0.0/24'))).toMatchObject({ type: 'BgpRouteAnnounced', vifId: VIF, asPath: [65010], node: NODE });
    expect(lab.node.gateway(GATEWAY)!.bird!.bgp.find(({ device }) => device.startsWith('d-'))).toMatchObject({ localAsn: 64512, advertise: ['10.1.0.0/24'] });
  });

  it('is stood in for by the VPN while its line is cut, and takes over again', async () => {
    await lab.start();
    await settled();
    await lab.decide({ type: 'StaticRouteAdded', borderGatewayId: GATEWAY, staticRouteId: 'bgwrt-3', destination: '10.4.0.0/24', nextHopType: 'vpn_connection', nextHopId: CONNECTION, description: '' });
    lab.node.setCustomer(PEER, { linkUp: false });
    await until(() => status() === 'DOWN no-carrier' && lab.fib()['10.2.0.0/24']?.[0] === TUNNEL1 && lab.fib()['10.4.0.0/24']?.[0] === TUNNEL1);
    expect(session()).toBe('BgpSessionClosed');
    lab.node.setCustomer(PEER, { linkUp: true });
    await settled();
    await until(() => lab.fib()['10.4.0.0/24']?.[0] === VIF);
  });

  it('is drained when it is disabled, and given back when it is deleted', async () => {
    await lab.start();
    await settled();
    lab.told.length = 0;
    await lab.decide({ type: 'VirtualInterfaceDisabled', vifId: VIF });
    await until(() => status() === 'DOWN admin-down');
    const bird = lab.told.findIndex((line) => line.startsWith(`bird ${GATEWAY}`) && !line.includes('b_dddddddddd'));
    expect([bird >= 0, bird < lab.told.indexOf(`device ${VIF} down`)]).toEqual([true, true]);
    await lab.decide({ type: 'VirtualInterfaceEnabled', vifId: VIF });
    await settled();
    await lab.decide({ type: 'StaticRouteRemoved', borderGatewayId: GATEWAY, staticRouteId: 'bgwrt-2' }, { type: 'VirtualInterfaceDeleted', vifId: VIF });
    await until(() => lab.told.includes(`give back ${VIF}`) && lab.observations.some((o) => o.type === 'VifGone'));
    await until(() => ![...lab.ribIn.keys()].some((key) => key.includes(VIF)));
  });

  it('is adopted by a worker that starts again, and given back by one that finds it unwanted', async () => {
    await lab.start();
    await settled();
    await lab.worker!.close();
    lab.told.length = 0;
    await lab.startAgain();
    await settled();
    expect(lab.told.filter((line) => line.includes(VIF))).toEqual([]);
    await lab.worker!.close();
    await lab.decide({ type: 'VirtualInterfaceDeleted', vifId: VIF });
    await lab.startAgain();
    await until(() => lab.told.includes(`give back ${VIF}`));
    expect(lab.told.indexOf(`device ${VIF} down`)).toBeLessThan(lab.told.indexOf(`give back ${VIF}`));
  });
});

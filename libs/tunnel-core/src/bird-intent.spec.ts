import { NEXT_HOP_TYPE, ROUTE_TYPE, type NextHopType, type RouteType } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { birdIntent, birdPreference, type NodeNames } from './bird-intent.js';
import { bgpOptions, wantedTunnel, wantedVif } from './fixtures.test-support.js';
import type { WantedGateway, WantedTunnel } from './wanted.js';

const NAMES: NodeNames = {
  tunnelDevice: id => `t-${id.slice(4)}`,
  vifDevice: id => `d-${id.slice(4)}`,
  bgpProtocol: id => `b_${id.slice(4)}`,
  attachmentLink: id => (id === 'vpcatt-unmade' ? undefined : { device: `a-${id.slice(7)}`, vpcAddress: `100.127.0.${id.slice(7)}` }),
};
const of = (vpnConnectionId: string, tunnelId: string, changes: Partial<WantedTunnel> = {}): WantedTunnel => {
  const tunnel = wantedTunnel(tunnelId, changes);
  return { ...tunnel, ref: { ...tunnel.ref, vpnConnectionId } };
};
const GATEWAY: WantedGateway = {
  borderGatewayId: 'bgw-1', routerId: '10.255.0.1', attachments: [], transitEnabled: true, refused: ['10.7.0.0/24'], maxDynamicRoutes: 300, ownAsns: [65000],
  attachmentRoutes: [
    { prefix: '10.1.0.0/24', routeType: 'propagated', vpcAttachmentIds: ['vpcatt-1'] },
    { prefix: '10.4.0.0/24', routeType: 'static', vpcAttachmentIds: ['vpcatt-1', 'vpcatt-2'] },
    { prefix: '10.5.0.0/24', routeType: 'static', vpcAttachmentIds: ['vpcatt-unmade'] },
  ],
  staticRoutes: [
    { prefix: '10.2.0.0/24', vpnConnectionId: 'vpn-1' }, { prefix: '10.2.0.0/24', vpnConnectionId: 'vpn-2' }, { prefix: '10.3.0.0/24', vpnConnectionId: 'vpn-2' },
    { prefix: '10.4.0.0/24', vpnConnectionId: 'vpn-1' }, { prefix: '10.6.0.0/24', vpnConnectionId: 'vpn-elsewhere' },
  ],
  tunnels: [
    of('vpn-1', 'tun-1', { advertise: ['10.1.0.0/24', '10.4.0.0/24'], transit: ['10.3.0.0/24'] }),
    of('vpn-1', 'tun-2', { bgp: { localAsn: 65000, customerAsn: 4200000001, options: { ...bgpOptions, bfdEnabled: true } } }),
    of('vpn-2', 'tun-3', { bgp: null }),
    of('vpn-2', 'tun-4', { adminStatus: 'DOWN' }),
  ],
  vifs: [
    wantedVif('vif-1', { advertise: ['10.1.0.0/24'], staticPrefixes: ['10.2.0.0/24', '10.7.0.0/24'] }), wantedVif('vif-2', { bgp: null, staticPrefixes: ['10.7.0.0/24'] }),
    wantedVif('vif-3', { adminStatus: 'DOWN', staticPrefixes: ['10.7.0.0/24'] }),
  ],
};

describe('birdIntent', () => {
  const none = new Set<string>();

  it('renders sessions and static next hops of enabled tunnels, and routes to attachments that are made', async () => {
    const intent = birdIntent(GATEWAY, NAMES, { withdrawn: none });
    await expect(`${JSON.stringify(intent, null, 2)}\n`).toMatchFileSnapshot('./golden/bird-gateway.json');
  });

  it('merges static routes of one destination into one, over all tunnels of both connections', () => {
    const route = birdIntent(GATEWAY, NAMES, { withdrawn: none }).staticRoutes.find(r => r.prefix === '10.2.0.0/24');
    expect(route?.nextHops.map(hop => hop.device)).toEqual(['t-1', 't-2', 't-3']);
  });

  it('keeps the session of a tunnel whose peer is silent, and takes no route over it', () => {
    const intent = birdIntent(GATEWAY, NAMES, { withdrawn: none, silent: new Set(['tun-1']) });
    expect(intent.bgp.map(session => [session.device, session.quarantined ?? false])).toEqual([['t-1', true], ['t-2', false], ['d-1', false]]);
    expect(JSON.stringify(intent.staticRoutes)).not.toContain('t-1"');
  });

  it('keeps a disabled one that is being left, until it is drained', () => {
    const leaving = new Set(['tun-4', 'vif-3']);
    expect(birdIntent(GATEWAY, NAMES, { withdrawn: none, leaving }).bgp.map(session => session.device)).toEqual(['t-1', 't-2', 't-4', 'd-1', 'd-3']);
    expect(birdIntent(GATEWAY, NAMES, { withdrawn: leaving, leaving })).toEqual(birdIntent(GATEWAY, NAMES, { withdrawn: none }));
  });

  it('does not mention a tunnel that is being drained', () => {
    const intent = birdIntent(GATEWAY, NAMES, { withdrawn: new Set(['tun-1']) });
    expect(JSON.stringify(intent)).not.toContain('t-1"');
    expect(intent.bgp.map(session => session.device)).toEqual(['t-2', 'd-1']);
  });
});

describe('a virtual interface', () => {
  const none = new Set<string>();
  it('has its session with the preference of a direct connection, and its static routes beside those of connections', () => {
    const intent = birdIntent(GATEWAY, NAMES, { withdrawn: none });
    expect(intent.bgp.find(session => session.device === 'd-1')).toMatchObject({ localAddress: '10.255.1.2', localAsn: 64512, neighborAddress: '10.255.1.1', preference: birdPreference('direct_connect', 'ebgp') });
    expect(intent.directRoutes).toEqual([
      { prefix: '10.2.0.0/24', preference: birdPreference('direct_connect', 'static'), nextHops: [{ via: '10.255.1.1', device: 'd-1' }] },
      { prefix: '10.7.0.0/24', preference: birdPreference('direct_connect', 'static'), nextHops: [{ via: '10.255.1.1', device: 'd-1' }, { via: '10.255.2.1', device: 'd-2' }] },
    ]);
    expect(intent.staticRoutes.map(route => route.prefix)).toContain('10.2.0.0/24'); // the VPN stands by
  });
  it('is not mentioned while it is drained', () => {
    const intent = birdIntent(GATEWAY, NAMES, { withdrawn: new Set(['vif-1']) });
    expect(JSON.stringify([intent.bgp, intent.directRoutes])).not.toContain('d-1"');
  });
});

describe('birdPreference', () => {
  const pairs = (Object.keys(NEXT_HOP_TYPE) as NextHopType[]).flatMap(hop => (Object.keys(ROUTE_TYPE) as RouteType[]).map((route): [NextHopType, RouteType] => [hop, route]));

  it('orders every pair of kinds as the product rule does', () => {
    for (const [hopA, routeA] of pairs) for (const [hopB, routeB] of pairs) {
      const rule = NEXT_HOP_TYPE[hopA] - NEXT_HOP_TYPE[hopB] || ROUTE_TYPE[routeA] - ROUTE_TYPE[routeB];
      expect(Math.sign(birdPreference(hopB, routeB) - birdPreference(hopA, routeA)), `${hopA}/${routeA} against ${hopB}/${routeB}`).toBe(Math.sign(rule));
    }
  });

  it('is a preference of BIRD', () => {
    for (const [hop, route] of pairs) expect(birdPreference(hop, route)).toSatisfy((value: number) => Number.isInteger(value) && value >= 1 && value <= 65535);
  });
});

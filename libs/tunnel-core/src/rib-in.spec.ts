import type { BirdProtocol, BirdRoute } from '@bordergate/bird';
import type { BgpObservation } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { wantedTunnel, wantedVif } from './fixtures.test-support.js';
import { kernelFib } from './kernel-fib.js';
import { epochOf, ribInChanges, ribInWithdrawal, type PeerLook, type RibInRow } from './rib-in.js';

const { ref } = wantedTunnel('tun-1');
const protocol = (changes: Partial<BirdProtocol> = {}): BirdProtocol => ({ name: 'b_1', proto: 'BGP', state: 'up', since: '2026-11-21 02:29:03.617', info: 'Established', bgpState: 'Established', ...changes });
const route = (prefix: string, asPath = [65010]): BirdRoute => ({
  table: 'master4', prefix, protocol: 'b_1', since: '2026-11-21 02:29:04.000', best: true, kernelError: false, destination: 'unicast', nextHops: [], preference: 24010, asPath, asPathLength: asPath.length,
  asPathTruncated: false, origin: 'igp', med: 0, communities: ['65010:7'],
});
const look = (p: BirdProtocol | undefined, routes: BirdRoute[] = []): PeerLook => ({ ref, customerAsn: 65010, neighborAddress: '169.254.1.1', protocol: p, routes });
const down = protocol({ state: 'start', bgpState: 'Active', since: '2026-11-21 02:31:00.000', info: 'Active', lastError: 'Received: Administrative shutdown' });

function run(...looks: PeerLook[]): { table: Map<string, BgpObservation>; last: RibInRow[] } {
  const table = new Map<string, BgpObservation>();
  let last: RibInRow[] = [];
  for (const each of looks) {
    last = ribInChanges(table, each);
    for (const { key, value } of last) if (value) table.set(key, value); else table.delete(key);
  }
  return { table, last };
}

describe('ribInChanges', () => {
  it('publishes the session, then its routes with its epoch; and nothing twice', () => {
    const { last, table } = run(look(protocol(), [route('10.2.0.0/24')]));
    expect(last.map(row => row.key)).toEqual(['bgw-1/tun-1/session', 'bgw-1/tun-1/10.2.0.0/24']);
    expect(last[0]!.value).toMatchObject({ type: 'BgpSessionEstablished', epoch: Date.parse('2026-11-21T02:29:03.617Z'), since: '2026-11-21T02:29:03.617Z', neighborAsn: 65010 });
    expect(last[1]!.value).toMatchObject({ type: 'BgpRouteAnnounced', epoch: epochOf('2026-11-21 02:29:03.617'), prefix: '10.2.0.0/24', asPath: [65010], communities: ['65010:7'] });
    expect(ribInChanges(table, look(protocol(), [route('10.2.0.0/24')]))).toEqual([]);
  });

  it('withdraws with null, also what went while no worker looked', () => {
    const { last } = run(look(protocol(), [route('10.2.0.0/24'), route('10.3.0.0/24')]), look(protocol(), [route('10.3.0.0/24')]));
    expect(last).toEqual([{ key: 'bgw-1/tun-1/10.2.0.0/24', value: null }]);
  });

  it('closes a session as one fact in front, with the epoch that ended and the peer\'s reason', () => {
    const { last } = run(look(protocol(), [route('10.2.0.0/24')]), look(down));
    expect(last[0]).toMatchObject({ key: 'bgw-1/tun-1/session', value: { type: 'BgpSessionClosed', epoch: epochOf('2026-11-21 02:29:03.617'), reason: 'Received: Administrative shutdown' } });
    expect(last.slice(1)).toEqual([{ key: 'bgw-1/tun-1/10.2.0.0/24', value: null }]);
    expect(run(look(protocol()), look(down), look({ ...down, since: '2026-11-21 02:32:00.000' })).last).toEqual([]);
    expect(run(look(protocol()), look(undefined)).last).toMatchObject([{ value: { type: 'BgpSessionClosed', reason: 'session removed' } }]);
    expect(run(look(down)).last).toEqual([]);
  });

  it('keeps the routes of a peer that restarts gracefully', () => {
    expect(run(look(protocol(), [route('10.2.0.0/24')]), look(down, [route('10.2.0.0/24')])).last).toEqual([]);
  });

  it('begins a new epoch with a new session', () => {
    const { last } = run(look(protocol(), [route('10.2.0.0/24')]), look(protocol({ since: '2026-11-21 03:00:00.000' }), [route('10.2.0.0/24')]));
    expect(last.map(row => row.key)).toEqual(['bgw-1/tun-1/session', 'bgw-1/tun-1/10.2.0.0/24']);
  });

  it('leaves nothing of a tunnel that is gone, and touches no other', () => {
    const { table } = run(look(protocol(), [route('10.2.0.0/24')]));
    expect(ribInWithdrawal(table, 'bgw-1', 'tun-1').map(row => row.value)).toEqual([null, null]);
    expect(ribInWithdrawal(table, 'bgw-1', 'tun-11')).toEqual([]);
  });

  it('refuses a time it cannot compare', () => expect(() => epochOf('02:29:03')).toThrow('long ISO format'));
});

describe('kernelFib', () => {
  it('says in ids what the kernel says in devices', () => {
    const gateway = {
      borderGatewayId: 'bgw-1', routerId: '10.0.0.1', attachments: [{ vpcAttachmentId: 'vpcatt-1', borderGatewayId: 'bgw-1', vpcId: 'vpc-1' }], attachmentRoutes: [], staticRoutes: [], transitEnabled: false, refused: [], maxDynamicRoutes: 300, ownAsns: [], tunnels: [wantedTunnel('tun-1')], vifs: [wantedVif('vif-1')],
    };
    const routes = [
      { prefix: '10.9.0.0/24', nextHops: [{ device: 'eth9' }] }, { prefix: '10.1.0.0/24', nextHops: [{ device: 'a-1' }] }, { prefix: '10.2.0.0/24', nextHops: [{ device: 't-1' }] },
      { prefix: '10.3.0.0/24', nextHops: [{ device: 'd-1' }] },
    ];
    const names = { tunnelDevice: (id: string) => `t-${id.slice(4)}`, vifDevice: (id: string) => `d-${id.slice(4)}`, attachmentDevice: (id: string) => `a-${id.slice(7)}` };
    expect(kernelFib({ region: 'r', node: 'n' }, gateway, routes, names).entries).toEqual([
      { prefix: '10.1.0.0/24', nextHops: [{ kind: 'attachment', id: 'vpcatt-1' }] },
      { prefix: '10.2.0.0/24', nextHops: [{ kind: 'tunnel', id: 'tun-1' }] },
      { prefix: '10.3.0.0/24', nextHops: [{ kind: 'vif', id: 'vif-1' }] },
      { prefix: '10.9.0.0/24', nextHops: [{ kind: 'unknown', id: 'eth9' }] },
    ]);
  });
});

import { keyOf, TOPICS, type BgpObservation, type JournalRecord, type TunnelObservation } from '@bordergate/contracts';
import { signRecord } from '@bordergate/platform';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connected, testResources, type TestRegion, type TestResources } from './region.test-support.js';

let skippedMs = 0;
const now = () => Date.now() + skippedMs;
let resources: TestResources;
let region: TestRegion;
let at: Awaited<ReturnType<typeof connected>>;
let tunnels: any[];
beforeAll(async () => {
  resources = await testResources({ clock: { now } });
  region = resources.region;
  at = await connected(region);
  tunnels = (await region.send('POST', `vpnConnections/${at.connection.vpnConnectionId}:addTunnels`, undefined, { 'idempotency-key': 'a-verb-without-a-body' })).body.items;
});
afterAll(() => resources.close());

const refOf = (tunnel: any) => ({ region: 'cn-north-1', borderGatewayId: at.gateway.bgwId, vpnConnectionId: at.connection.vpnConnectionId, tunnelId: tunnel.vpnTunnelId, node: tunnel.node });
const record = (key: string, data: TunnelObservation | BgpObservation, time = new Date().toISOString()): JournalRecord => ({
  key, partitionKey: at.gateway.bgwId,
  event: { specversion: '1.0', id: `${Math.random()}`, source: '/test', type: data.type, subject: key, time, data, tenant: 'default', actor: 'service:test', correlationid: 'x', causationid: 'x', partitionkey: at.gateway.bgwId },
});
const observe = (tunnel: any, operStatus: 'UP' | 'DOWN', reason: 'established' | 'authentication-failed', generation?: number) =>
  resources.journal.publish(TOPICS.tunnelObservations, [record(keyOf.tunnel(at.gateway.bgwId, tunnel.vpnTunnelId), { type: 'TunnelOperStatusChanged', ...refOf(tunnel), operStatus, reason, detail: 'seen', since: '2026-11-21T10:00:00.000Z', driver: 'simulated', ...(generation === undefined ? {} : { generation }) })]);
const shown = (tunnel: any) => region.get(`vpnTunnels/${tunnel.vpnTunnelId}`);
const haStatus = async () => (await region.get(`vpnConnections/${at.connection.vpnConnectionId}`)).haStatus;

it('shows what workers report, and derives high availability from it', async () => {
  await observe(tunnels[0], 'UP', 'established');
  await vi.waitFor(async () => expect(await shown(tunnels[0])).toMatchObject({ opStatus: 'UP', opReason: 'established', opDetail: 'seen', opSince: '2026-11-21T10:00:00.000Z', driver: 'simulated', bgpStatus: 'down' }));
  expect(await haStatus()).toBe('no_redundancy');
  await observe(tunnels[1], 'UP', 'established');
  await vi.waitFor(async () => expect(await haStatus()).toBe('redundancy'));
  await observe(tunnels[1], 'DOWN', 'authentication-failed');
  await vi.waitFor(async () => expect(await shown(tunnels[1])).toMatchObject({ opStatus: 'DOWN', opReason: 'authentication-failed' }));
  expect(await haStatus()).toBe('no_redundancy');
});

it('shows the BGP session until it closes or is withdrawn', async () => {
  const key = keyOf.bgpSession(at.gateway.bgwId, tunnels[0].vpnTunnelId);
  const established = record(key, { type: 'BgpSessionEstablished', ...refOf(tunnels[0]), epoch: 1, neighborAddress: '169.254.0.1', neighborAsn: 65001, since: '2026-11-21T10:00:00.000Z' });
  const bgpStatus = async () => (await shown(tunnels[0])).bgpStatus;
  await resources.journal.publish(TOPICS.ribIn, [established]);
  await vi.waitFor(async () => expect(await bgpStatus()).toBe('established'));
  await resources.journal.publish(TOPICS.ribIn, [record(key, { type: 'BgpSessionClosed', ...refOf(tunnels[0]), epoch: 1, reason: 'hold timer', since: '2026-11-21T10:00:00.000Z' })]);
  await vi.waitFor(async () => expect(await bgpStatus()).toBe('down'));
  await resources.journal.publish(TOPICS.ribIn, [established]);
  await vi.waitFor(async () => expect(await bgpStatus()).toBe('established'));
  await resources.journal.publish(TOPICS.ribIn, [{ key, partitionKey: at.gateway.bgwId, event: null }]);
  await vi.waitFor(async () => expect(await bgpStatus()).toBe('down'));
  await region.change(`vpnConnections/${at.connection.vpnConnectionId}`, { bgpEnabled: false });
  expect(await bgpStatus()).toBe('off');
  await region.change(`vpnConnections/${at.connection.vpnConnectionId}`, { bgpEnabled: true });
});

it('says admin-down at once, its session over, and listens to the worker again afterwards', async () => {
  const key = keyOf.bgpSession(at.gateway.bgwId, tunnels[0].vpnTunnelId);
  await resources.journal.publish(TOPICS.ribIn, [record(key, { type: 'BgpSessionEstablished', ...refOf(tunnels[0]), epoch: 2, neighborAddress: '169.254.0.1', neighborAsn: 65001, since: '2026-11-21T10:00:00.000Z' })]);
  await vi.waitFor(async () => expect(await shown(tunnels[0])).toMatchObject({ bgpStatus: 'established' }));
  expect(await region.verb(`vpnTunnels/${tunnels[0].vpnTunnelId}:disable`)).toMatchObject({ adminStatus: 'DOWN', opStatus: 'DOWN', bgpStatus: 'down' });
  expect(await shown(tunnels[0])).toMatchObject({ adminStatus: 'DOWN', opStatus: 'DOWN', opReason: 'admin-down', driver: 'simulated', bgpStatus: 'down' });
  // what its worker says now is of before, until it knows that the tunnel was disabled and enabled
  expect(await region.verb(`vpnTunnels/${tunnels[0].vpnTunnelId}:enable`)).toMatchObject({ adminStatus: 'UP', opStatus: 'DOWN', opReason: 'negotiating' });
  await observe(tunnels[0], 'DOWN', 'authentication-failed');
  await observe(tunnels[0], 'UP', 'established');
  expect(await shown(tunnels[0])).toMatchObject({ opStatus: 'DOWN', opReason: 'negotiating' });
  await observe(tunnels[0], 'UP', 'established', 1);
  await vi.waitFor(async () => expect(await shown(tunnels[0])).toMatchObject({ adminStatus: 'UP', opStatus: 'UP' }));
});

it('knows nothing of the tunnels of a node that is not heard, and listens to its worker again afterwards', async () => {
  const beat = (node: string, n: number) => resources.journal.publish(TOPICS.nodes, [signRecord({ clock: { now }, key: keyOf.node('cn-north-1', node), actor: 'test' }, { type: 'NodeHeartbeat', region: 'cn-north-1', node, life: 'a', beat: n, leaseMs: 30_000 })]);
  for (const tunnel of tunnels.slice(0, 2)) await observe(tunnel, 'UP', 'established', tunnel === tunnels[0] ? 1 : 0);
  await vi.waitFor(async () => expect(await haStatus()).toBe('redundancy'));
  const [silent, heard] = [tunnels[0].node, tunnels[1].node];
  expect(silent).not.toBe(heard);
  await beat(silent, 1);
  for (let n = 1; n <= 8; n++) {
    skippedMs += 5_000;
    await beat(heard, n);
    await new Promise((resolve) => setImmediate(resolve)); // heard at this time, and not with the next
  }
  await vi.waitFor(async () => expect(await shown(tunnels[0])).toMatchObject({ opStatus: 'DOWN', opReason: 'node-silent', bgpStatus: 'down' }));
  expect(await shown(tunnels[1])).toMatchObject({ opStatus: 'UP', opReason: 'established' });
  expect(await haStatus()).toBe('no_redundancy');
  await beat(silent, 2);
  await vi.waitFor(async () => expect(await haStatus()).toBe('redundancy'));
});

it('goes on over what breaks its schema', async () => {
  await resources.journal.publish(TOPICS.tunnelObservations, [record(keyOf.tunnel(at.gateway.bgwId, 'tun-x'), { type: 'TunnelOperStatusChanged', operStatus: 'SIDEWAYS' } as never)]);
  await resources.journal.publish(TOPICS.ribIn, [record(keyOf.bgpSession(at.gateway.bgwId, 'tun-x'), { type: 'BgpSessionEstablished' } as never)]);
  await observe(tunnels[0], 'DOWN', 'authentication-failed', 1);
  await vi.waitFor(async () => expect(await shown(tunnels[0])).toMatchObject({ opStatus: 'DOWN', opReason: 'authentication-failed' }));
});

it('forgets a tunnel that its worker no longer runs', async () => {
  await resources.journal.publish(TOPICS.tunnelObservations, [record(keyOf.tunnel(at.gateway.bgwId, tunnels[0].vpnTunnelId), { type: 'TunnelGone', ...refOf(tunnels[0]) })]);
  await vi.waitFor(async () => expect(await shown(tunnels[0])).toMatchObject({ opStatus: 'DOWN', opReason: 'negotiating', driver: null }));
});

import { http, TOPICS, UsageMetered, type CloudEvent } from '@bordergate/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { T0, TelemetryWorld } from '../telemetry.test-support.js';

const HOUR_MS = 3_600_000;
let world: TelemetryWorld;
let published: CloudEvent<UsageMetered>[];
beforeEach(async () => {
  world = await TelemetryWorld.create();
  published = [];
  await world.journal.subscribe(TOPICS.usage, { name: 'test', from: 'beginning' }, {
    batch: async (records) => { for (const { event } of records) published.push({ ...event!, data: UsageMetered.parse(event!.data) }); },
  });
});
afterEach(() => world.end());

/** Series are drawn in portions of ten minutes. */
async function passes(hours: number): Promise<void> {
  const portions = Math.ceil(((T0 + hours * HOUR_MS - world.now) / HOUR_MS) * 6) + 1;
  world.now = T0 + hours * HOUR_MS;
  await vi.waitFor(() => world.telemetry.store(), { timeout: 30_000 });
  for (let stored = 1; stored < portions; stored++) await world.telemetry.store();
}
async function metering(): Promise<void> {
  await world.telemetry.close();
  world.meter = true;
  await world.start();
}

it('an hour is metered once per resource: what there was, for how long, and what left through it', async () => {
  await metering();
  await world.configure('tun-1', 'tun-2');
  await vi.waitFor(() => world.telemetry.store());
  for (let seconds = 0; seconds <= 60; seconds += 10) {
    const io = { bytesIn: 7 * seconds, bytesOut: 100 * seconds, packetsIn: 1, packetsOut: 1 };
    await world.publish(TOPICS.samples, 'tun-1', { type: 'TunnelCountersSampled', region: 'region-1', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1', node: 'node-1', counterEpoch: 'a', original: { ...io, bytesOut: 1 }, encrypted: io }, seconds);
  }
  await vi.waitFor(async () => expect(http.TunnelState.parse((await world.get('vpnTunnels/tun-1/state')).json()).counters?.encrypted.bytesOut).toBe(6_000));
  await world.telemetry.store();
  await world.decide({ type: 'TunnelRemoved', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' }, 1_800);
  await passes(1.2);
  const wanted = [
    { type: 'TunnelHourMetered', tunnelId: 'tun-1', seconds: 1_800, egressBytes: 6_000 }, { type: 'TunnelHourMetered', tunnelId: 'tun-2', seconds: 3_600, egressBytes: 0 }, { type: 'ConnectionHourMetered', vpnConnectionId: 'vpn-1', seconds: 3_600 },
  ];
  await vi.waitFor(() => expect(published.map(({ data }) => data)).toMatchObject(wanted), { timeout: 60_000 });
  expect(published.every(({ data, id }) => data.hour === '2026-01-01T00:00:00.000Z' && id.endsWith('/2026-01-01T00:00:00.000Z'))).toBe(true);
  await world.telemetry.close();
  await world.start();
  await passes(2.2);
  await vi.waitFor(() => expect(published.slice(3).map(({ data }) => [data.type, data.hour])).toEqual([['TunnelHourMetered', '2026-01-01T01:00:00.000Z'], ['ConnectionHourMetered', '2026-01-01T01:00:00.000Z']]), { timeout: 60_000 });
  expect(new Set(published.map(({ id }) => id)).size).toBe(5);
});

it('after an outage it goes on where it stopped, but not with hours whose series are gone', async () => {
  world.retentionDays = 1;
  await metering();
  await world.configure('tun-1');
  const hours = () => [...new Set(published.map(({ data }) => data.hour))];
  await passes(1.2);
  await vi.waitFor(() => expect(hours()).toHaveLength(1), { timeout: 60_000 });
  await world.telemetry.close();
  world.now = T0 + 26.2 * HOUR_MS;
  await world.start();
  await vi.waitFor(async () => {
    await world.telemetry.store();
    expect(hours().slice(1)).toEqual(Array.from({ length: 24 }, (_, i) => new Date(T0 + (2 + i) * HOUR_MS).toISOString()));
  }, { timeout: 60_000 });
});

it('nothing is metered where the meter is off', async () => {
  await world.configure('tun-1');
  await passes(1.2);
  expect(published).toEqual([]);
});

import { http, TOPICS, TunnelOptions, type CloudEvent, type Decision, type Topic, type TunnelObservation } from '@bordergate/contracts';
import { createLog, MemoryJournal, parseVaultKeys } from '@bordergate/platform';
import { expect, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/database.js';
import { createTelemetry, type Telemetry } from './index.js';

export const T0 = Date.parse('2026-01-01T00:00:00.000Z');
export const VAULT_KEYS = parseVaultKeys(`test:${Buffer.alloc(32, 7).toString('base64')}`);
export const at = (seconds: number) => new Date(T0 + seconds * 1_000).toISOString();
export const ref = (tunnelId: string) => ({ region: 'region-1', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId, node: 'node-1' });

/** The service on a database and a journal of its own, and those who tell it things. Time stands where it is put. */
export class TelemetryWorld {
  readonly errors = vi.fn();
  readonly lines: any[] = [];
  telemetry!: Telemetry;
  now = T0;
  /** Of the next start. */
  meter = false;
  retentionDays = 14;
  #ids = 0;

  private constructor(readonly database: TestDatabase, public journal: MemoryJournal, private readonly own: boolean) {}

  /** @param database to share with other worlds, one after the other */
  static async create(database?: TestDatabase): Promise<TelemetryWorld> {
    const world: TelemetryWorld = new TelemetryWorld(database ?? (await testDatabase()), new MemoryJournal({ onError: (error) => world.errors(error) }), database === undefined);
    await world.start();
    return world;
  }

  async start(): Promise<void> {
    const log = createLog('telemetry', { write: (line) => this.lines.push(JSON.parse(line)) });
    this.telemetry = await createTelemetry({ databaseUrl: this.database.url, vaultKeys: VAULT_KEYS, webhookAllow: ['127.0.0.0/8'], meter: this.meter, retentionDays: this.retentionDays, journal: this.journal, sampleIntervalMs: 200, heartbeatMs: 50, liveStreams: 3, clock: { now: () => this.now }, log });
    await this.telemetry.ready;
  }

  /** Also says whether a consumer has failed. */
  async end(): Promise<void> {
    await this.telemetry.close();
    await this.journal.close();
    if (this.own) await this.database.drop();
    expect(this.errors).not.toHaveBeenCalled();
  }

  event<D>(data: D, seconds: number): CloudEvent<D> {
    return { specversion: '1.0', id: `e${++this.#ids}`, source: 'test', type: 'test', subject: 'test', time: at(seconds), data, tenant: 'default', actor: 'alice', correlationid: 'c', causationid: 'c', partitionkey: 'bgw-1' };
  }

  publish(topic: Topic, key: string, data: unknown, seconds = 0): Promise<void> {
    return this.journal.publish(topic, [{ key, partitionKey: 'bgw-1', event: data === null ? null : this.event(data, seconds) }]);
  }

  decide(decision: Decision, seconds = 0): Promise<void> {
    return this.publish(TOPICS.decisions, 'vpn-connection-vpn-1', decision, seconds);
  }

  observe(observation: TunnelObservation, seconds = 0): Promise<void> {
    return this.publish(TOPICS.tunnelObservations, 'bgw-1/tun', observation, seconds);
  }

  oper(tunnelId: string, operStatus: 'UP' | 'DOWN', seconds: number): Promise<void> {
    return this.observe({ type: 'TunnelOperStatusChanged', ...ref(tunnelId), operStatus, reason: operStatus === 'UP' ? 'established' : 'dpd-timeout', detail: '', since: at(seconds), driver: 'simulated' }, seconds);
  }

  sample(tunnelId: string, bytesIn: number, seconds: number): Promise<void> {
    const io = { bytesIn, bytesOut: 0, packetsIn: 1, packetsOut: 0 };
    return this.publish(TOPICS.samples, tunnelId, { type: 'TunnelCountersSampled', ...ref(tunnelId), counterEpoch: 'a', original: io, encrypted: io }, seconds);
  }

  async configure(...tunnelIds: string[]): Promise<void> {
    await this.decide({ type: 'BorderGatewayCreated', borderGatewayId: 'bgw-1', region: 'region-1', name: 'edge', description: '', bgpAsn: 64512 as never });
    await this.decide({
      type: 'VpnConnectionCreated', vpnConnectionId: 'vpn-1', region: 'region-1', name: 'idc', description: '', borderGatewayId: 'bgw-1', customerGatewayId: 'cgw-1', bgpEnabled: true,
      localAsn: 65000 as never, customerAsn: 65010 as never, cloudPublicIps: [], bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 },
    });
    for (const tunnelId of tunnelIds) {
      await this.decide({
        type: 'TunnelAdded', vpnConnectionId: 'vpn-1',
        tunnel: {
          tunnelId, cloudPublicIp: '203.0.113.1', node: 'node-1', customerIp: '198.51.100.1', tunnelIp: '169.254.0.0/30', localTunnelIp: '169.254.0.2', remoteTunnelIp: '169.254.0.1',
          localId: '203.0.113.1', remoteId: '198.51.100.1', pskRef: 'psk-1', options: TunnelOptions.parse({}),
        },
      });
    }
    await vi.waitFor(async () => expect((await this.get('tunnelStates')).json().items).toHaveLength(tunnelIds.length));
  }

  get(path: string, headers: Record<string, string> = {}) {
    return this.telemetry.app.inject({ url: `/v1/regions/region-1/${path}`, headers });
  }

  async stateOf(tunnelId: string) {
    return http.TunnelState.parse((await this.get(`vpnTunnels/${tunnelId}/state`)).json());
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Closers, createLog, MemoryJournal, parseVaultKeys } from '@bordergate/platform';
import { createResources } from '@bordergate/resources';
import { createRouting } from '@bordergate/routing';
import { createTelemetry } from '@bordergate/telemetry';
import { createTunnelWorker, SimulatedDataPlane, SimulatedNode } from '@bordergate/tunnel-worker';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { frontMetrics } from '../../apps/bordergate/src/front-metrics.js';
import { JournalMetrics } from '../../libs/platform/src/kafka/metrics.js';
import { testDatabase } from '../database.js';

/** A service as it runs apart: its own registry and address. */
export interface Running { readonly name: string; readonly registry: Registry; readonly url: string; readonly app: NestFastifyApplication }

export interface Region {
  readonly services: ReadonlyMap<string, Running>;
  /** Metrics of the front, which has nobody to serve here. */
  readonly front: Registry;
  /** "to-idc", of the gateway "hub" and the customer gateway 203.0.113.1: two tunnels. */
  makeConnection(): Promise<void>;
  close(): Promise<void>;
}

export const REGION = 'region-1';
const SAMPLE_MS = 200;

/** Every service on the simulated driver, each with what it would have to tell of Kafka. */
export async function startRegion(): Promise<Region> {
  const closers = new Closers();
  const folder = mkdtempSync(path.join(tmpdir(), 'running-'));
  closers.add(async () => rmSync(folder, { recursive: true }));
  const log = createLog('test', { level: 'silent' });
  const { url: databaseUrl, drop } = await testDatabase();
  closers.add(drop);
  const errors: unknown[] = [];
  const journal = new MemoryJournal({ onError: (error) => errors.push(error) });
  closers.add(() => journal.close());
  const services = new Map<string, Running>();
  const serve = async <S extends { app: NestFastifyApplication; close(): Promise<void> }>(name: string, create: (registry: Registry) => Promise<S>): Promise<S> => {
    const registry = new Registry();
    kafkaMetrics(registry);
    const service = await create(registry);
    closers.add(() => service.close());
    await service.app.listen(0, '127.0.0.1');
    services.set(name, { name, registry, url: await service.app.getUrl(), app: service.app });
    return service;
  };
  const vaultKeys = parseVaultKeys(`k:${Buffer.alloc(32, 1).toString('base64')}`);
  await serve('resources', (registry) => createResources({ databaseUrl, journal, durableJournal: true, vaultKeys, log, registry }));
  const routing = await serve('routing', (registry) => createRouting({ journal, log, registry, quiet: true }));
  await serve('telemetry', (registry) => createTelemetry({ databaseUrl, journal, vaultKeys, sampleIntervalMs: SAMPLE_MS, log, registry }));
  const dataPlane = new SimulatedDataPlane(new SimulatedNode({ file: path.join(folder, 'node.json') }));
  await serve('tunnel-worker', (registry) => createTunnelWorker({ journal, region: REGION, node: 'node-1', dataPlane, psks: async () => 'secret', published: routing.ready, sampleIntervalMs: SAMPLE_MS, loop: { settleMs: 100 }, log, registry }));
  const front = new Registry();
  frontMetrics(front).inc({ upstream: 'routing' });

  const make = async (collection: string, body: object): Promise<any> => {
    const response = await fetch(`${services.get('resources')!.url}/v1/regions/${REGION}/${collection}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (response.status !== 201) throw new Error(`${collection}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    services, front,
    async makeConnection() {
      const { bgwId } = await make('borderGateways', { bgwName: 'hub' });
      const { customerGatewayId: cgwId } = await make('customerGateways', { customerGatewayName: 'idc', customerIps: ['203.0.113.1'], bgpAsn: 65001 });
      for (const publicAddress of ['198.51.100.1', '198.51.100.2']) await make('publicAddresses', { publicAddress, node: 'node-1' });
      const { vpnConnectionId } = await make('vpnConnections', { vpnConnectionName: 'to-idc', bgwId, cgwId });
      await make(`vpnConnections/${vpnConnectionId}:addTunnels`, {});
    },
    async close() {
      await closers.close();
      if (errors.length > 0) throw new AggregateError(errors, 'the journal had errors');
    },
  };
}

/** A journal on Kafka registers these; one in memory has none of it. */
function kafkaMetrics(registry: Registry): void {
  const reader = { name: 'consumer', topic: { name: 'topic' }, lag: 0, connected: true };
  const metrics = new JournalMetrics(registry, { readers: () => [reader], ownerships: () => [['group', { owned: 1 }]], waiting: () => 0 });
  for (const counter of [metrics.consumerRestarts, metrics.parked]) counter.inc({ topic: 'topic', consumer: 'consumer' }, 0);
  metrics.published.inc({ topic: 'topic' }, 0);
}

export interface Family { readonly name: string; readonly type: string; readonly help: string; readonly labels: readonly string[]; readonly of: readonly string[] }

/** Every metric that some service registers, whether or not it has a sample now. */
export function families({ services, front }: Region): Map<string, Family> {
  const found = new Map<string, Family>();
  for (const [service, registry] of [...[...services.values()].map(({ name, registry }) => [name, registry] as const), ['front', front] as const]) {
    for (const metric of registry.getMetricsAsArray() as unknown as { name: string; help: string; type: string; labelNames?: string[] }[]) {
      const known = found.get(metric.name);
      found.set(metric.name, { name: metric.name, type: metric.type, help: metric.help, labels: [...(metric.labelNames ?? [])], of: [...(known?.of ?? []), service] });
    }
  }
  return found;
}

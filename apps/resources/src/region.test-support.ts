import type { InjectOptions } from 'fastify';
import { createLog, MemoryJournal, parseVaultKeys } from '@bordergate/platform';
import { expect } from 'vitest';
import { testDatabase } from '../../../test/database.js';
import { createResources, type ResourcesOptions } from './create-resources.js';

// Support of this service's own specs.

export const KEYS = { old: `old:${Buffer.alloc(32, 1).toString('base64')}`, next: `next:${Buffer.alloc(32, 2).toString('base64')}` };
export const WORKER_TOKEN = 'worker-token-for-tests';

/** The service on a new database, with a client of one region. */
export async function testResources(options: Partial<ResourcesOptions> = {}) {
  const { url, drop } = await testDatabase();
  const errors: unknown[] = [];
  const lines: string[] = [];
  const journal = new MemoryJournal({ onError: (error) => errors.push(error) });
  const log = createLog('resources', { write: (line) => lines.push(line) });
  const resources = await createResources({ databaseUrl: url, journal, vaultKeys: parseVaultKeys(KEYS.old), workerToken: WORKER_TOKEN, log, ...options });
  return {
    ...resources, journal, lines, url,
    region: regionOf(resources.app, 'cn-north-1'),
    async close() {
      await resources.close();
      await journal.close();
      await drop();
      expect(errors).toEqual([]);
    },
  };
}
export type TestResources = Awaited<ReturnType<typeof testResources>>;

interface Injects { inject(options: InjectOptions): Promise<{ statusCode: number; headers: Record<string, unknown>; body: string; json(): any }> }
type Headers = Record<string, string>;

/** A client of one region: answers status, headers and body; `made` and the like insist on success. */
export function regionOf(app: Injects, region: string) {
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: unknown, headers: Headers = {}) => {
    const response = await app.inject({ method, url: `/v1/regions/${region}/${path}`, headers, ...(payload === undefined ? {} : { payload: payload as object }) });
    return { status: response.statusCode, headers: response.headers, body: response.body ? response.json() : undefined };
  };
  const ok = async (expected: number, sent: ReturnType<typeof send>) => {
    const answer = await sent;
    expect([answer.status, answer.status === expected ? undefined : answer.body]).toEqual([expected, undefined]);
    return answer.body;
  };
  return {
    region, send,
    get: (path: string) => ok(200, send('GET', path)),
    make: (collection: string, body: object) => ok(201, send('POST', collection, body)),
    verb: (path: string, body?: object) => ok(200, send('POST', path, body)),
    change: (path: string, body: object) => ok(200, send('PATCH', path, body)),
    drop: (path: string) => ok(204, send('DELETE', path)),
    /** [status, code, field] of a refusal. */
    refused: async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers?: Headers) => {
      const answer = await send(method, path, body, headers);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      return [answer.status, answer.body.code, answer.body.field];
    },
  };
}
export type TestRegion = ReturnType<typeof regionOf>;

/** Each region has addresses of its own: an address is in one pool only. */
const NETS = new Map<string, string>();
export function netOf({ region }: TestRegion): string {
  const net = NETS.get(region) ?? `198.51.${100 + NETS.size}`;
  NETS.set(region, net);
  return net;
}

/** Two nodes' addresses, a border gateway, a customer gateway with two addresses, and a connection between them. */
export async function connected(region: TestRegion, name = 'idc') {
  for (const [publicAddress, node] of [[`${netOf(region)}.1`, 'node-1'], [`${netOf(region)}.2`, 'node-2']]) await region.send('POST', 'publicAddresses', { publicAddress, node });
  const gateway = await region.make('borderGateways', { bgwName: name });
  const customer = await region.make('customerGateways', { customerGatewayName: name, customerIps: ['203.0.113.1', '203.0.113.2'], bgpAsn: 65001 });
  const connection = await region.make('vpnConnections', { vpnConnectionName: name, bgwId: gateway.bgwId, cgwId: customer.customerGatewayId });
  return { gateway, customer, connection };
}

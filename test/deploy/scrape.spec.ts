import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as tcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { FOLDER, promtool, RULES } from './prometheus.js';
import { dashboards, queriesOf, queriesOfRules } from './queries.js';
import { startRegion, type Region } from './running.js';

const { prometheus } = inject('deployTools');
const PLATFORM = 'prometheus.yaml';

it.skipIf(!prometheus).each([PLATFORM, 'all-in-one.yaml'])('%s is a configuration', (file) => expect(promtool(['check', 'config', path.join(FOLDER, file)])).toBe(''));

describe.skipIf(!prometheus)('a Prometheus that scrapes every service', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'prometheus-'));
  const front = createServer((_, response) => void region.front.metrics().then((text) => response.end(text)));
  let region: Region;
  let server: ChildProcess | undefined;
  let url: string;
  const ask = async (what: string, params: Record<string, string> = {}): Promise<any> => {
    const { status, data, error } = (await (await fetch(`${url}/api/v1/${what}?${new URLSearchParams(params)}`)).json()) as any;
    if (status !== 'success') throw new Error(`${error}: ${params.query}`);
    return data;
  };
  const value = async (query: string): Promise<string | undefined> => (await ask('query', { query })).result[0]?.value[1];

  beforeAll(async () => {
    region = await startRegion();
    await region.makeConnection();
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = parse(readFileSync(path.join(FOLDER, PLATFORM), 'utf8'));
    for (const job of config.scrape_configs) {
      const name = job.job_name.split('/')[1];
      delete job.dns_sd_configs;
      job.static_configs = [{ targets: [name === 'front' ? `127.0.0.1:${(front.address() as AddressInfo).port}` : new URL(region.services.get(name)!.url).host] }];
    }
    writeFileSync(path.join(folder, PLATFORM), stringify({ ...config, global: { scrape_interval: '1s', evaluation_interval: '1s' } }));
    symlinkSync(RULES, path.join(folder, 'rules.yaml'));
    server = spawn('prometheus', [`--config.file=${path.join(folder, PLATFORM)}`, `--storage.tsdb.path=${path.join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'], { stdio: ['ignore', 'ignore', 'inherit'] });
    // refused until it listens; empty until the rules were evaluated over what was scraped
    await vi.waitFor(async () => expect(await value('count(tunnel:vpn_tunnel_oper_up:max == 1)')).toBe('2'), { timeout: 120_000, interval: 300 });
  });
  afterAll(async () => {
    if (server && server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
    front.close();
    await region?.close();
    rmSync(folder, { recursive: true });
  });

  it('has all targets up', async () => {
    const { activeTargets } = await ask('targets', { state: 'active' });
    expect(activeTargets.map(({ labels, health, lastError }: any) => [labels.job, health, lastError]).sort()).toEqual(['front', 'resources', 'routing', 'telemetry', 'tunnel-worker'].map((name) => [`bordergate/${name}`, 'up', '']));
  });

  it('evaluates every rule, and nothing fires of a region that is well', async () => {
    await expect.poll(async () => (await ask('rules')).groups.flatMap(({ rules }: any) => rules.filter(({ health }: any) => health !== 'ok').map(({ name, lastError }: any) => `${name}: ${lastError}`))).toEqual([]);
    expect((await ask('alerts')).alerts.filter(({ state }: any) => state === 'firing')).toEqual([]);
  });

  it('answers what the rules and the dashboards ask', async () => {
    for (const { where, expr } of [...queriesOfRules(), ...dashboards().flatMap(queriesOf)]) await expect(ask('query', { query: expr }), where).resolves.toHaveProperty('result');
  });

  it('knows each tunnel once, and by its name', async () => {
    expect(await value('count(tunnel:vpn_tunnel_oper_up:max)')).toBe('2');
    expect(await value('count(vpn_tunnel_oper_up * on (vpn_tunnel_id) group_left (vpn_connection_name) vpn_tunnel_info{vpn_connection_name="to-idc"})')).toBe('2');
    expect(await value('count by (service) (strongswan_sa_status{service="tunnel-worker"})')).toBe('2');
  });
});

async function freePort(): Promise<number> {
  const probe = tcp().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

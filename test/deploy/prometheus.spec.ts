import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { parse } from 'yaml';
import { alertsTable, filled, metricsTable, recordsTable } from './monitoring-page.js';
import { FOLDER, promtool, RULES, rules } from './prometheus.js';
import { families, REGION, startRegion, type Region } from './running.js';

const { prometheus } = inject('deployTools');

describe('the rules', () => {
  it.skipIf(!prometheus)('are rules', () => expect(promtool(['check', 'rules', RULES])).toBe(''));
  it.skipIf(!prometheus)('do what their tests say', () => expect(promtool(['test', 'rules', path.join(FOLDER, 'rules.test.yaml')])).toBe(''));

  it('have a test each in which they fire, and one in which they do not', () => {
    const evaluations = parse(readFileSync(path.join(FOLDER, 'rules.test.yaml'), 'utf8')).tests.flatMap((test: any) => test.alert_rule_test) as { alertname: string; exp_alerts: unknown[] }[];
    const tested = (fires: boolean) => [...new Set(evaluations.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname))].sort();
    const alerts = rules().flatMap(({ alert }) => alert ?? []).sort();
    expect([tested(true), tested(false)]).toEqual([alerts, alerts]);
  });
});

describe('what each service serves', () => {
  let region: Region;
  const textOf = async (name: string) => (name === 'front' ? region.front.metrics() : (await fetch(`${region.services.get(name)!.url}/metrics`)).text());

  beforeAll(async () => {
    region = await startRegion();
    await region.makeConnection();
    await vi.waitFor(async () => expect((await textOf('telemetry')).match(/^vpn_tunnel_oper_up\{.*\} 1$/gm)).toHaveLength(2), { timeout: 60_000, interval: 200 });
  });
  afterAll(() => region?.close());

  it.skipIf(!prometheus).each(['resources', 'routing', 'telemetry', 'tunnel-worker', 'front'])('promtool has nothing to say of: %s', async (name) => {
    const text = await textOf(name);
    expect(text.match(/^# TYPE /gm)!.length).toBeGreaterThan(20);
    expect(promtool(['check', 'metrics'], text)).toBe('');
  });

  it('is in docs/monitoring.md, with the rules', () => {
    const file = path.resolve(FOLDER, '../../docs/monitoring.md');
    const wanted = filled(readFileSync(file, 'utf8'), { metrics: metricsTable(families(region)), alerts: alertsTable(), records: recordsTable() });
    if (process.env.UPDATE === '1') writeFileSync(file, wanted);
    expect(readFileSync(file, 'utf8')).toBe(wanted);
    expect(wanted).toContain('| `vpn_tunnel_oper_up` | gauge |');
  });

  it('is every configured tunnel, and labels are ids, enumerations and places', async () => {
    const tunnels = ((await (await fetch(`${region.services.get('resources')!.url}/v1/regions/${REGION}/vpnTunnels`)).json()) as { items: { vpnTunnelId: string }[] }).items.map(({ vpnTunnelId }) => vpnTunnelId).sort();
    const shown = (text: string, name: string) => [...new Set([...text.matchAll(new RegExp(`^${name}\\{[^}]*vpn_tunnel_id="([^"]+)"`, 'gm'))].map(([, id]) => id!))].sort();
    expect(shown(await textOf('telemetry'), 'vpn_tunnel_admin_up')).toEqual(tunnels);
    expect(shown(await textOf('tunnel-worker'), 'strongswan_sa_status')).toEqual(tunnels);
    // names and addresses are in the _info metric only
    for (const name of region.services.keys()) for (const line of (await textOf(name)).split('\n')) if (/to-idc|203\.0\.113\.1|hub/.test(line)) expect(line).toMatch(/^vpn_tunnel_info\{/);
  });
});

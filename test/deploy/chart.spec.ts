import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CHART, defaults, documented, podOf, render, VALUES, valuesTable, type Manifest } from './chart.js';
import { RULES } from './prometheus.js';

const { helm, kubernetesValidate } = inject('deployTools');
const folder = mkdtempSync(path.join(tmpdir(), 'chart-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** Kinds of the Prometheus operator: no kinds of Kubernetes, so its schemas do not know them. */
const isForeign = ({ apiVersion }: Manifest): boolean => apiVersion.startsWith('monitoring.coreos.com/');

describe('every value of the chart', () => {
  it('has a description in the schema', () => expect([...documented()].filter(([, description]) => description.length < 10)).toEqual([]));
  it('has a default, and no default is of something else', () => expect([...defaults().keys()].sort()).toEqual([...documented().keys()].sort()));
  it('has its row in the README', () => {
    const file = path.join(CHART, 'README.md');
    const [before, , after] = readFileSync(file, 'utf8').split(/<!-- (?:values|end) -->\n/) as [string, string, string];
    const wanted = `${before}<!-- values -->\n${valuesTable()}\n<!-- end -->\n${after}`;
    if (process.env.UPDATE === '1') writeFileSync(file, wanted);
    expect(readFileSync(file, 'utf8')).toBe(wanted);
  });
});

describe.skipIf(!helm)('the chart', () => {
  it.each(VALUES)('has nothing that Helm complains of: %s', (values) =>
    expect(execFileSync(helm!, ['lint', '--strict', '--quiet', CHART, '--values', path.join(CHART, `ci/${values}.yaml`)], { encoding: 'utf8' }).trim()).toBe(''));

  it.skipIf(!kubernetesValidate).each(VALUES.flatMap((values) => ['1.30', '1.36'].map((version) => [values, version] as const)))('holds the schemas of Kubernetes: %s, %s', (values, version) => {
    const file = path.join(folder, `${values}-${version}.yaml`);
    writeFileSync(file, render(helm!, values).filter((each) => !isForeign(each)).map((each) => stringify(each)).join('---\n'));
    expect(execFileSync(kubernetesValidate!, ['--strict', '-k', version, file], { encoding: 'utf8' })).not.toMatch(/error|warn/i);
  });

  it.each([
    ['required', 'kafka.brokers=null', /kafka.brokers/], ['required', 'kafka.brokers={broker}', /does not match pattern/i], ['required', 'database.secret=null', /secret is required|database/], ['required', 'vault.secret=', /vault.secret is required/],
    ['required', 'routing.replicas=0', /routing.replicas/], ['required', 'colour=red', /colour/], ['required', 'kafka.sasl.mechanism=digest', /mechanism/], ['everything', 'kafka.sasl.username=', /kafka.sasl.username is required/],
    ['everything', 'front.ingress.host=', /front.ingress.host is required/], ['required', 'worker.driver=magic', /driver/],
  ])('refuses, by name: %s with %s', (values, set, why) => expect(() => render(helm!, values, set)).toThrow(why));

  it('is the API of what runs: every command is an entry point, every variable one that is read', () => {
    const sources = execFileSync('git', ['ls-files', 'apps/*.ts', 'libs/*.ts'], { encoding: 'utf8' }).trim().split('\n').filter((file) => !file.includes('.spec.')).map((file) => readFileSync(file, 'utf8')).join('\n');
    for (const container of VALUES.flatMap((values) => render(helm!, values)).flatMap((each) => podOf(each)?.spec.containers ?? [])) {
      expect(readFileSync(container.args[0].replace('/dist/', '/src/').replace(/\.js$/, '.ts'), 'utf8').length, container.args[0]).toBeGreaterThan(0);
      for (const { name } of container.env) expect(sources.includes(name) || sources.includes(`'${name.replace(/^BORDERGATE_/, '')}'`), `${name} of ${container.name}`).toBe(true);
    }
  });

  it.each(VALUES)('services find their pods, budgets and policies too: %s', (values) => {
    const manifests = render(helm!, values);
    const labels = manifests.flatMap((each) => podOf(each)?.metadata.labels ?? []);
    const matches = (selector: Record<string, string>) => labels.some((pod) => Object.entries(selector).every(([name, value]) => pod[name] === value));
    const selectors = manifests.flatMap(({ kind, spec }) => (kind === 'Service' ? [spec.selector] : kind === 'PodDisruptionBudget' ? [spec.selector.matchLabels] : kind === 'NetworkPolicy' ? [spec.podSelector.matchLabels] : []));
    expect(selectors.length).toBeGreaterThanOrEqual(4);
    for (const selector of selectors) expect(matches(selector), JSON.stringify(selector)).toBe(true);
  });

  it('runs nothing as root but the worker, and that with its capabilities and no others', () => {
    for (const manifest of render(helm!, 'everything')) {
      const spec = podOf(manifest)?.spec;
      if (!spec) continue;
      const [container] = spec.containers;
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(container.securityContext.privileged).toBeUndefined();
      if (manifest.kind === 'DaemonSet') {
        expect(container.securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW', 'NET_BIND_SERVICE', 'SYS_ADMIN', 'SYS_NICE', 'SYS_PTRACE', 'DAC_OVERRIDE', 'KILL'] });
        continue;
      }
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } });
      expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    }
  });

  it('gives the rules to the operator as they are, when asked', () => {
    const made = (values: string) => render(helm!, values).filter(({ kind }) => kind === 'PrometheusRule');
    expect(made('everything').map(({ spec }) => spec)).toEqual([parse(readFileSync(RULES, 'utf8'))]);
    expect(made('required')).toEqual([]);
    // the alerts go by these names
    const monitors = render(helm!, 'everything').filter(({ kind }) => /^(Service|Pod)Monitor$/.test(kind)).flatMap(({ spec }) => spec.endpoints ?? spec.podMetricsEndpoints);
    expect(monitors.map(({ relabelings }) => relabelings[0].replacement).sort()).toEqual(['front', 'resources', 'routing', 'telemetry', 'tunnel-worker'].map((name) => `bordergate/${name}`));
  });

  it('knows secrets by reference only', () => {
    const env = render(helm!, 'everything').flatMap((each) => podOf(each)?.spec.containers ?? []).flatMap((container) => container.env);
    const secret = env.filter(({ name }) => /PASSWORD|TOKEN|KEYS|DATABASE_URL/.test(name));
    expect(secret.length).toBeGreaterThan(5);
    for (const each of secret) expect(each.valueFrom?.secretKeyRef?.name, each.name).toBeTruthy();
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { FOLDER, rules } from './prometheus.js';
import type { Family } from './running.js';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Node's own are said in one sentence. */
const isOurs = ({ name }: Family): boolean => !/^(nodejs|process)_/.test(name);

export function metricsTable(families: ReadonlyMap<string, Family>): string {
  const rows = [...families.values()].filter(isOurs).sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labels, of, help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${[...of].sort().join(', ')} | ${cell(help)} |`);
  return ['| Metric | Type | Labels | Of | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}

export function alertsTable(): string {
  const tests = parse(readFileSync(path.join(FOLDER, 'rules.test.yaml'), 'utf8')).tests as { name: string; alert_rule_test: { alertname: string }[] }[];
  const about = new Map(tests.flatMap(({ name, alert_rule_test }) => alert_rule_test.map(({ alertname }) => [alertname, name] as const)));
  const rows = rules().flatMap(({ alert, labels, for: after }) => (alert ? [`| ${alert} | ${labels!.severity} | ${after ?? 'at once'} | ${cell(about.get(alert) ?? '')} |`] : []));
  return ['| Alert | Severity | After | Of what |', '|---|---|---|---|', ...rows].join('\n');
}

export function recordsTable(): string {
  const rows = rules().flatMap(({ record, expr }) => (record ? [`| \`${record}\` | \`${cell(expr)}\` |`] : []));
  return ['| Series | Of |', '|---|---|', ...rows].join('\n');
}

/** The page with its tables made anew. */
export const filled = (page: string, tables: Readonly<Record<string, string>>): string =>
  Object.entries(tables).reduce((text, [name, table]) => text.replace(new RegExp(`(<!-- ${name} -->\\n)[^]*?(\\n?<!-- end -->)`), (_, begin) => `${begin}${table}\n<!-- end -->`), page);

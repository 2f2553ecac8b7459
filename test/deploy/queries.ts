import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { promtool, rules } from './prometheus.js';

const GRAFANA = path.resolve(import.meta.dirname, '../../deploy/grafana');

export interface Query { readonly where: string; readonly expr: string }

interface Panel { readonly title: string; readonly targets: { expr: string }[] }
export interface Dashboard {
  readonly uid: string; readonly title: string; readonly panels: Panel[];
  readonly templating: { list: { name: string; type: string; definition?: string }[] };
  readonly annotations: { list: { name: string; expr: string }[] };
}

export const dashboards = (): Dashboard[] => readdirSync(GRAFANA).filter((file) => file.endsWith('.json')).map((file) => JSON.parse(readFileSync(path.join(GRAFANA, file), 'utf8')));

/** Every query of a dashboard, as Grafana sends it when "All" is chosen. */
export function queriesOf({ title, panels, templating, annotations }: Dashboard): Query[] {
  const filled = (where: string, expr: string) => ({ where: `${title}: ${where}`, expr: expr.replaceAll('$__rate_interval', '1m').replace(/\$\w+/g, '.*') });
  return [
    ...panels.flatMap((panel) => panel.targets.map(({ expr }) => filled(panel.title, expr))),
    ...annotations.list.map(({ name, expr }) => filled(name, expr)),
    ...templating.list.flatMap(({ name, definition }) => (definition ? [filled(`$${name}`, /^label_values\((.*), \w+\)$/.exec(definition)![1]!)] : [])),
  ];
}

/** Of each rule, and what its annotations ask. */
export const queriesOfRules = (): Query[] => rules().flatMap(({ alert, record, expr, annotations = {} }) => [
  { where: alert ?? record!, expr },
  ...Object.values(annotations).flatMap((text) => [...text.matchAll(/query \(printf "([^"]*(?:"[^"]*"[^"]*)*?)" \$/g)].map(([, asked]) => ({ where: `${alert}: annotation`, expr: asked!.replaceAll('%q', '"x"') }))),
]);

/** What does not parse, in promtool's words. */
export function unparsable(queries: readonly Query[], folder: string): string {
  const file = path.join(folder, 'queries.yaml');
  writeFileSync(file, stringify({ groups: [{ name: 'queries', rules: queries.map(({ expr }, n) => ({ record: `query:${n}`, expr })) }] }));
  return promtool(['check', 'rules', file]);
}

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/** The names of series that a query asks for. */
export function seriesIn(expr: string): string[] {
  const bare = expr.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/\{[^}]*\}|\[[^\]]*\]/g, '').replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([name]) => name).filter((name) => !WORDS.has(name.toLowerCase()));
}

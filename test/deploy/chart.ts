import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const CHART = path.resolve(import.meta.dirname, '../../deploy/helm/bordergate');
export const VALUES = ['required', 'everything', 'smallest'] as const;

export type Manifest = any;

/** What the chart makes of a file of values, or of one and some settings. @throws with Helm's words when it refuses */
export function render(helm: string, values: string, ...sets: string[]): Manifest[] {
  const args = ['template', 'bordergate', CHART, '--namespace', 'vpn', '--kube-version', '1.30', '--values', path.join(CHART, `ci/${values}.yaml`), ...sets.flatMap((set) => ['--set', set])];
  const text = execFileSync(helm, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return parseAllDocuments(text).map((document) => document.toJS()).filter(Boolean);
}

export const podOf = ({ kind, spec }: Manifest): Manifest | undefined => (['Deployment', 'DaemonSet', 'Job'].includes(kind) ? spec.template : undefined);

interface Schema { readonly description?: string; readonly type?: string; readonly properties?: Record<string, Schema> }

/** Every value of the chart by its path, with what the schema says of it. */
export function documented(): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (schema: Schema, at: string): void => {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const here = at ? `${at}.${name}` : name;
      if (property.properties) walk(property, here);
      else found.set(here, property.description ?? '');
    }
  };
  walk(JSON.parse(readFileSync(path.join(CHART, 'values.schema.json'), 'utf8')), '');
  found.delete('global'); // Helm's own
  return found;
}

/** The defaults, by the same paths. */
export function defaults(): Map<string, unknown> {
  const known = documented();
  const found = new Map<string, unknown>();
  const walk = (value: unknown, at: string): void => {
    if (known.has(at) || value === null || typeof value !== 'object' || Array.isArray(value)) found.set(at, value);
    else for (const [name, inner] of Object.entries(value)) walk(inner, at ? `${at}.${name}` : name);
  };
  walk(parse(readFileSync(path.join(CHART, 'values.yaml'), 'utf8')), '');
  return found;
}

/** The table of the chart's README. */
export const valuesTable = (): string => {
  const shown = defaults();
  const rows = [...documented()].map(([name, description]) => `| \`${name}\` | \`${JSON.stringify(shown.get(name))}\` | ${description} |`);
  return ['| Value | Default | Meaning |', '|---|---|---|', ...rows].join('\n');
};

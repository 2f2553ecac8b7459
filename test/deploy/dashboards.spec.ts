import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { rules } from './prometheus.js';
import { dashboards, queriesOf, queriesOfRules, seriesIn, unparsable } from './queries.js';
import { families, startRegion, type Region } from './running.js';

const { prometheus } = inject('deployTools');
const folder = mkdtempSync(path.join(tmpdir(), 'dashboards-'));
let region: Region;
let known: Set<string>;

beforeAll(async () => {
  region = await startRegion();
  const exported = [...families(region).values()].flatMap(({ name, type }) => (type === 'histogram' ? ['bucket', 'sum', 'count'].map((suffix) => `${name}_${suffix}`) : [name]));
  // Prometheus's own, and what the rules record
  known = new Set([...exported, 'up', 'ALERTS', ...rules().flatMap(({ record }) => record ?? [])]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await region?.close();
});

it('names are found in a query', () => expect(seriesIn('a and on (b) (sum by (c) (rate(d_total{e="f and g"}[5m])) > 0) or 8 * tunnel:h:max == 1')).toEqual(['a', 'd_total', 'tunnel:h:max']));

describe.each([...dashboards().map((each) => [each.title, queriesOf(each)] as const), ['the rules', queriesOfRules()] as const])('%s', (_, queries) => {
  it.skipIf(!prometheus)('asks what Prometheus can read', () => expect(unparsable(queries, folder)).toBe(''));
  it('asks only for what some service exports', () => {
    expect(queries.length).toBeGreaterThan(10);
    expect(queries.flatMap(({ where, expr }) => seriesIn(expr).filter((name) => !known.has(name)).map((name) => `${where}: ${name}`))).toEqual([]);
  });
});

it('each dashboard has its own uid, and panels their own ids', () => {
  const all = dashboards();
  expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
  for (const { panels } of all) expect(new Set(panels.map((panel: any) => panel.id)).size).toBe(panels.length);
});

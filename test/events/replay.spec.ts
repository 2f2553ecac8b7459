import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EVENTS, TOPICS, type BgpObservation, type Decision, type TunnelObservation } from '@bordergate/contracts';
import { Router, type RouterFact } from '@bordergate/routing-core';
import { playScenario } from '@bordergate/testkit';
import { describe, expect, it } from 'vitest';
import { read, stories, writeDay, type Recorded } from './days.js';

// RECORD=2026-11-28: what these scenarios tell today is kept, for all days to come.
const SCENARIOS = ['tutorial', 'transit', 'over-limit', 'failover', 'deletion-order'];
const day = process.env.RECORD;
if (day) for (const story of SCENARIOS) writeDay(day, story, playScenario(readFileSync(path.resolve(import.meta.dirname, `../scenarios/${story}.txt`), 'utf8')).facts);

const OUTPUTS: readonly string[] = [TOPICS.fib, TOPICS.vpcRoutes, TOPICS.ribOut, TOPICS.limits].map(({ name }) => name);

function factOf({ topic, record: { key, event } }: Recorded): RouterFact[] {
  switch (topic) {
    case TOPICS.decisions.name:
      return [{ kind: 'decision', stream: key, position: BigInt(event!.sequence!), decision: event!.data as Decision, event: { id: event!.id, actor: event!.actor, at: event!.time, causationId: event!.causationid } }];
    case TOPICS.tunnelObservations.name: return [{ kind: 'tunnel', observation: event!.data as TunnelObservation, at: event!.time }];
    case TOPICS.ribIn.name: return [{ kind: 'bgp', key, observation: event && (event.data as BgpObservation) }];
    default: return [];
  }
}

/** What stands in the derived topics after the last message of a key. */
function tables(recorded: readonly Recorded[]): Record<string, unknown> {
  const standing = new Map<string, unknown>();
  for (const { topic, record: { key, event } } of recorded.filter((each) => OUTPUTS.includes(each.topic))) {
    if (event) standing.set(`${topic} ${key}`, event.data);
    else standing.delete(`${topic} ${key}`);
  }
  return Object.fromEntries([...standing].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe.each(stories())("yesterday's events: %s", (story) => {
  const recorded = read(story);

  it('each has the shape of today', () => {
    const schemas = new Map(EVENTS.map((event) => [`${event.topic.name} ${event.name}`, event.schema]));
    for (const { topic, record: { event } } of recorded) {
      if (!event) continue;
      const { type } = event.data as { type: string };
      expect(schemas.get(`${topic} ${type}`)?.safeParse(event.data).error, `${type} on ${topic}`).toBeUndefined();
    }
  });

  it('the tables that follow from them today are those that followed then', () => {
    const router = new Router();
    router.apply(recorded.flatMap(factOf));
    const rows = [...router.rows()].map(({ topic, key, value }) => [`${topic} ${key}`, value] as const);
    const [now, then] = [Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1))), tables(recorded)];
    expect(Object.keys(now)).toEqual(Object.keys(then));
    expect(now).toMatchObject(then); // rows may have grown by optional fields
  });
});

it('what was recorded is enough to see a break', () => {
  const types = new Set(stories().flatMap(read).flatMap(({ record }) => (record.event ? [(record.event.data as { type: string }).type] : [])));
  expect(types.size).toBeGreaterThan(20);
});

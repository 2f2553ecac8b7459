// What stands around the RIB in apps/routing: a record as text is parsed as JSON, its data by its schema, folded, and the changed rows are read.
import { TOPICS } from '@bordergate/contracts';
import { Router } from '@bordergate/routing-core';
import { readFact } from '../../../apps/routing/dist/facts.js';
import { announcementFact, gatewayFacts, limitFact } from './facts.mjs';
import { timer } from './meter.mjs';
import { announcementsOf, prefixesOf } from './table.mjs';

const BATCH = 500;
const [count, sets] = [100_000, 5_000];
const table = announcementsOf(prefixesOf(count), 1, sets);
const router = new Router();
router.apply([limitFact('bgw-1'), ...gatewayFacts('bgw-1', ['vpntun-1'], 'vpc-1')]);
const cpu = { json: 0, schema: 0, fold: 0, rows: 0 };

function step(name, what) {
  const time = timer();
  const result = what();
  cpu[name] += time().cpu;
  return result;
}

for (let from = 0; from < count; from += BATCH) {
  const texts = Array.from({ length: BATCH }, (_, i) => {
    const { key, observation } = announcementFact('bgw-1', 'vpntun-1', table, from + i);
    const event = {
      specversion: '1.0', id: `01890000-0000-7000-8000-${String(from + i).padStart(12, '0')}`, source: '/bordergate/tunnel-worker/node-1', type: 'dev.bordergate.vpn.BgpRouteAnnounced.v1', subject: 'bgw-1',
      time: observation.since, data: observation, tenant: 'default', actor: 'service:tunnel-worker/node-1', correlationid: `c-${from}`, causationid: `c-${from}`, partitionkey: 'bgw-1',
    };
    return JSON.stringify({ key, partitionKey: 'bgw-1', event });
  });
  const records = step('json', () => texts.map((text) => JSON.parse(text)));
  const facts = step('schema', () => records.map((record) => readFact(TOPICS.ribIn, record)));
  const changes = step('fold', () => router.fold(facts));
  step('rows', () => [...changes]);
}
process.send(Object.fromEntries(Object.entries(cpu).map(([name, seconds]) => [name, (seconds / count) * 1e6])));

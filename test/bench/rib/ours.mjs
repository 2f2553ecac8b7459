// Our RIB as apps/routing runs it: facts in, changed rows out, through Router.apply, in batches as the journal hands them over.
import { Router } from '@bordergate/routing-core';
import { announcementFact, gatewayFacts, limitFact, sessionFact } from './facts.mjs';
import { keptBytes, timer } from './meter.mjs';
import { announcementsOf, offHeap, prefixesOf } from './table.mjs';

/** What the journal hands over at a time. */
const BATCH = 500;
const [count, sets] = process.argv.slice(2).map(Number);
/** Only the fold is on the clock, not the making of its facts. */
function feed(router, gateway, tunnelId, table) {
  const total = { wall: 0, cpu: 0, rows: 0 };
  for (let from = 0; from < table.count; from += BATCH) {
    const facts = Array.from({ length: Math.min(BATCH, table.count - from) }, (_, i) => announcementFact(gateway, tunnelId, table, from + i));
    const time = timer();
    const changes = router.fold(facts);
    const { wall, cpu } = time();
    total.wall += wall;
    total.cpu += cpu;
    total.rows += changes.length;
  }
  return total;
}

/** What a subscriber of the rows pays on top: each made, its key and value read. */
function read(changes) {
  const time = timer();
  let rows = 0;
  for (const { key, value } of changes) if (key.length > 0 && value !== undefined) rows++;
  return { ...time(), rows };
}

const [gateway, tunnels] = ['bgw-0123456789', ['vpntun-0123456781', 'vpntun-0123456782']];
const prefixes = prefixesOf(count);
const tables = tunnels.map((_, i) => offHeap(announcementsOf(prefixes, i + 1, sets)));
const router = new Router();
router.apply([limitFact(gateway), ...gatewayFacts(gateway, tunnels, 'vpc-0123456789')]);
feed(new Router(), gateway, 'warm-up', { ...tables[0], count: Math.min(count, 20_000) }); // the first call is the compiler's
const memory = () => ({ kept: keptBytes(), rss: process.memoryUsage.rss() });
const empty = memory();
const first = feed(router, gateway, tunnels[0], tables[0]);
const one = memory();
const second = feed(router, gateway, tunnels[1], tables[1]);
const two = memory();
const time = timer();
const lost = router.fold([sessionFact(gateway, tunnels[0], false)]);
const loss = { ...time(), rows: lost.length };
const reading = read(lost);
process.send({
  first, second, loss, reading,
  bytes: [(one.kept - empty.kept) / count, (two.kept - empty.kept) / (2 * count)], rss: [(one.rss - empty.rss) / count, (two.rss - empty.rss) / (2 * count)],
});

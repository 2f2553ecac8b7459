// Ten thousand gateways of a hundred routes: what a gateway costs by itself, a route in it, and one update somewhere among them.
import { Router } from '@bordergate/routing-core';
import { announcementFact, gatewayFacts } from './facts.mjs';
import { announcementsOf, prefixesOf } from './table.mjs';
import { keptBytes, timer } from './meter.mjs';

const gateways = Number(process.argv[2]);
const ROUTES = 100;
const SETS = 5; // a branch announces its networks with a handful of attribute sets
const UPDATES = 20_000;
const table = announcementsOf(prefixesOf(ROUTES), 1, SETS);
const other = announcementsOf(prefixesOf(ROUTES), 2, SETS); // other attributes for the same prefixes
const [gateway, tunnel] = [(n) => `bgw-${n}`, (n) => `vpntun-${n}`];

const router = new Router();
const start = keptBytes();
for (let n = 0; n < gateways; n++) router.apply(gatewayFacts(gateway(n), [tunnel(n)], `vpc-${n}`));
const setUp = keptBytes() - start;

const load = { wall: 0, cpu: 0 };
for (let n = 0; n < gateways; n += 10) {
  const facts = [];
  for (let m = n; m < Math.min(n + 10, gateways); m++) for (let i = 0; i < ROUTES; i++) facts.push(announcementFact(gateway(m), tunnel(m), table, i));
  const time = timer();
  router.apply(facts);
  const took = time();
  load.wall += took.wall;
  load.cpu += took.cpu;
}
const bytes = (keptBytes() - start - setUp) / (gateways * ROUTES);

const updates = Array.from({ length: UPDATES }, (_, i) => announcementFact(gateway((i * 7919) % gateways), tunnel((i * 7919) % gateways), other, i % ROUTES));
const time = timer();
for (const fact of updates) router.apply([fact]);
process.send({ load, setUp, bytes, update: (time().cpu / UPDATES) * 1e6 });

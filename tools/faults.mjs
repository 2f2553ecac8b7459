// npm run test:faults: a distributed platform with real tunnels, a day of commands, and faults at random points of it; each is checked and counted.
//   --kills=200   kill -9 of a service, at least so many   --seed=1   another one breaks other things   --only=kill,broker-stopped   some kinds of fault
import { parseArgs } from 'node:util';
import { canRunDataPlane, ensureHost } from './host.mjs';
import { build, endWithNpm, installPackages, requireNode, root } from './setup.mjs';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) }, only: { type: 'string' } } });
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (![kills, seed].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  console.error('--kills and --seed are whole numbers');
  process.exit(2);
}
requireNode();
const { lacking } = ensureHost({ need: ['iproute2', 'strongswan', 'bird', 'frr', 'ping', 'fping', 'tcpdump', 'nft', 'faketime', 'java', 'maven'], install: true });
const dataPlane = canRunDataPlane();
const obstacles = [...lacking.map(({ name, why }) => `${name}: ${why}`), ...(dataPlane.ok ? [] : [dataPlane.why])];
if (obstacles.length > 0) {
  console.error(`the faults need real tunnels and a broker: ${obstacles.join('; ')}`);
  process.exit(1);
}
installPackages();
build();
process.chdir(root);
endWithNpm();
const { main } = await import('../test/e2e/dist/faults/main.js');
process.exit(await main({ kills, seed, ...(values.only ? { only: values.only.split(',') } : {}) }));

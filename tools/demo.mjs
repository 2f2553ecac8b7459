// npm run demo: installs what is missing, then runs the main job end to end and keeps the platform running.
//   --once         ends it all and cleans up       --simulated   no root, no daemons
//   --distributed  a process per service, Kafka and PostgreSQL, two nodes: a worker is killed, a node switched off
//   --no-install never installs distribution packages
import { canRunDataPlane, ensureHost } from './host.mjs';
import { build, endWithNpm, installPackages, requireNode, root } from './setup.mjs';

requireNode();
// the host is looked at first, so that a simulated demo says so before anything else
const chosen = process.argv.includes('--simulated');
const distributed = process.argv.includes('--distributed');
const broker = distributed && !process.env.KAFKA_BROKERS ? ['java', 'maven'] : [];
const { lacking } = chosen ? { lacking: [] } : ensureHost({ need: ['iproute2', 'strongswan', 'bird', 'frr', 'ping', 'fping', 'tcpdump', 'nft', ...broker], install: !process.argv.includes('--no-install') });
const dataPlane = chosen ? { ok: false, why: 'asked for' } : canRunDataPlane();
const why = [...new Set([...lacking.map((l) => `${l.name}: ${l.why}`), ...(dataPlane.ok ? [] : [dataPlane.why])])].join('; ');
if (why && distributed) {
  console.error(`the distributed demo needs real tunnels and a broker: ${why}`);
  process.exit(1);
}
if (why) console.log(`SIMULATED: no packets, no daemons; states and routes follow a model of the data plane (${why})`);
installPackages();
build();
process.chdir(root);
endWithNpm();
const { main } = await import('../test/e2e/dist/demo/main.js');
process.exit(await main({ once: process.argv.includes('--once'), simulated: why !== '', distributed }));

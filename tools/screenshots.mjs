// npm run screenshots: pictures of the console's pages, wide and 375 px, light and dark, in screenshots/ (not committed).
//   --simulated   no root, no daemons   --only=RE   pages whose name matches
import path from 'node:path';
import { canRunDataPlane, ensureHost } from './host.mjs';
import { build, installPackages, requireNode, root } from './setup.mjs';

requireNode();
const chosen = process.argv.includes('--simulated');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7);
const { lacking } = ensureHost({ need: ['chromium', ...(chosen ? [] : ['iproute2', 'strongswan', 'bird', 'frr', 'ping', 'fping', 'tcpdump', 'nft'])], install: true });
for (const { name, why } of lacking) console.log(`lacking: ${name}: ${why}`);
const simulated = chosen || lacking.length > 0 || !canRunDataPlane().ok;
installPackages();
build();
process.chdir(root);
const { takeScreenshots } = await import('../test/e2e/dist/console/screenshots.js');
await takeScreenshots({ folder: path.join(root, 'screenshots'), simulated, only: only && new RegExp(only) });

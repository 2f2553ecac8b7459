// npm run clean: takes a stopped node out of service; removes its tunnels, gateways, daemons, and stops its database.
import { build, installPackages, requireNode, root } from './setup.mjs';

requireNode();
installPackages();
build();
process.chdir(root);
await import('../apps/bordergate/dist/clean-main.js');

// npm run maintenance -- <command>: what an operator does with the data while the platform is stopped.
import { build, installPackages, requireNode, root } from './setup.mjs';

requireNode();
installPackages();
build();
process.chdir(root);
await import('../apps/bordergate/dist/maintenance-main.js');

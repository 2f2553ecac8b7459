// npm run bordergate -- list border-gateways: the command line over the REST API.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, installPackages, requireNode, root } from './setup.mjs';

requireNode();
installPackages();
const entry = path.join(root, 'apps/bordergate/dist/cli-main.js');
if (!existsSync(entry)) build();
await import(entry);

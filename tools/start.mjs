// npm start: the whole platform in one process, on loopback unless told otherwise.
import { build, endWithNpm, installPackages, requireNode, root } from './setup.mjs';

requireNode();
installPackages();
build();
process.chdir(root);
endWithNpm();
await import('../apps/bordergate/dist/main.js');

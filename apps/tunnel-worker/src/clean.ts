import { rmSync } from 'node:fs';
import path from 'node:path';
import { createLog, orExit, Settings } from '@bordergate/platform';
import { createDataPlane } from './driver.js';
import { readWorkerPlace } from './options.js';
import { READ_MARK } from './read-mark.js';
import { removeAll } from './remove-all.js';

/** Takes a node out of service while its worker is stopped: every tunnel, gateway and VPC stand-in goes, with their daemons. A worker that is started again makes everything anew. */
const place = orExit(() => readWorkerPlace(new Settings(process.env)));
const log = createLog('clean', { level: 'warn' });
const dataPlane = createDataPlane({ ...place, log });
const { tunnels, gateways, vpcs, failures } = await removeAll(dataPlane);
await dataPlane.close();
rmSync(path.join(place.dataDir, READ_MARK), { force: true });
for (const error of failures) log.error('could not remove everything', { error });
console.log(`removed ${tunnels} tunnels, ${gateways} gateways, ${vpcs} VPCs`);
process.exitCode = failures.length > 0 ? 1 : 0;

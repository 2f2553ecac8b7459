import path from 'node:path';
import { becomeOnlyOwner, createLog, findPostgres } from '@bordergate/platform';
import { createDataPlane, removeAll } from '@bordergate/tunnel-worker';
import { readOptions } from './options.js';

/**
 * Takes this node out of service while the platform is stopped: every tunnel, gateway and VPC stand-in that its worker
 * made is removed, with their daemons, and the embedded database is stopped. The data folder is left; a platform
 * started on it again makes everything anew.
 */
const options = readOptions(process.env);
const log = createLog('clean', { level: 'warn' });
const postgres = options.databaseUrl ? undefined : await findPostgres(path.join(options.dataDir, 'postgres'));
const databaseUrl = options.databaseUrl ?? (postgres && (await postgres.createDatabase('bordergate')));
// a platform that runs would make everything again, without its database
const release = databaseUrl ? await becomeOnlyOwner(databaseUrl, () => {}).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
}) : undefined;

const dataPlane = createDataPlane({ driver: options.driver, dataDir: options.dataDir, netnsPrefix: options.netnsPrefix, uplinkNetns: options.uplinkNetns, log });
const { tunnels, gateways, vpcs, failures } = await removeAll(dataPlane);
for (const error of failures) log.error('could not remove everything', { error });
if (failures.length > 0) process.exitCode = 1;
await dataPlane.close();
await release?.();
await postgres?.stop();
console.log(`removed ${tunnels} tunnels, ${gateways} gateways, ${vpcs} VPCs${postgres ? '; stopped the database' : ''}`);

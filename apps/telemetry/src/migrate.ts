import { createLog, migrate, orExit, Settings, untilThere } from '@bordergate/platform';
import { readDatabaseUrl } from './options.js';
import { SCHEMA } from './store/migrations.js';

/** Brings the schema of the telemetry service up to date and ends: for whoever migrates before the processes start (BORDERGATE_MIGRATE=false). */
const databaseUrl = orExit(() => readDatabaseUrl(new Settings(process.env)));
const log = createLog('migrate');
const ran = await untilThere(() => migrate(databaseUrl, SCHEMA), {
  onWait: (error, inMs) => log.warn('the database is not there yet; will try again', { because: error.message, inMs }),
});
console.log(ran.length > 0 ? `schema ${SCHEMA.name}: ${ran.join(', ')}` : `schema ${SCHEMA.name} is up to date`);

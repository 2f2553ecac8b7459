import { createLog, OptionError, OwnedByAnother } from '@bordergate/platform';
import { readOptions } from './options.js';
import { startPlatform, type Platform } from './platform.js';

/** The all-in-one process. Settings: BORDERGATE_* (options.ts). It says on stdout where it listens. */
const log = createLog('bordergate');

function options() {
  try {
    return readOptions(process.env);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

let stopping = false;
// Without its session this process no longer knows that it is the only owner of the data: end, and be started again.
const fatal = (error: Error) => {
  if (stopping) return;
  log.error('the session with the database is gone', { error });
  process.exit(1);
};
process.on('unhandledRejection', (error) => {
  log.error('a promise was rejected and nobody looked', { error });
  process.exit(1);
});

/** One handler for all services, from the first moment on: they close first, the database last. Tunnels stay up. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1); // asked twice: at once
    stopping = true;
    starting.then((platform) => platform.close()).then(() => {
      console.log('stopped; tunnels stay up');
      process.exit(0);
    }, (error: unknown) => {
      log.error('did not stop cleanly', { error });
      process.exit(1);
    });
  });
}

const began = performance.now();
const settings = options();
const starting: Promise<Platform> = startPlatform(settings, fatal);
const platform = await starting.catch((error: Error & { code?: string }) => {
  if (error instanceof OwnedByAnother) console.error(error.message);
  else if (error.code === 'EADDRINUSE') console.error(`${settings.host}:${settings.port} is in use: set BORDERGATE_PORT`);
  else log.error('the platform did not start', { error });
  process.exit(1);
});

await platform.ready;
if (!stopping && platform.driver === 'simulated') console.log('SIMULATED driver: no tunnels, no packets; states and routes follow a model of the data plane');
if (!stopping) console.log(`Bordergate is ready: ${platform.url}  (region ${settings.region}, node ${settings.node}, driver ${platform.driver}, ${Math.round(performance.now() - began)} ms)`);

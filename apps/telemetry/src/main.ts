import { openJournal, runService } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { createTelemetry } from './index.js';
import { readTelemetryOptions } from './options.js';

/** The telemetry service as a process of its own. It may run several times on one database: one of them stores. */
await runService({
  name: 'telemetry',
  readOptions: readTelemetryOptions,
  async start({ kafka, ...options }, { log, closers }) {
    const registry = new Registry();
    const journal = openJournal(kafka, { clientId: 'telemetry', log, registry });
    closers.add(() => journal.close());
    const telemetry = await createTelemetry({ ...options, journal, log, registry });
    closers.add(() => telemetry.close());
    return telemetry.app;
  },
});

import { openJournal, readKafka, readProcessOptions, readSampleInterval, runService } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { createTelemetry } from './index.js';

/** The telemetry service as a process of its own. */
await runService({
  name: 'telemetry',
  readOptions: (settings) => ({ ...readProcessOptions(settings, 8483), kafka: readKafka(settings), sampleIntervalMs: readSampleInterval(settings) }),
  async start({ kafka, sampleIntervalMs }, { log, closers }) {
    const registry = new Registry();
    const journal = openJournal(kafka, { clientId: 'telemetry', log, registry });
    closers.add(() => journal.close());
    const telemetry = await createTelemetry({ journal, sampleIntervalMs, log, registry });
    closers.add(() => telemetry.close());
    return telemetry.app;
  },
});

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openJournal, readKafka, readProcessOptions, readSampleInterval, runService } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { createDataPlane } from './driver.js';
import { readWorkerPlace } from './options.js';
import { READ_MARK, ReadMark } from './read-mark.js';
import { createTunnelWorker } from './worker.js';

/** The worker of one node as a process of its own. Whatever it needs may come later, or go: tunnels that are there stay and carry. */
await runService({
  name: 'tunnel-worker',
  readOptions: (settings) => ({
    ...readProcessOptions(settings, 8484),
    ...readWorkerPlace(settings),
    kafka: readKafka(settings),
    sampleIntervalMs: readSampleInterval(settings),
    psks: {
      resourcesUrl: settings.urls('BORDERGATE_RESOURCES_URL', 'where pre-shared keys are fetched: http://host:port of the resources service')[0],
      workerToken: settings.requiredSecret('BORDERGATE_WORKER_TOKEN', "the worker's credential for pre-shared keys, as the resources service knows it"),
    },
  }),
  async start({ kafka, region, node, sampleIntervalMs, psks, ...place }, { log, closers }) {
    const registry = new Registry();
    mkdirSync(place.dataDir, { recursive: true, mode: 0o755 });
    const journal = openJournal(kafka, { clientId: `tunnel-worker-${region}-${node}`, log, registry });
    closers.add(() => journal.close());
    const dataPlane = createDataPlane({ ...place, log });
    const mark = new ReadMark(path.join(place.dataDir, READ_MARK));
    const worker = await createTunnelWorker({ journal, region, node, dataPlane, psks, sampleIntervalMs, mark, log, registry });
    closers.add(() => worker.close());
    return worker.app;
  },
});

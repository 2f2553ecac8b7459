import { openJournal, runService } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { createResources } from './create-resources.js';
import { readResourcesOptions } from './options.js';

/** The resources service as a process of its own. It may run several times on one database: one of them relays. */
await runService({
  name: 'resources',
  readOptions: readResourcesOptions,
  async start({ kafka, ...options }, { log, closers }) {
    const registry = new Registry();
    const journal = openJournal(kafka, { clientId: 'resources', log, registry });
    closers.add(() => journal.close());
    const resources = await createResources({ ...options, journal, durableJournal: true, log, registry });
    closers.add(() => resources.close());
    return resources.app;
  },
});

import { openJournal, runService, shareDatabase } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { createResources } from './create-resources.js';
import { readResourcesOptions } from './options.js';

/** The resources service as a process of its own. It may run several times on one database, where one of them relays; beside a platform in one process it does not run. */
await runService({
  name: 'resources',
  readOptions: readResourcesOptions,
  async start({ kafka, ...options }, { log, closers, fatal }) {
    const registry = new Registry();
    closers.add(await shareDatabase(options.databaseUrl, (error) => fatal('the database has another owner', error)));
    const journal = openJournal(kafka, { clientId: 'resources', log, registry });
    closers.add(() => journal.close());
    const resources = await createResources({ ...options, journal, durableJournal: true, log, registry });
    closers.add(() => resources.close());
    return resources.app;
  },
});

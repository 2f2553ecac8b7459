import { openJournal, readKafka, readProcessOptions, runService } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { createRouting } from './routing.js';

/** The routing service as a process of its own. It may run several times: each knows everything and answers any request. */
await runService({
  name: 'routing',
  readOptions: (settings) => ({ ...readProcessOptions(settings, 8482), kafka: readKafka(settings) }),
  async start({ kafka }, { log, closers }) {
    const registry = new Registry();
    const journal = openJournal(kafka, { clientId: 'routing', log, registry });
    closers.add(() => journal.close());
    const routing = await createRouting({ journal, log, registry });
    closers.add(() => routing.close());
    return routing.app;
  },
});

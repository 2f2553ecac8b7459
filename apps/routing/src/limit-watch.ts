import { TOPICS, type RouteLimitReached } from '@bordergate/contracts';
import type { Log } from '@bordergate/platform';
import type { DerivationChange } from '@bordergate/routing-core';

/** Says aloud when a table with a limit gets near it, over it, and back to normal. Who wants to be alarmed has the topic and the metrics. */
export class LimitWatch {
  constructor(private readonly log: Log) {}

  changed(changes: readonly DerivationChange[]): void {
    for (const { topic, key, value } of changes) {
      if (topic !== TOPICS.limits.name) continue;
      if (value?.type === 'RouteLimitReached') this.log.warn(WARNING[value.status], { quota: value.quotaType, resource: value.resourceId, maxLimit: value.maxLimit });
      else if (value === null && key.endsWith('/status')) this.log.info('routes are well below the limit again', { resource: key.slice(0, key.indexOf('/')) });
    }
  }
}

const WARNING: Record<RouteLimitReached['status'], string> = {
  'near-limit': 'routes are near the limit: more than four fifths of it are used',
  'over-limit': 'routes are over the limit: the excess is refused until there is room or the quota is raised',
};

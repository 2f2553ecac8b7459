import type { Clock, VaultKeys } from '@bordergate/platform';

/** What the service is told when it is made; injected by its token. */
export interface ResourcesConfig {
  readonly tenant: string;
  /** What workers show to get at secrets; none: nobody gets any. */
  readonly workerToken: string | undefined;
  /** Also the key of what is kept of requests. */
  readonly vaultKeys: VaultKeys;
  readonly clock: Clock;
  /** Called after each commit: there is something for the relay. */
  readonly committed: () => void;
}
export const CONFIG = Symbol('resources.config');

/** Name of the TypeORM data source: Nest keeps the names of one process apart. */
export const DATA_SOURCE = 'resources';

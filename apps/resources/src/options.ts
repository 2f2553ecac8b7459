import { OptionError, parseVaultKeys, readKafka, readProcessOptions, type KafkaSettings, type ProcessOptions, type Settings, type VaultKeys } from '@bordergate/platform';

/** Settings of a resources process. */
export interface ResourcesProcessOptions extends ProcessOptions {
  readonly databaseUrl: string;
  readonly kafka: KafkaSettings;
  readonly vaultKeys: VaultKeys;
  readonly workerToken: string;
  /** Whether it migrates the database when it starts, or waits until somebody has. */
  readonly migrate: boolean;
}

export const readDatabaseUrl = (settings: Settings): string => settings.required('DATABASE_URL', 'postgres://user:password@host:port/database, the database that the resources service keeps its log in');

export const readResourcesOptions = (settings: Settings): ResourcesProcessOptions => ({
  ...readProcessOptions(settings, 8481),
  databaseUrl: readDatabaseUrl(settings),
  kafka: readKafka(settings),
  vaultKeys: readVaultKeys(settings),
  workerToken: settings.requiredSecret('BORDERGATE_WORKER_TOKEN', 'the credential with which workers fetch pre-shared keys, the same for all of them'),
  migrate: settings.flag('BORDERGATE_MIGRATE', true),
});

function readVaultKeys(settings: Settings): VaultKeys {
  const text = settings.requiredSecret('BORDERGATE_VAULT_KEYS', 'the keys that pre-shared keys are sealed with, the same for every resources process');
  try {
    return parseVaultKeys(text);
  } catch (error) {
    throw new OptionError(`BORDERGATE_VAULT_KEYS: ${(error as Error).message}`); // which names no key
  }
}

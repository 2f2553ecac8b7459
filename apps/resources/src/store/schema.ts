import type { ServiceSchema } from '@bordergate/platform';
import { MIGRATIONS } from './migrations.js';

export const SCHEMA: ServiceSchema = {
  name: 'resources', migrations: MIGRATIONS, migrationsTable: 'resources_migrations',
  inPublic: { tables: ['events', 'idempotency', 'checkpoints', 'resource', 'psk'], functions: ['append_events'] },
};

export { answerClientError } from './client-error.js';
export { postgresCheckpoint, type Checkpoint } from './checkpoint.js';
export { rfc3339, systemClock, type Clock } from './clock.js';
export { decisionRecord } from './cloud-events.js';
export { findPostgres, startPostgres, type DevPostgres } from './dev-postgres.js';
export { append, ConcurrencyError, lastPosition, readLog, readStream, readWholeLog, type PendingEvent } from './event-store.js';
export { handle, type Handled, type HandleOptions } from './handle.js';
export { forgetIdempotencyKeys, requestHash, type Idempotency, type RequestHash } from './idempotency.js';
export { newId, newUuid } from './ids.js';
export type { Journal, JournalErrorHandler, JournalHandler, SubscribeOptions, Subscription } from './journal.js';
export { JournalOverrun, MemoryJournal, type MemoryJournalOptions } from './journal-memory.js';
export { createLog, type Log, type LogFields, type LogLevel, type LogOptions } from './log.js';
export { CreateEventStore1763683200000 } from './migrations.js';
export { mergeOpenApi, openApiOf } from './openapi.js';
export { LOG } from './ops.module.js';
export { cursorOf, keyOfCursor, pageOf, type Page, type PageOrder } from './paging.js';
export {
  httpProblem, InvalidRequestError, invalidRequestProblem, PROBLEM_TYPE, problemOf, RejectionError, statusOf, type FieldError, type Problem,
} from './problem.js';
export { Readiness } from './readiness.js';
export { Relay, type RelayOptions } from './relay.js';
export { createService, type ServiceOptions } from './service.js';
export { sqlState, type Sql } from './sql.js';
export { StreamStates, type StoredStream } from './stream-states.js';
export { UnitOfWork, type InlineViews } from './unit-of-work.js';
export { fieldErrors, SchemaValidationPipe } from './validation.js';
export { Vault, VaultError } from './vault-crypto.js';
export { loadVaultKeys, parseVaultKeys, type VaultKeys, type VaultKeySource } from './vault-keys.js';
export { ViewRunner, type View } from './view.js';

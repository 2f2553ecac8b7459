import { createRequire } from 'node:module';

// kafkajs 2.2.4 with one repair. A compacted topic has batches whose last records are gone, or all of them: the broker
// keeps the empty batch of an idempotent producer. kafkajs goes on after the last record it sees, so it steps through the
// former offset by offset, and never gets past the latter (tulios/kafkajs 562, 1072). With the repair such a batch ends in
// a control record, which kafkajs counts and hands to nobody.

interface DecodedRecord { readonly offset: string }
interface DecodedBatch { readonly firstOffset: string; readonly lastOffsetDelta: number; readonly records: DecodedRecord[] }

const require = createRequire(import.meta.url);
const decoder = require.resolve('kafkajs/src/protocol/recordBatch/v0/decoder');
if (require.cache[require.resolve('kafkajs/src/protocol/requests/fetch/v4/decodeMessages')]) throw new Error('kafkajs was loaded before its repair');

const decode: (bytes: unknown) => Promise<DecodedBatch> = require(decoder);
require.cache[decoder]!.exports = async (bytes: unknown) => withItsEnd(await decode(bytes));

/** For the spec; everyone else gets it through kafkajs. */
export function withItsEnd(batch: DecodedBatch): DecodedBatch {
  const { records, ...batchContext } = batch;
  const offset = String(BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta));
  if (records.at(-1)?.offset === offset) return batch;
  return { ...batch, records: [...records, { offset, key: null, value: null, headers: {}, isControlRecord: true, batchContext } as DecodedRecord] };
}

export const { AssignerProtocol, ConfigResourceTypes, Kafka, logLevel, Partitioners } = require('kafkajs') as typeof import('kafkajs');

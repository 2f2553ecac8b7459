import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { throwAwayKafka } from '../../../../test/kafka.js';
import { record, recorder } from '../journal.contract.js';
import { createLog } from '../log.js';
import { KafkaJournal } from './journal-kafka.js';
import { readKafkaSettings } from './settings.js';

const TOPIC = { name: 'secured.v1', key: 'k', content: 'numbers', retention: 'compacted' } as const;
const security = { username: 'bordergate', password: 's3-cret.word' };
let broker: Awaited<ReturnType<typeof throwAwayKafka>>;
let passwordFile: string;

beforeAll(async () => {
  broker = await throwAwayKafka({ security });
  passwordFile = path.join(broker.dataDir, 'password');
  writeFileSync(passwordFile, `${security.password}\n`, { mode: 0o600 });
});
afterAll(() => broker.remove());

const journalOf = (env: Record<string, string>, onError: () => void) => new KafkaJournal({
  settings: readKafkaSettings({ KAFKA_BROKERS: broker.brokers, KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: broker.caFile, KAFKA_SASL_USERNAME: security.username, KAFKA_PARTITIONS: '1', ...env })!,
  clientId: 'spec', log: createLog('spec', { level: 'error' }), onError, publishDeadlineMs: 300_000,
});

it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('publishes and reads over TLS as who %s has shown it to be', async (mechanism) => {
  const onError = vi.fn();
  const journal = journalOf({ KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_PASSWORD_FILE: passwordFile }, onError);
  const reader = recorder();
  await journal.publish(TOPIC, [record(mechanism, 1)]);
  await journal.subscribe(TOPIC, { name: 'spec', from: 'beginning' }, reader);
  await vi.waitFor(() => expect(reader.of(mechanism)).toEqual([1]), { timeout: 120_000 });
  await journal.close();
  expect(onError).not.toHaveBeenCalled();
});

it.each([
  ['a wrong password', { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_PASSWORD: 'guessed' }, /authentication failed/i],
  ['no password', { KAFKA_SASL_USERNAME: '' }, /SASL|closed/i],
  ['a certificate that nobody vouches for', { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_PASSWORD: security.password, KAFKA_SSL_CA_FILE: '' }, /self-signed certificate/],
])('with %s nothing is read, and the reason is told', async (_, env, why) => {
  const onError = vi.fn();
  const journal = journalOf(env, onError);
  const reader = recorder();
  await journal.subscribe(TOPIC, { name: 'spec', from: 'beginning' }, reader);
  await vi.waitFor(() => expect(onError.mock.calls.map(([error]) => String(error)).join()).toMatch(why), { timeout: 120_000 });
  await journal.close();
  expect(reader.caughtUp).not.toHaveBeenCalled();
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { OptionError } from '../option-error.js';
import { readKafkaSettings } from './settings.js';

const dir = mkdtempSync(path.join(tmpdir(), 'kafka-settings-'));
const file = (name: string, text: string) => {
  writeFileSync(path.join(dir, name), text);
  return path.join(dir, name);
};
afterAll(() => rmSync(dir, { recursive: true }));

it('is undefined without brokers: the journal is in memory', () => {
  expect(readKafkaSettings({})).toBeUndefined();
  expect(readKafkaSettings({ KAFKA_BROKERS: ' ' })).toBeUndefined();
});

it('has defaults that work on any cluster', () => {
  expect(readKafkaSettings({ KAFKA_BROKERS: 'kafka-0:9092, kafka-1:9092,[::1]:9092' })).toEqual({ brokers: ['kafka-0:9092', 'kafka-1:9092', '[::1]:9092'], partitions: 12 });
});

it('reads TLS, SASL and what topics are made with', () => {
  const env = {
    KAFKA_BROKERS: 'k:9093', KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: file('ca.pem', 'PEM'), KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'bordergate',
    KAFKA_SASL_PASSWORD_FILE: file('password', 's3 cret\n'), KAFKA_PARTITIONS: '48', KAFKA_REPLICATION: '3',
  };
  expect(readKafkaSettings(env)).toEqual({
    brokers: ['k:9093'], tls: { ca: 'PEM' }, sasl: { mechanism: 'scram-sha-512', username: 'bordergate', password: 's3 cret' }, partitions: 48, replication: 3,
  });
  expect(readKafkaSettings({ KAFKA_BROKERS: 'k:9093', KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' }))
    .toEqual({ brokers: ['k:9093'], tls: {}, sasl: { mechanism: 'plain', username: 'u', password: 'p' }, partitions: 12 });
});

it.each([
  ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka' }],
  ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka:9092,' }],
  ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka:99999' }],
  ['KAFKA_PARTITIONS', { KAFKA_PARTITIONS: '0' }],
  ['KAFKA_PARTITIONS', { KAFKA_PARTITIONS: 'many' }],
  ['KAFKA_REPLICATION', { KAFKA_REPLICATION: '1.5' }],
  ['KAFKA_SSL', { KAFKA_SSL: 'yes' }],
  ['KAFKA_SSL_CA_FILE', { KAFKA_SSL_CA_FILE: '/ca.pem' }],
  ['KAFKA_SSL_CA_FILE', { KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: '/does/not/exist' }],
  ['KAFKA_SASL_MECHANISM', { KAFKA_SASL_MECHANISM: 'gssapi' }],
  ['KAFKA_SASL_USERNAME', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'p' }],
  ['KAFKA_SASL_USERNAME', { KAFKA_SASL_USERNAME: 'u' }],
  ['KAFKA_SASL_PASSWORD', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' }],
  ['KAFKA_SASL_PASSWORD', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p', KAFKA_SASL_PASSWORD_FILE: '/p' }],
  ['KAFKA_SASL_PASSWORD_FILE', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD_FILE: '/does/not/exist' }],
])('names %s when it is wrong: %o', (name, env) => {
  const read = () => readKafkaSettings({ KAFKA_BROKERS: 'k:9092', ...env });
  expect(read).toThrow(OptionError);
  expect(read).toThrow(name);
});

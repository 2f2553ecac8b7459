import { expect, it } from 'vitest';
import { Presence } from './presence.js';

/** As kafkajs has them: the reason is wrapped, the code is on the inside. */
const refused = () => Object.assign(new Error('Connection error: connect ECONNREFUSED 127.0.0.1:9092', { cause: undefined }), { name: 'KafkaJSConnectionError', code: 'ECONNREFUSED' });
const exceeded = () => Object.assign(new Error('retries exceeded', { cause: refused() }), { name: 'KafkaJSNumberOfRetriesExceeded' });
const protocol = (type: string) => Object.assign(new Error(type), type.startsWith('KafkaJS') ? { name: type } : { name: 'KafkaJSProtocolError', type });

function presence() {
  const said: string[] = [];
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const made = new Presence({ clock: { now: () => now }, onAway: ({ message }, part) => said.push(`${part}: ${message}`), onBack: (ms) => said.push(`back after ${ms}`) });
  return { made, said, pass: (ms: number) => { now += ms; } };
}

it('says once that the broker is away, at long intervals that it still is, and once that it is back', () => {
  const { made, said, pass } = presence();
  const away = 'Kafka is not reached since 2026-01-01T00:00:00.000Z; will try again: Connection error: connect ECONNREFUSED 127.0.0.1:9092';
  for (let second = 0; second < 301; second++) {
    for (const part of ['a', 'b']) expect(made.failed(exceeded(), part)).toBe(true);
    pass(1_000);
  }
  expect(said).toEqual([`a: ${away}`, `a: ${away}`]);
  made.works('b');
  expect(said).toHaveLength(2); // `a` has failed a moment ago
  pass(3_000);
  made.works('b');
  made.works('a');
  expect(said.slice(2)).toEqual(['back after 304000']);
  expect(made.failed(refused(), 'a')).toBe(true);
  expect(said).toHaveLength(4);
});

it('is away, too, when no broker has a coordinator for the group', () => {
  const { made, said } = presence();
  const cause = Object.assign(new Error('Failed to find group coordinator'), { name: 'KafkaJSGroupCoordinatorNotFound' });
  expect(made.failed(Object.assign(new Error(cause.message, { cause }), { name: 'KafkaJSNonRetriableError' }), 'a')).toBe(true);
  expect(said).toEqual(['a: Kafka is not reached since 2026-01-01T00:00:00.000Z; will try again: Failed to find group coordinator']);
});

it.each(['UNKNOWN_TOPIC_OR_PARTITION', 'GROUP_LOAD_IN_PROGRESS', 'LEADER_NOT_AVAILABLE', 'KafkaJSTopicMetadataNotLoaded', 'KafkaJSTimeout'])('%s is normal of what is new, and is no more when it stays', (type) => {
  const { made, said, pass } = presence();
  expect(made.failed(protocol(type), 'a')).toBe(true);
  pass(59_999);
  expect([made.failed(protocol(type), 'a'), made.failed(protocol(type), 'b')]).toEqual([true, true]);
  pass(1);
  expect([made.failed(protocol(type), 'a'), made.failed(protocol(type), 'b')]).toEqual([false, true]);
  made.works('a');
  expect(made.failed(protocol(type), 'a')).toBe(true);
  expect(said).toEqual([]);
});

it.each([
  ['a handler', new Error('column "x" does not exist')],
  ['what the broker refuses', protocol('TOPIC_AUTHORIZATION_FAILED')],
  ['a wrong certificate', Object.assign(new Error('Connection error: self-signed certificate'), { name: 'KafkaJSConnectionError', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })],
  ['a database that is not reached', Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })],
  ['no error at all', 'thrown text'],
])('%s is for its caller to say', (_, error) => {
  const { made, said } = presence();
  expect(made.failed(error, 'a')).toBe(false);
  expect(said).toEqual([]);
});

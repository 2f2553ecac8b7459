// What the same database and the same broker do without us: a committed insert, an acknowledged message.
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { percentile, rate } from './surroundings.mjs';

/** One row a transaction, of the size of an event, by `clients` sessions. */
export async function bareInserts(url, clients, seconds) {
  const pool = new pg.Pool({ connectionString: url, max: clients });
  await pool.query('create table if not exists floor (position bigint generated always as identity primary key, body jsonb not null)');
  const body = JSON.stringify({ type: 'CustomerGatewayCreated', filler: 'x'.repeat(300) });
  const perSecond = await rate(clients, seconds, () => pool.query('insert into floor (body) values ($1)', [body]));
  await pool.end();
  return perSecond;
}

/** Acknowledged by all replicas, one message a request, and how long one takes from the producer's call to a consumer. */
export async function bareMessages(brokers, clients, seconds, probes) {
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'floor', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'floor', numPartitions: 12 }, { topic: 'floor-latency', numPartitions: 12 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const value = Buffer.alloc(400, 'x');
  const send = (topic, key) => producer.send({ topic, acks: -1, messages: [{ key, value }] });
  const perSecond = await rate(clients, seconds, (n) => send('floor', String(n)));
  const consumer = kafka.consumer({ groupId: 'floor', maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'floor-latency', fromBeginning: true });
  let arrived = () => {};
  const joined = new Promise((resolve) => { consumer.on(consumer.events.GROUP_JOIN, resolve); });
  await consumer.run({ eachMessage: async ({ message }) => arrived(message.key.toString()) });
  await joined;
  const latencies = [];
  for (let n = 0; n < probes + 5; n++) {
    const began = performance.now();
    const seen = new Promise((resolve) => { arrived = (key) => key === `p${n}` && resolve(); });
    await send('floor-latency', `p${n}`);
    await seen;
    if (n >= 5) latencies.push(performance.now() - began);
  }
  await consumer.disconnect();
  await producer.disconnect();
  return { perSecond, p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
}

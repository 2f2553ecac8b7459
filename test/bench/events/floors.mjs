// What the same database and the same broker do without us: a committed insert, an acknowledged message.
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { rate, within } from './surroundings.mjs';

/** One row a transaction, of the size of an event, by `clients` sessions. */
export async function bareInserts(url, clients, seconds) {
  const pool = new pg.Pool({ connectionString: url, max: clients });
  await pool.query('create table if not exists floor (position bigint generated always as identity primary key, body jsonb not null)');
  const body = JSON.stringify({ type: 'CustomerGatewayCreated', filler: 'x'.repeat(300) });
  const { perSecond } = await rate(clients, seconds, () => pool.query('insert into floor (body) values ($1)', [body]));
  await pool.end();
  return perSecond;
}

const kafkaOf = (brokers) => new Kafka({ brokers: brokers.split(','), clientId: 'bench', logLevel: logLevel.NOTHING });

/** Acknowledged by all replicas, one message a request, and how long one takes from the producer's call to a consumer. */
export async function bareMessages(brokers, clients, seconds, probes) {
  const kafka = kafkaOf(brokers);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'floor', numPartitions: 12 }, { topic: 'floor-latency', numPartitions: 12 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const value = Buffer.alloc(400, 'x');
  const send = (topic, key) => producer.send({ topic, acks: -1, messages: [{ key, value }] });
  const { perSecond } = await rate(clients, seconds, (n) => send('floor', String(n)));
  const ear = await listen(brokers, 'floor-latency');
  const latencies = [];
  for (let n = 0; n < probes + 5; n++) {
    const began = performance.now();
    const seen = ear.until(({ key }) => key.toString() === `p${n}`);
    await send('floor-latency', `p${n}`);
    await within(20_000, 'a bare message', () => seen);
    if (n >= 5) latencies.push(performance.now() - began);
  }
  await ear.close();
  await producer.disconnect();
  return { perSecond, latencies };
}

/** A topic as a consumer of its own sees it. */
export async function listen(brokers, topic) {
  const consumer = kafkaOf(brokers).consumer({ groupId: `bench-${topic}-${process.pid}`, maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: false });
  let hears = () => {};
  const joined = new Promise((resolve) => { consumer.on(consumer.events.FETCH, resolve); });
  await consumer.run({ eachMessage: async ({ message }) => hears(message) });
  await within(30_000, `a consumer of ${topic}`, () => joined);
  return {
    until: (is) => new Promise((resolve) => { hears = (message) => void (is(message) && resolve()); }),
    close: () => consumer.disconnect(),
  };
}

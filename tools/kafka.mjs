// Apache Kafka, one node, for tests, development and the demo: the commands, and startKafka for scripts. Runs before `npm ci`: no dependencies, plain JavaScript.
//   node tools/kafka.mjs start --data DIR [--port N] [--detach]    without --detach it ends with this process; port 0, the default, is any free one
//   node tools/kafka.mjs stop --data DIR      node tools/kafka.mjs status --data DIR
import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findKafka, startKafka, stopKafka } from './kafka-broker.mjs';

export { findKafka, startKafka, stopKafka };

const USAGE = 'usage: node tools/kafka.mjs start --data DIR [--port N] [--detach] | stop --data DIR | status --data DIR';

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { data: { type: 'string' }, port: { type: 'string', default: '0' }, detach: { type: 'boolean', default: false } } });
  const command = { start, stop, status }[positionals[0]];
  const port = Number(values.port);
  if (!command || !values.data || !Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  await command(values.data, port, values.detach);
}

async function start(dataDir, port, detach) {
  const broker = await startKafka({ dataDir, port });
  console.log(`KAFKA_BROKERS=${broker.brokers}`);
  if (detach) return;
  await new Promise((resolve) => {
    const hold = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve(clearInterval(hold)));
  });
  await broker.stop();
}

async function stop(dataDir) {
  console.log((await stopKafka(dataDir)) ? 'stopped' : 'not running');
}

async function status(dataDir) {
  const broker = await findKafka(dataDir);
  console.log(broker ? `running: KAFKA_BROKERS=${broker.brokers}, process ${broker.pid}` : 'not running');
  process.exitCode = broker ? 0 : 3; // as service scripts answer
}

if (import.meta.filename === realpathSync(process.argv[1] ?? '.')) await main();

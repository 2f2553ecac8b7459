// The life of one Apache Kafka broker on a folder: made, started, adopted, ended by its process id. No dependencies, plain JavaScript.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterIdAt } from './kafka-answers.mjs';
import { kafkaJars } from './kafka-program.mjs';

const START_DEADLINE_MS = 180_000; // 4 s on a machine of its own; what a killed broker left is checked first
const STOP_DEADLINE_MS = 60_000;
const MAX_LAUNCHES = 5;
/** Small, and quick to start: the optimising compiler takes more processor than a test run gives back. */
const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const LOGGING = { 'defaultLogLevel': 'warn', 'log.kafka.server': 'info', 'showDateTime': 'true', 'dateTimeFormat': "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" };
const SETTINGS = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'CLIENT',
  'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '8',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '8',
  'log.cleaner.dedupe.buffer.size': '16777216',
};

/**
 * Starts the broker of `dataDir` (made on first use), or adopts the one that already runs there, on whatever port. It outlives this process; only `stop` and `kill` end it.
 * @param {import('./kafka.d.mts').KafkaOptions} options
 * @returns {Promise<import('./kafka.d.mts').Kafka>}
 * @throws when it keeps ending, or does not answer in time; its log is `broker.log` in the folder
 */
export async function startKafka({ dataDir, port = 0, settings = {}, jvm = JVM, say = console.log }) {
  mkdirSync(dataDir, { recursive: true });
  const dir = realpathSync(dataDir);
  return alone(dir, async () => {
    const jars = kafkaJars(say);
    return launchUntilItAnswers(dir, { jars, jvm }, async () => {
      const ports = { client: port || (await freePort()), controller: await freePort() };
      const all = {
        'listeners': `CLIENT://127.0.0.1:${ports.client},CONTROLLER://127.0.0.1:${ports.controller}`,
        'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
        'log.dirs': path.join(dir, 'log'),
        ...SETTINGS,
        ...settings,
      };
      writeFileSync(propertiesFile(dir), Object.entries(all).map(([name, value]) => `${name}=${value}\n`).join(''));
      return ports.client;
    });
  });
}

/** The broker that runs on `dataDir` and answers, if there is one. @param {string} dataDir @returns {Promise<import('./kafka.d.mts').Kafka | undefined>} */
export async function findKafka(dataDir) {
  const broker = processOf(dataDir);
  if (!broker) return undefined;
  const dir = realpathSync(dataDir);
  // The port may be someone else's by now.
  if ((await clusterIdAt(broker.port)) !== readFileSync(clusterFile(dir), 'utf8')) return undefined;
  return {
    brokers: `127.0.0.1:${broker.port}`,
    dataDir: dir,
    get pid() {
      return processOf(dir)?.pid;
    },
    stop: () => end(dir, 'SIGTERM'),
    kill: () => end(dir, 'SIGKILL'),
    async restart() {
      await end(dir, 'SIGTERM');
      await alone(dir, () => launchUntilItAnswers(dir, { jars: kafkaJars(), jvm: broker.jvm }, async () => broker.port));
    },
  };
}

/** Ends the broker of a folder, also one that does not answer. @param {string} dataDir @returns {Promise<boolean>} whether there was one */
export async function stopKafka(dataDir) {
  const running = processOf(dataDir) !== undefined;
  if (running) await end(dataDir, 'SIGTERM');
  return running;
}

const propertiesFile = (/** @type {string} */ dir) => path.join(dir, 'server.properties');
const clusterFile = (/** @type {string} */ dir) => path.join(dir, 'cluster.id');
const logFile = (/** @type {string} */ dir) => path.join(dir, 'broker.log');
const brokerFile = (/** @type {string} */ dir) => path.join(dir, 'broker.json');

/**
 * Launched again after a failure: someone else took the port in between, or a predecessor is just ending.
 * @param {string} dir @param {{ jars: string, jvm: readonly string[] }} program @param {() => Promise<number>} prepare
 */
async function launchUntilItAnswers(dir, program, prepare) {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (let launches = 0; Date.now() < deadline; ) {
    const running = await findKafka(dir);
    if (running) return running;
    if (processOf(dir) === undefined) {
      if (launches++ === MAX_LAUNCHES) break;
      const port = await prepare();
      if (!existsSync(path.join(dir, 'log/meta.properties'))) format(dir, program.jars);
      spawnBroker(dir, program, port);
    }
    await sleep(50);
  }
  throw new Error(`Kafka in ${dir} does not answer; the end of broker.log:\n${readFileSync(logFile(dir), 'utf8').trimEnd().split('\n').slice(-8).join('\n')}`);
}

/** @param {string} dir @param {string} jars */
function format(dir, jars) {
  const id = randomBytes(16).toString('base64url');
  writeFileSync(clusterFile(dir), id);
  rmSync(path.join(dir, 'log'), { recursive: true, force: true }); // of a formatting that was broken off
  execFileSync(java(), ['-Xmx128m', ...JVM.slice(1), ...classes(jars), 'kafka.tools.StorageTool', 'format', '--cluster-id', id, '--config', propertiesFile(dir)], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** @param {string} dir @param {{ jars: string, jvm: readonly string[] }} program @param {number} port */
function spawnBroker(dir, { jars, jvm }, port) {
  const log = openSync(logFile(dir), 'a');
  // Detached: a Ctrl-C in the terminal must reach the services first.
  const broker = spawn(java(), [...jvm, ...classes(jars), 'kafka.Kafka', propertiesFile(dir)], { cwd: dir, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  broker.on('error', (error) => writeFileSync(logFile(dir), `${error.message}\n`, { flag: 'a' }));
  broker.unref();
  const draft = `${brokerFile(dir)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: broker.pid, port, jvm }));
  renameSync(draft, brokerFile(dir));
}

const java = () => (process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/java') : 'java');
const classes = (/** @type {string} */ jars) => ['-cp', path.join(jars, '*'), ...Object.entries(LOGGING).map(([name, value]) => `-Dorg.slf4j.simpleLogger.${name}=${value}`)];

/** The process that was launched on a folder, while it lives: its number may be someone else's by now, so its command line is asked. @param {string} dataDir */
function processOf(dataDir) {
  if (!existsSync(brokerFile(dataDir))) return undefined;
  const broker = JSON.parse(readFileSync(brokerFile(dataDir), 'utf8'));
  return commandOf(broker.pid).includes(propertiesFile(realpathSync(dataDir))) ? broker : undefined;
}

/** @param {number} pid */
function commandOf(pid) {
  try {
    return process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // no such process
  }
}

/** @param {string} dir @param {'SIGTERM' | 'SIGKILL'} signal */
async function end(dir, signal) {
  const broker = processOf(dir);
  if (!broker) return;
  process.kill(broker.pid, signal);
  for (const deadline = Date.now() + STOP_DEADLINE_MS; processOf(dir)?.pid === broker.pid; await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`Kafka (process ${broker.pid}) does not stop; see ${logFile(dir)}`);
  }
}

/**
 * One start at a time: who comes second finds the broker of the first.
 * @template T @param {string} dir @param {() => Promise<T>} action @returns {Promise<T>}
 */
async function alone(dir, action) {
  const lock = path.join(dir, 'starting.pid');
  while (!writeOnce(lock, String(process.pid))) {
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (holder > 0 && commandOf(holder) === '') rmSync(lock, { force: true }); // it was killed
    await sleep(50);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} file @param {string} content */
function writeOnce(file, content) {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

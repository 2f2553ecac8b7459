// The life of one Apache Kafka broker on a folder: made, started, adopted, ended by its process id. No dependencies, plain JavaScript.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterIdAt } from './kafka-answers.mjs';
import { kafkaJars } from './kafka-program.mjs';
import { brokerSettings, certificateFile, javaProgram, scramUsers } from './kafka-settings.mjs';

const START_DEADLINE_MS = 420_000; // 4 s on a machine of its own; minutes where a benchmark has the processors
const STOP_DEADLINE_MS = 60_000;
const MAX_LAUNCHES = 5;
/** Small, and quick to start: the optimising compiler takes more processor than a test run gives back. */
const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const LOGGING = { 'defaultLogLevel': 'warn', 'log.kafka.server': 'info', 'showDateTime': 'true', 'dateTimeFormat': "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" };

/** @typedef {{ client: number, internal: number, controller: number }} Ports */
/** @typedef {{ jars: string, jvm: readonly string[], users: string[] }} Program */

/**
 * Starts the broker of `dataDir` (made on first use), or adopts the one that already runs there, on whatever port. It outlives this process; only `stop` and `kill` end it.
 * @param {import('./kafka.d.mts').KafkaOptions} options
 * @returns {Promise<import('./kafka.d.mts').Kafka>}
 * @throws when it keeps ending, or does not answer in time; its log is `broker.log` in the folder
 */
export async function startKafka({ dataDir, port = 0, security, settings = {}, jvm = JVM, say = console.log }) {
  mkdirSync(dataDir, { recursive: true });
  const dir = realpathSync(dataDir);
  return alone(dir, async () => {
    const jars = kafkaJars(say);
    return launchUntilItAnswers(dir, { jars, jvm, users: scramUsers(security) }, async () => {
      const ports = { client: port || (await freePort()), internal: await freePort(), controller: await freePort() };
      writeFileSync(propertiesFile(dir), Object.entries({ ...brokerSettings(dir, ports, security), ...settings }).map(([name, value]) => `${name}=${value}\n`).join(''), { mode: 0o600 });
      return ports;
    });
  });
}

/** The broker that runs on `dataDir` and answers, if there is one. @param {string} dataDir @returns {Promise<import('./kafka.d.mts').Kafka | undefined>} */
export async function findKafka(dataDir) {
  const broker = processOf(dataDir);
  if (!broker) return undefined;
  const dir = realpathSync(dataDir);
  // The port may be someone else's by now.
  if ((await clusterIdAt(broker.ports.internal)) !== readFileSync(clusterFile(dir), 'utf8')) return undefined;
  return {
    brokers: `127.0.0.1:${broker.ports.client}`,
    dataDir: dir,
    caFile: certificateFile(dir),
    get pid() {
      return processOf(dir)?.pid;
    },
    stop: () => end(dir, 'SIGTERM'),
    kill: () => end(dir, 'SIGKILL'),
    async restart() {
      await end(dir, 'SIGTERM');
      await alone(dir, () => launchUntilItAnswers(dir, { jars: kafkaJars(), jvm: broker.jvm, users: [] }, async () => broker.ports));
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
 * @param {string} dir @param {Program} program @param {() => Promise<Ports>} prepare
 */
async function launchUntilItAnswers(dir, program, prepare) {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (let launches = 0; Date.now() < deadline; ) {
    const running = await findKafka(dir);
    if (running) return running;
    if (processOf(dir) === undefined) {
      if (launches++ === MAX_LAUNCHES) break;
      const ports = await prepare();
      if (!existsSync(path.join(dir, 'log/meta.properties'))) format(dir, program);
      spawnBroker(dir, program, ports);
    }
    await sleep(50);
  }
  await end(dir, 'SIGKILL');
  throw new Error(`Kafka in ${dir} does not answer; the end of broker.log:\n${readFileSync(logFile(dir), 'utf8').trimEnd().split('\n').slice(-8).join('\n')}`);
}

/** @param {string} dir @param {Program} program */
function format(dir, { jars, users }) {
  const id = randomBytes(16).toString('base64url');
  writeFileSync(clusterFile(dir), id);
  rmSync(path.join(dir, 'log'), { recursive: true, force: true }); // of a formatting that was broken off
  // One word: an id may begin with a dash.
  const flags = [`--cluster-id=${id}`, '--config', propertiesFile(dir), ...users];
  execFileSync(javaProgram('java'), ['-Xmx128m', ...JVM.slice(1), ...classes(jars), 'kafka.tools.StorageTool', 'format', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** @param {string} dir @param {Program} program @param {Ports} ports */
function spawnBroker(dir, { jars, jvm }, ports) {
  const log = openSync(logFile(dir), 'a');
  // Detached: a Ctrl-C in the terminal must reach the services first.
  const broker = spawn(javaProgram('java'), [...jvm, ...classes(jars), 'kafka.Kafka', propertiesFile(dir)], { cwd: dir, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  broker.on('error', (error) => writeFileSync(logFile(dir), `${error.message}\n`, { flag: 'a' }));
  broker.unref();
  const draft = `${brokerFile(dir)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: broker.pid, ports, jvm }));
  renameSync(draft, brokerFile(dir));
}

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

// What server.properties of the broker says: listeners, security, small numbers. No dependencies, plain JavaScript.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';

const SETTINGS = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'INTERNAL',
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '8',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '8',
  'log.cleaner.dedupe.buffer.size': '16777216',
};
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const STORE_PASSWORD = 'bordergate'; // of a key that belongs to a throw-away broker, in a folder of its own

/**
 * INTERNAL is the broker's own way to itself, plain: whether it answers is asked there.
 * @param {string} dir @param {{ client: number, internal: number, controller: number }} ports @param {import('./kafka.d.mts').KafkaSecurity} [security] @returns {Record<string, string>}
 */
export function brokerSettings(dir, ports, security) {
  return {
    ...SETTINGS,
    'log.dirs': path.join(dir, 'log'),
    'listeners': Object.entries(ports).map(([name, port]) => `${name.toUpperCase()}://127.0.0.1:${port}`).join(','),
    'listener.security.protocol.map': `CLIENT:${security ? 'SASL_SSL' : 'PLAINTEXT'},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    ...(security && secured(dir, security)),
  };
}

/** @param {string} dir @param {import('./kafka.d.mts').KafkaSecurity} security */
function secured(dir, { username, password }) {
  // Kafka's own tool quotes nothing.
  if (![username, password].every((text) => /^[\w.-]+$/.test(text))) throw new Error('user name and password of the broker: letters, digits, "_", "." and "-"');
  return {
    'listener.name.client.sasl.enabled.mechanisms': ['PLAIN', ...SCRAM].join(','),
    'listener.name.client.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`,
    ...Object.fromEntries(SCRAM.map((name) => [`listener.name.client.${name.toLowerCase()}.sasl.jaas.config`, 'org.apache.kafka.common.security.scram.ScramLoginModule required;'])),
    'listener.name.client.ssl.keystore.type': 'PKCS12',
    'listener.name.client.ssl.keystore.location': keyStore(dir),
    'listener.name.client.ssl.keystore.password': STORE_PASSWORD,
  };
}

/** What the formatting is told: SCRAM's users are records of the cluster. @param {import('./kafka.d.mts').KafkaSecurity} [security] */
export const scramUsers = (security) => (security ? SCRAM.flatMap((name) => ['--add-scram', `${name}=[name=${security.username},password=${security.password}]`]) : []);

/** PEM: who signed the broker's certificate, itself. @param {string} dir */
export const certificateFile = (dir) => path.join(dir, 'certificate.pem');

/** A key and a certificate for this machine, made once by the tool that comes with Java. @param {string} dir */
function keyStore(dir) {
  const file = path.join(dir, 'key.p12');
  if (existsSync(certificateFile(dir))) return file;
  rmSync(file, { force: true });
  const store = ['-keystore', file, '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD, '-alias', 'broker'];
  const keytool = (/** @type {string[]} */ args) => execFileSync(javaProgram('keytool'), [...args, ...store], { stdio: ['ignore', 'pipe', 'pipe'] });
  keytool(['-genkeypair', '-keyalg', 'EC', '-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1', '-ext', 'bc:critical=ca:true', '-validity', '3650']);
  keytool(['-exportcert', '-rfc', '-file', certificateFile(dir)]);
  return file;
}

/** @param {'java' | 'keytool'} name */
export const javaProgram = (name) => (process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', name) : name);

import { readFileSync } from 'node:fs';
import { OptionError } from '../option-error.js';

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** How to reach Kafka, and how the topics are made that we have to make. */
export interface KafkaSettings {
  /** "host:port" of some brokers; the others are learned from them. */
  readonly brokers: readonly string[];
  /** Plain when undefined; `ca`: PEM of who signed the brokers' certificates, the system's authorities when not said. */
  readonly tls?: { readonly ca?: string };
  readonly sasl?: { readonly mechanism: (typeof SASL_MECHANISMS)[number]; readonly username: string; readonly password: string };
  /** Of every topic made: the same number everywhere, so that a gateway has one partition number over all topics. */
  readonly partitions: number;
  /** Of every topic made; the broker's default when undefined. */
  readonly replication?: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** From KAFKA_*; undefined without KAFKA_BROKERS: then the journal is in memory. @throws OptionError that names the variable */
export function readKafkaSettings(env: Env): KafkaSettings | undefined {
  if (!env.KAFKA_BROKERS?.trim()) return undefined;
  const brokers = env.KAFKA_BROKERS.split(',').map((broker) => broker.trim());
  if (!brokers.every(isBroker)) throw new OptionError('KAFKA_BROKERS must be host:port, several separated by commas');
  const tls = readTls(env);
  const sasl = readSasl(env);
  const replication = env.KAFKA_REPLICATION ? whole('KAFKA_REPLICATION', env.KAFKA_REPLICATION, 1, 32) : undefined;
  return {
    brokers, partitions: whole('KAFKA_PARTITIONS', env.KAFKA_PARTITIONS || '12', 1, 1_000),
    ...(tls && { tls }), ...(sasl && { sasl }), ...(replication !== undefined && { replication }),
  };
}

function isBroker(text: string): boolean {
  const port = Number(/^(?:[A-Za-z0-9_.-]{1,253}|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

function readTls(env: Env): KafkaSettings['tls'] {
  const { KAFKA_SSL: on = '', KAFKA_SSL_CA_FILE: file } = env;
  if (!['', 'true', 'false'].includes(on)) throw new OptionError('KAFKA_SSL must be true or false');
  if (on === 'true') return file ? { ca: contentOf('KAFKA_SSL_CA_FILE', file) } : {};
  if (file) throw new OptionError('KAFKA_SSL_CA_FILE is set and KAFKA_SSL is not true');
  return undefined;
}

function readSasl(env: Env): KafkaSettings['sasl'] {
  const { KAFKA_SASL_MECHANISM: wanted, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: inline, KAFKA_SASL_PASSWORD_FILE: file } = env;
  if (!wanted) {
    const stray = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD', 'KAFKA_SASL_PASSWORD_FILE'].find((name) => env[name]);
    if (stray) throw new OptionError(`${stray} is set and KAFKA_SASL_MECHANISM is not`);
    return undefined;
  }
  const mechanism = SASL_MECHANISMS.find((known) => known === wanted);
  if (!mechanism) throw new OptionError(`KAFKA_SASL_MECHANISM must be one of ${SASL_MECHANISMS.join(', ')}`);
  if (!username) throw new OptionError('KAFKA_SASL_USERNAME must be set with KAFKA_SASL_MECHANISM');
  if (inline && file) throw new OptionError('KAFKA_SASL_PASSWORD and KAFKA_SASL_PASSWORD_FILE must not both be set');
  const password = file ? contentOf('KAFKA_SASL_PASSWORD_FILE', file).replace(/\r?\n$/, '') : inline;
  if (!password) throw new OptionError('KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE must be set with KAFKA_SASL_MECHANISM');
  return { mechanism, username, password };
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OptionError(`${name}: ${file} cannot be read`, { cause });
  }
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new OptionError(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from '@bordergate/platform';
import { startKafka } from '../../../../../tools/kafka.mjs';
import type { NodePlace } from '../real-world.js';
import { freePort, ServiceProcess } from '../service-process.js';

const APPS = path.resolve(import.meta.dirname, '../../../../../apps');
const REGION = 'region-1';

export interface ClusterOptions {
  /** World-traversable: the database runs as another user. */
  readonly dir: string;
  readonly nodes: readonly NodePlace[];
  readonly driver: 'libipsec' | 'simulated';
  readonly uplinkNetns?: string;
  /** The folder of a broker that is to be broken, as the database is: neither is the one that the environment names then. `kafka` in `dir`, and of its own only if none is named, when not said. */
  readonly kafkaDir?: string;
  /** Processes of the resources service; one when not said. */
  readonly resources?: number;
}

/** Ready when all services behind it are, all instances of them. */
class FrontProcess extends ServiceProcess {
  override async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(4_000) }).then(async (r) => ((await r.json()) as { status: string }).status === 'ok', () => false);
  }
}

/**
 * The platform with a process per service: broker and database (its own, or those that KAFKA_BROKERS and DATABASE_URL name, which have to
 * be empty), resources (one or several), two of routing, telemetry, a worker for each node, and the front. Anything may be killed and started again.
 */
export class Cluster {
  readonly region = REGION;
  private readonly closers: (() => Promise<unknown>)[] = [];

  private constructor(readonly brokers: string, readonly databaseUrl: string, readonly front: ServiceProcess, readonly services: readonly ServiceProcess[], readonly workers: ReadonlyMap<string, ServiceProcess>) {}

  static async create(options: ClusterOptions): Promise<Cluster> {
    const { dir, nodes, kafkaDir = path.join(dir, 'kafka') } = options;
    mkdirSync(dir, { recursive: true, mode: 0o755 });
    const closers: (() => Promise<unknown>)[] = [];
    const env = options.kafkaDir ? {} : process.env;
    const brokers = env.KAFKA_BROKERS ?? (await own(startKafka({ dataDir: kafkaDir, say: (line) => console.log(`   ${line}`) }), closers)).brokers;
    const databaseUrl = env.DATABASE_URL ?? (await (await own(startPostgres(path.join(dir, 'postgres'), 0), closers)).createDatabase('bordergate'));
    const make = processes(dir, { KAFKA_BROKERS: brokers, BORDERGATE_REGION: REGION, BORDERGATE_SAMPLE_INTERVAL_MS: '1000', BORDERGATE_WORKER_TOKEN: randomBytes(24).toString('hex') });

    const vault = { DATABASE_URL: databaseUrl, BORDERGATE_VAULT_KEYS: `demo:${randomBytes(32).toString('base64')}` };
    const count = options.resources ?? 1;
    const resources = await Promise.all(Array.from({ length: count }, (_, i) => make(count === 1 ? 'resources' : `resources-${i + 1}`, 'resources/dist/main.js', vault)));
    const routing = [await make('routing-1', 'routing/dist/main.js'), await make('routing-2', 'routing/dist/main.js')];
    const telemetry = await make('telemetry', 'telemetry/dist/main.js', vault);
    const urls = {
      BORDERGATE_RESOURCES_URL: urlsOf(resources), BORDERGATE_ROUTING_URL: urlsOf(routing), BORDERGATE_TELEMETRY_URL: telemetry.url,
    };
    const front = await make('front', 'bordergate/dist/front-main.js', urls, FrontProcess);
    const workers = new Map<string, ServiceProcess>();
    for (const { name, netnsPrefix, stateDir } of nodes) {
      workers.set(name, await make(`worker-${name}`, 'tunnel-worker/dist/main.js', {
        ...urls, BORDERGATE_NODE: name, BORDERGATE_DATA_DIR: path.dirname(stateDir), BORDERGATE_NETNS_PREFIX: netnsPrefix, BORDERGATE_DRIVER: options.driver, BORDERGATE_UPLINK_NETNS: options.uplinkNetns ?? '',
      }));
    }
    const cluster = new Cluster(brokers, databaseUrl, front, [...resources, ...routing, telemetry], workers);
    cluster.closers.push(...closers);
    return cluster;
  }

  get url(): string {
    return this.front.url;
  }

  get all(): ServiceProcess[] {
    return [...this.workers.values(), ...this.services, this.front];
  }

  worker(node: string): ServiceProcess {
    return this.workers.get(node)!;
  }

  /** The workers first: whatever they need may come later. */
  async start(timeoutMs = 180_000): Promise<number> {
    const began = Date.now();
    for (const service of this.all) service.launch();
    await Promise.all(this.all.map((service) => service.untilReady(timeoutMs)));
    return Date.now() - began;
  }

  /** Services in order, then broker and database. Tunnels stay up. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    const ending = async (end: () => Promise<unknown>) => end().catch((error: unknown) => failures.push(error));
    await Promise.all(this.all.map((service) => ending(() => service.stop())));
    for (const close of this.closers.reverse()) await ending(close);
    if (failures.length > 0) throw new AggregateError(failures, 'not everything stopped cleanly');
  }

  logTail(): string {
    return this.all.map((service) => `--- ${service.name} (${service.log})\n${service.logTail(12)}`).join('\n');
  }
}

const urlsOf = (instances: readonly ServiceProcess[]): string => instances.map(({ url }) => url).join(',');

type Program = new (...options: ConstructorParameters<typeof ServiceProcess>) => ServiceProcess;

const processes = (dir: string, shared: Record<string, string>) => async (name: string, main: string, env: Record<string, string> = {}, program: Program = ServiceProcess) =>
  new program({ name, main: path.join(APPS, main), port: await freePort(), log: path.join(dir, `${name}.log`), diesWithUs: true, env: { BORDERGATE_HOST: '127.0.0.1', ...shared, ...env } });

async function own<T extends { stop(): Promise<unknown> }>(starting: Promise<T>, closers: (() => Promise<unknown>)[]): Promise<T> {
  const started = await starting;
  closers.push(() => started.stop());
  return started;
}

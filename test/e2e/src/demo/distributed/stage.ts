import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createLog, findPostgres, KafkaJournal, readKafkaSettings } from '@bordergate/platform';
import { stopKafka } from '../../../../../tools/kafka.mjs';
import { Lab } from '../../index.js';
import { Api } from '../api.js';
import { followRoutes } from '../fabric-routes.js';
import type { NodePlace } from '../real-world.js';
import { CLONE } from '../stage.js';
import { Cluster } from './cluster.js';
import { FabricWorld } from './fabric-world.js';

const CLEAN = path.resolve(import.meta.dirname, '../../../../../apps/tunnel-worker/dist/clean.js');
export const NODES = ['node-1', 'node-2'] as const;

/** A platform with a process per service, two nodes, and the world around them. */
export interface DistributedStage {
  readonly cluster: Cluster;
  readonly world: FabricWorld;
  readonly api: Api;
  readonly dir: string;
  /** Ends and removes everything; logs and files of the lab stay for reading. */
  destroy(): Promise<void>;
}

/** @param name two or three letters: with the clone's place they make the names of all namespaces */
export async function createDistributedStage({ dir, name, resources, kafkaDir }: { dir: string; name: string; resources?: number; kafkaDir?: string }): Promise<DistributedStage> {
  const unique = `${name}${CLONE}`;
  const labPrefix = `${unique}l-`;
  const labDir = path.join(dir, 'lab');
  const clusterDir = path.join(dir, 'cluster');
  const brokerDir = kafkaDir ?? path.join(clusterDir, 'kafka');
  const places = NODES.map((node, i): NodePlace => ({ name: node, netnsPrefix: `${unique}${i + 1}-`, stateDir: path.join(dir, node, 'run') }));
  const removeOld = async () => {
    await stopKafka(brokerDir);
    await (await findPostgres(path.join(clusterDir, 'postgres')))?.stop();
    for (const place of places) cleanNode(place);
  };
  await removeOld();
  await Lab.cleanup(labDir, labPrefix);
  for (const folder of [labDir, clusterDir, brokerDir, ...places.map(dataDirOf)]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o755 });

  const world = await FabricWorld.createOn({ dir: labDir, prefix: labPrefix, places: places as [NodePlace, ...NodePlace[]] });
  const cluster = await Cluster.create({ dir: clusterDir, ...(kafkaDir ? { kafkaDir } : {}), nodes: places, driver: 'libipsec', uplinkNetns: world.uplink, ...(resources ? { resources } : {}) }).catch(async (error: unknown) => {
    await world.destroy();
    throw error;
  });
  const log = createLog('vpc-fabric', { level: 'warn', write: (line) => appendFileSync(path.join(clusterDir, 'vpc-fabric.log'), line) });
  const journal = new KafkaJournal({ settings: readKafkaSettings({ KAFKA_BROKERS: cluster.brokers })!, clientId: 'vpc-fabric', log, onError: (error, context) => log.error('the fabric', { ...context, error }) });
  await followRoutes(journal, (vpcRoutes, fib) => world.published(vpcRoutes, fib));
  return {
    cluster, world, dir, api: new Api(cluster.url, cluster.region),
    async destroy() {
      const failures: unknown[] = [];
      // whatever fails, the rest is removed all the same
      const removals = [() => journal.close(), () => cluster.stop(), () => world.destroy(), removeOld, async () => {
        for (const folder of [brokerDir, path.join(clusterDir, 'postgres'), ...places.map(dataDirOf)]) rmSync(folder, { recursive: true, force: true });
      }];
      for (const remove of removals) await remove().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw new AggregateError(failures, 'not everything could be removed');
    },
  };
}

const dataDirOf = ({ stateDir }: NodePlace): string => path.dirname(stateDir);

/** The operator's command that takes a node out of service. */
function cleanNode(place: NodePlace): void {
  if (!existsSync(dataDirOf(place))) return;
  const { status, stderr } = spawnSync(process.execPath, [CLEAN], {
    encoding: 'utf8', env: { ...process.env, BORDERGATE_NODE: place.name, BORDERGATE_DATA_DIR: dataDirOf(place), BORDERGATE_NETNS_PREFIX: place.netnsPrefix, BORDERGATE_DRIVER: 'libipsec' },
  });
  if (status !== 0) throw new Error(`cleaning ${place.name} failed (${status}): ${stderr}`);
}

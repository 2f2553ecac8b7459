import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Lab } from '../index.js';
import { Api } from './api.js';
import { PlatformProcess } from './platform-process.js';
import { RealWorld } from './real-world.js';
import { SimulatedWorld } from './simulated-world.js';
import type { World } from './world.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
/** Tells this clone from others on the machine. */
export const CLONE = createHash('sha256').update(ROOT).digest('hex').slice(0, 5);
const CLEAN = path.join(ROOT, 'apps/bordergate/dist/clean-main.js');

/** The same folder for every run of this clone: a run finds what an interrupted one has left, and removes it. */
export const stageFolder = (name: string): string => path.join(tmpdir(), `bordergate-${name}-${CLONE}`);

/** A platform and the world around it, with a data folder and namespaces of their own. */
export interface Stage {
  readonly platform: PlatformProcess;
  readonly world: World;
  readonly api: Api;
  readonly dataDir: string;
  /** Ends and removes everything: processes, namespaces, data. Files of the lab stay for reading. */
  destroy(): Promise<void>;
}

export interface StageOptions {
  /** Everything lies under it; world-traversable, because the database runs as another user. */
  readonly dir: string;
  /** Two or three letters; with the clone's place it makes the names of all namespaces, so that two clones do not meet. */
  readonly name: string;
  readonly simulated: boolean;
  readonly region?: string;
  /** A world that is there already, with a platform of its own; it is not this stage's to destroy. */
  readonly beside?: RealWorld;
}

/** Sets the stage, after removing what an interrupted run of the same name has left. Does not start the platform yet. */
export async function createStage({ dir, name, simulated, region, beside }: StageOptions): Promise<Stage> {
  const unique = `${name}${CLONE}`;
  const netnsPrefix = `${unique}-`;
  const labPrefix = `${unique}l-`;
  const dataDir = path.join(dir, simulated ? 'simulated' : 'platform');
  const labDir = path.join(dir, 'lab');
  const nodeClean = () => cleanNode(dataDir, netnsPrefix, simulated);
  nodeClean();
  if (!simulated && !beside) await Lab.cleanup(labDir, labPrefix);
  for (const folder of [labDir, dataDir]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o755 });

  const node = { name: 'node-1', netnsPrefix, stateDir: path.join(dataDir, 'run') };
  const real = simulated ? undefined : beside ? beside.beside(node) : await RealWorld.create({ dir: labDir, prefix: labPrefix, node });
  const platform = await PlatformProcess.create({ dataDir, driver: simulated ? 'simulated' : 'libipsec', netnsPrefix, ...(real ? { uplinkNetns: real.uplink } : {}), ...(region ? { region } : {}) });
  const api = new Api(platform.url, platform.region);
  const world = real ?? new SimulatedWorld(platform.url, platform.region, async () => (await api.list('borderGateways'))[0]!.bgwId);
  return {
    platform, world, api, dataDir,
    async destroy() {
      const failures: unknown[] = [];
      // whatever fails, the rest is removed all the same
      for (const remove of [() => platform.stop(), async () => (beside ? undefined : world.destroy()), async () => nodeClean(), async () => rmSync(dataDir, { recursive: true, force: true })]) {
        await remove().catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw new AggregateError(failures, 'not everything could be removed');
    },
  };
}

/** The operator's command that takes a node out of service: removes every tunnel, gateway, daemon and the embedded database. */
export function cleanNode(dataDir: string, netnsPrefix: string, simulated: boolean): void {
  if (!existsSync(dataDir)) return;
  const { status, stderr } = spawnSync(process.execPath, [CLEAN], {
    encoding: 'utf8', env: { ...process.env, BORDERGATE_DATA_DIR: dataDir, BORDERGATE_NETNS_PREFIX: netnsPrefix, BORDERGATE_DRIVER: simulated ? 'simulated' : 'libipsec' },
  });
  if (status !== 0) throw new Error(`cleaning ${dataDir} failed (${status}): ${stderr}`);
}

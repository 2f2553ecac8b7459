import { setTimeout as sleep } from 'node:timers/promises';
import { http } from '@bordergate/contracts';
import { lostCommands } from '../demo/acknowledged.js';
import type { Api } from '../demo/api.js';
import type { DistributedStage } from '../demo/distributed/stage.js';
import { Reporter } from '../demo/report.js';
import { fibsAgree, type Site } from '../demo/walk.js';
import { Client } from '../fuzz/client.js';
import { query } from '../fuzz/database.js';
import { foldAnew } from '../fuzz/fresh-fold.js';
import { difference, type RegionSnapshot, snapshotOf, still } from '../fuzz/snapshot.js';
import { readTopics, recomputed } from './topics.js';

/** What is wrong after a fault, in words; nothing of it may be. */
export interface Findings {
  readonly lost: string[];
  readonly diverged: string[];
  readonly dropped: string[];
  /** Where the time went, in words. */
  readonly took: string;
}

/** Until what was decided has reached everyone. */
const SETTLE_MS = 120_000;

/** Holds the platform, once it has come to rest, against what was acknowledged, a recomputation from the log, and the wire. */
export class Verification {
  #tunnels: Map<string, string> | undefined;

  constructor(private readonly stage: DistributedStage, private readonly api: Api, private readonly site: Site) {}

  /** What must stay: the SAs and the sessions as they are now. */
  async remember(): Promise<void> {
    this.#tunnels = await this.#lives();
  }

  async findings(): Promise<Findings> {
    const took: string[] = [];
    const timed = async (name: string, look: () => Promise<string[]>) => {
      const began = Date.now();
      return look().finally(() => took.push(`${name} ${((Date.now() - began) / 1_000).toFixed(1)} s`));
    };
    const diverged = [
      ...(await timed('relayed', () => settled(() => this.#relayed()))), ...(await timed('tables', () => settled(() => this.#tables()))),
      ...(await timed('views', () => settled(() => this.#views()))), ...(await timed('kernels', () => settled(() => this.#kernels()))),
    ];
    const lost = await timed('commands', async () => [...(await lostCommands(this.api)), ...(await this.#madeTwice())]);
    return { diverged, lost, dropped: await timed('tunnels', () => this.#dropped()), took: took.join(', ') };
  }

  /** A request that was repeated under its key counts once. */
  async #madeTwice(): Promise<string[]> {
    const rows = await query<{ type: string; name: string }>(this.stage.cluster.databaseUrl, `select type, decision->>'name' as name from events where decision->>'name' ~ '^(day|branch)-' and type ~ '(Created|Added)$' group by 1, 2 having count(*) > 1`);
    return rows.map(({ type, name }) => `${type} ${name} happened twice`);
  }

  /** The topic has every decision of the log, and none beside. */
  async #relayed(): Promise<string[]> {
    const logged = await query<{ position: string }>(this.stage.cluster.databaseUrl, 'select position::text from events order by position');
    const relayed = new Set((await readTopics(this.stage.cluster.brokers)).positions);
    const missing = logged.filter(({ position }) => !relayed.delete(position)).map(({ position }) => position);
    return [...(missing.length > 0 ? [`${missing.length} decisions were not relayed: ${missing.slice(0, 10)}`] : []), ...(relayed.size > 0 ? [`${relayed.size} decisions of the topic are not in the log: ${[...relayed].slice(0, 10)}`] : [])];
  }

  /** The tables in Kafka are those of a router that has read everything just now. */
  async #tables(): Promise<string[]> {
    const { inputs, rows } = await readTopics(this.stage.cluster.brokers);
    const differs = difference(rows, await recomputed(inputs));
    return differs ? [`the tables in Kafka and their recomputation differ at ${differs}`] : [];
  }

  /** What the API says is a fresh fold of the log, whichever instance answers. */
  async #views(): Promise<string[]> {
    const { cluster } = this.stage;
    const snapshot = await snapshotOf(new Client(cluster.url), cluster.region);
    const problems = await foldAnew(cluster.databaseUrl, [snapshot]);
    for (const { name, url } of cluster.services.filter((service) => service.name.startsWith('routing'))) problems.push(...(await otherAnswers(name, new Client(url), snapshot)));
    return problems;
  }

  /** Kernel, worker and RIB say the same. */
  async #kernels(): Promise<string[]> {
    await fibsAgree(this.api, this.stage.world, new Reporter(() => undefined), this.site.bgwId, 'after a fault');
    return [];
  }

  /** Tunnels that were set up anew, or are not up. */
  async #dropped(): Promise<string[]> {
    const problems = await settled(async () => {
      const tunnels = await Promise.all(this.site.tunnelIds.map((id) => this.api.get(`vpnTunnels/${id}`)));
      return tunnels.filter(({ opStatus, bgpStatus }) => opStatus !== 'UP' || bgpStatus !== 'established').map(({ vpnTunnelId, opStatus, opReason, bgpStatus }) => `${vpnTunnelId} is ${opStatus} (${opReason}), BGP ${bgpStatus}`);
    });
    const before = this.#tunnels!;
    await this.remember(); // one that was dropped is told once
    return [...problems, ...[...before].filter(([id, life]) => this.#tunnels!.get(id) !== life).map(([id, life]) => `${id} had ${life}, and has ${this.#tunnels!.get(id)}`)];
  }

  /** Told by the cloud's charon and the customer's router, not by the platform. */
  async #lives(): Promise<Map<string, string>> {
    const { world } = this.stage;
    const sessions = await world.customerRouter.sessionsBegun();
    return new Map(await Promise.all(this.site.tunnelIds.map(async (id, i) => [id, `IKE SA ${(await world.ikeSaIds(id)).join('+')}, BGP session ${sessions[i]}`] as const)));
  }
}

async function otherAnswers(name: string, client: Client, { region, read }: RegionSnapshot): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, told] of Object.entries(read)) {
    const url = `/v1/regions/${region}/${path}`;
    if (http.SERVICE_PATHS.find((rule) => rule.path.test(url.split('?')[0]!))?.service !== 'routing') continue;
    const differs = difference(still(told), still(Array.isArray(told) ? await client.list(url, 200) : await client.get(url)));
    if (differs) problems.push(`${name} answers ${url} otherwise at ${differs}`);
  }
  return problems;
}

/** Nothing, as soon as there is nothing; what is wrong when patience ends. */
async function settled(look: () => Promise<string[]>): Promise<string[]> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const problems = await look().catch((error: Error) => [error.message]);
    if (problems.length === 0 || Date.now() > deadline) return problems;
    await sleep(500);
  }
}

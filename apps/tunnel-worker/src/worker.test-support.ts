import { type BgpObservation, type Decision, type Derivation, type JournalRecord, keyOf, type NodeSign, type Topic, TOPICS, TunnelOptions, type TunnelObservation, type TunnelSpec } from '@bordergate/contracts';
import { createLog, MemoryJournal } from '@bordergate/platform';
import { SimulatedDataPlane } from './simulated/data-plane.js';
import { SimulatedNode } from './simulated/node.js';
import { createTunnelWorker, type TunnelWorker, type TunnelWorkerOptions } from './worker.js';

export const REGION = 'region-1';
export const NODE = 'node-1';
export const GATEWAY = 'bgw-aaaaaaaaaa';
export const CONNECTION = 'vpn-aaaaaaaaaa';
export const [TUNNEL1, TUNNEL2] = ['tun-1111111111', 'tun-2222222222'] as const;
export const ATTACHMENT = 'vpcatt-aaaaaaaaaa';
export const CUSTOMER1 = '198.51.100.1';

export const spec = (tunnelId: string, changes: Partial<TunnelSpec> = {}): TunnelSpec => {
  const n = tunnelId === TUNNEL1 ? 1 : 2;
  return {
    tunnelId, cloudPublicIp: '203.0.113.1', node: NODE, customerIp: `198.51.100.${n}`, tunnelIp: `169.254.${n}.0/30`, localTunnelIp: `169.254.${n}.2`, remoteTunnelIp: `169.254.${n}.1`,
    localId: '203.0.113.1', remoteId: `198.51.100.${n}`, pskRef: `psk-${tunnelId}`, options: TunnelOptions.parse({}), ...changes,
  };
};

/** A gateway with a VPC, a BGP connection and two tunnels; and what the RIB derives from it. */
export const DECISIONS: Decision[] = [
  { type: 'VpcCreated', vpcId: 'vpc-aaaaaaaaaa', region: REGION, name: 'v', description: '', cidr: '10.1.0.0/16', mainRouteTableId: 'rtb-1' },
  { type: 'SubnetCreated', vpcId: 'vpc-aaaaaaaaaa', subnetId: 'subnet-1', name: 's', cidr: '10.1.0.0/24', routeTableId: 'rtb-1' },
  { type: 'BorderGatewayCreated', borderGatewayId: GATEWAY, region: REGION, name: 'g', description: '', bgpAsn: 65000 },
  { type: 'VpcAttached', borderGatewayId: GATEWAY, vpcAttachmentId: ATTACHMENT, vpcId: 'vpc-aaaaaaaaaa', name: 'a', propagateType: 'all', subnetIds: [] },
  {
    type: 'VpnConnectionCreated', vpnConnectionId: CONNECTION, region: REGION, name: 'c', description: '', borderGatewayId: GATEWAY, customerGatewayId: 'cgw-1', bgpEnabled: true,
    localAsn: 65000, customerAsn: 65010, cloudPublicIps: [], bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: false, bfdIntervalMs: 300, bfdMultiplier: 3 },
  },
  { type: 'TunnelAdded', vpnConnectionId: CONNECTION, tunnel: spec(TUNNEL1) },
  { type: 'TunnelAdded', vpnConnectionId: CONNECTION, tunnel: spec(TUNNEL2) },
  { type: 'StaticRouteAdded', borderGatewayId: GATEWAY, staticRouteId: 'bgwrt-1', destination: '10.3.0.0/24', nextHopType: 'vpn_connection', nextHopId: CONNECTION, description: '' },
];
export const DERIVATIONS: [Topic, string, Derivation][] = [
  [TOPICS.fib, keyOf.fib(GATEWAY, '10.1.0.0/24'), { type: 'FibEntryInstalled', region: REGION, borderGatewayId: GATEWAY, prefix: '10.1.0.0/24', nextHopType: 'vpc_attachment', routeType: 'propagated', nextHops: [{ kind: 'attachment', id: ATTACHMENT }], because: 'only-path' }],
  [TOPICS.ribOut, keyOf.ribOut(GATEWAY, TUNNEL1, '10.1.0.0/24'), { type: 'RouteAdvertised', region: REGION, borderGatewayId: GATEWAY, tunnelId: TUNNEL1, prefix: '10.1.0.0/24', because: 'attachment-route' }],
];

/** A platform of one node in memory: what other services would publish, a worker, and what it told. */
export class Lab {
  /** What the node's daemons were told. */
  readonly told: string[] = [];
  /** When each of them was told last, in ms. */
  readonly toldAt = new Map<string, number>();
  readonly node = new SimulatedNode({ tell: what => { this.toldAt.set(what, Date.now()); this.told.push(what); } });
  readonly observations: TunnelObservation[] = [];
  readonly ribIn = new Map<string, BgpObservation>();
  readonly samples: unknown[] = [];
  readonly signs: NodeSign[] = [];
  readonly errors: unknown[] = [];
  readonly fetched: string[] = [];
  journal = this.#newJournal();
  worker: TunnelWorker | undefined;
  #decided = 0;

  async decide(...decisions: Decision[]): Promise<void> {
    await this.journal.publish(TOPICS.decisions, decisions.map(decision => decisionRecord(decision, ++this.#decided)));
  }

  async derive(entries: [Topic, string, Derivation | null][]): Promise<void> {
    for (const [topic, key, derivation] of entries) await this.journal.publish(topic, [derivation ? eventRecord(key, derivation, key) : { key, partitionKey: GATEWAY, event: null }]);
  }

  async start(changes: Partial<TunnelWorkerOptions> = {}): Promise<TunnelWorker> {
    await this.#listen();
    return this.startAgain(changes);
  }

  /** Another worker on the same journal. */
  async startAgain(changes: Partial<TunnelWorkerOptions> = {}): Promise<TunnelWorker> {
    this.worker = await createTunnelWorker({
      journal: this.journal, region: REGION, node: NODE, dataPlane: new SimulatedDataPlane(this.node), sampleIntervalMs: 60_000, log: createLog('test', { level: 'silent' }),
      psks: async pskRef => { this.fetched.push(pskRef); return 'not a secret'; },
      loop: { settleMs: 50, lookMs: 100, sweepMs: 300 }, ...changes,
    });
    await this.worker.ready;
    return this.worker;
  }

  async stop(): Promise<void> {
    await this.worker?.close();
    await this.journal.close();
  }

  /** As after a crash of the process: the journal is empty again, and others publish anew. */
  async restart(): Promise<void> {
    await this.stop();
    this.journal = this.#newJournal();
    this.#decided = 0;
    this.observations.length = 0;
    this.ribIn.clear();
    this.fetched.length = 0;
    this.told.length = 0;
  }

  async bothUp(): Promise<void> {
    await until(() => this.status(TUNNEL1) === 'UP' && this.status(TUNNEL2) === 'UP' && [...this.ribIn.values()].filter(row => row.type === 'BgpSessionEstablished').length === 2);
  }

  status(tunnelId: string): string | undefined {
    const last = this.observations.findLast(o => o.type === 'TunnelOperStatusChanged' && o.tunnelId === tunnelId);
    return last?.type === 'TunnelOperStatusChanged' ? last.operStatus : undefined;
  }

  fib(): Record<string, string[]> {
    const last = this.observations.findLast(o => o.type === 'KernelFibObserved');
    return Object.fromEntries((last?.type === 'KernelFibObserved' ? last.entries : []).map(({ prefix, nextHops }) => [prefix, nextHops.map(hop => hop.id)]));
  }

  async #listen(): Promise<void> {
    const listen = (topic: Topic, take: (record: JournalRecord) => void) => this.journal.subscribe(topic, { name: 'lab', from: 'beginning' }, { batch: records => { for (const each of records) take(each); } });
    await listen(TOPICS.tunnelObservations, ({ event }) => this.observations.push(event!.data as TunnelObservation));
    await listen(TOPICS.samples, ({ event }) => this.samples.push(event!.data));
    await listen(TOPICS.nodes, ({ event }) => this.signs.push(event!.data as NodeSign));
    await listen(TOPICS.ribIn, ({ key, event }) => { if (event) this.ribIn.set(key, event.data as BgpObservation); else this.ribIn.delete(key); });
  }

  #newJournal(): MemoryJournal {
    return new MemoryJournal({ onError: error => this.errors.push(error) });
  }
}

export const eventRecord = (key: string, data: { type: string }, id: string): JournalRecord => ({
  key, partitionKey: key,
  event: { specversion: '1.0', id, source: '/test', type: data.type, subject: key, time: '2026-01-01T00:00:00.000Z', data, tenant: 'default', actor: 'test', correlationid: id, causationid: id, partitionkey: key },
});

/** All in one stream. */
export function decisionRecord(decision: Decision, position: number): JournalRecord {
  const { event, ...record } = eventRecord('stream', decision, `d-${position}`);
  return { ...record, event: { ...event!, sequence: String(position) } };
}

export async function until(condition: () => boolean, ms = 120_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${condition.toString()}`);
    await pause(5);
  }
}
export const pause = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms); });

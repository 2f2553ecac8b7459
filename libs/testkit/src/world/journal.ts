import {
  cloudEventType, keyOf, peerIdOf, streamOf, type BgpObservation, type CloudEvent, type Decision, type Derivation, type TunnelObservation,
} from '@bordergate/contracts';
import type { Random } from '../random.js';

/** One fact on its way. Order is only promised within a source: a stream, a node's word about a tunnel, a row of a table. */
interface Carried<Topic extends string, Data> {
  readonly topic: Topic;
  readonly source: string;
  readonly key: string;
  readonly id: string;
  readonly at: string;
  readonly position: bigint;
  readonly data: Data;
}
export type WorldFact =
  | Carried<'decisions', Decision>
  | Carried<'tunnel', TunnelObservation>
  | Carried<'bgp', BgpObservation | null>
  | Carried<'fib' | 'vpcRoutes' | 'ribOut' | 'limits', Derivation | null>;
type Message = WorldFact extends infer F ? (F extends WorldFact ? Pick<F, 'topic' | 'key' | 'data'> & { readonly source?: string } : never) : never;

/** All facts in the order they were told, and a queue per source for each reader. */
export class Journal {
  readonly facts: WorldFact[] = [];
  readonly sources = new Map<string, WorldFact[]>();
  readonly #readers = new Set<Reader>();

  publish(at: string, message: Message): void {
    const source = `${message.topic} ${message.source ?? message.key}`;
    const fact = { ...message, source, at, id: `e${this.facts.length + 1}`, position: BigInt(this.facts.length + 1) } as WorldFact;
    this.facts.push(fact);
    const queue = this.sources.get(source);
    if (queue) queue.push(fact);
    else this.sources.set(source, [fact]);
    for (const reader of this.#readers) reader.told(source);
  }

  reader(topics: readonly WorldFact['topic'][]): Reader {
    const reader = new Reader(this, new Set(topics));
    this.#readers.add(reader);
    return reader;
  }

  forget(reader: Reader): void {
    this.#readers.delete(reader);
  }
}

/** Where one consumer is in every source. */
export class Reader {
  readonly #next = new Map<string, number>();
  readonly #pending = new Set<string>();

  constructor(readonly journal: Journal, readonly topics: ReadonlySet<WorldFact['topic']>) {
    this.rewind();
  }

  get atEnd(): boolean {
    return this.#pending.size === 0;
  }

  told(source: string): void {
    if (this.topics.has(source.slice(0, source.indexOf(' ')) as WorldFact['topic'])) this.#pending.add(source);
  }

  /** Everything shall be read again, from the beginning. */
  rewind(): void {
    this.#next.clear();
    for (const source of this.journal.sources.keys()) this.told(source);
  }

  /** All that waits, as it was told. */
  takeAll(): WorldFact[] {
    const facts = [...this.#pending].flatMap((source) => this.#take(source, Infinity));
    return facts.sort((a, b) => (a.position < b.position ? -1 : 1));
  }

  /** A few facts of any source that has some; now and then it starts a little before where it was. */
  takeSome(random: Random): WorldFact[] {
    const source = [...this.#pending][random(this.#pending.size)]!;
    if (random(5) === 0) this.#next.set(source, Math.max(0, (this.#next.get(source) ?? 0) - random(3)));
    return this.#take(source, 1 + random(4));
  }

  #take(source: string, atMost: number): WorldFact[] {
    const queue = this.journal.sources.get(source)!;
    const from = this.#next.get(source) ?? 0;
    const facts = queue.slice(from, from + atMost);
    this.#next.set(source, from + facts.length);
    if (from + facts.length === queue.length) this.#pending.delete(source);
    return facts;
  }
}

/** The stream that a decision belongs to. */
export function streamOfDecision(decision: Decision): string {
  switch (decision.type) {
    case 'VpcCreated': case 'VpcUpdated': case 'SubnetCreated': case 'SubnetDeleted': case 'VpcRouteTableCreated': case 'VpcRouteTableDeleted':
    case 'SubnetRouteTableChanged': case 'RoutePropagationAdded': case 'RoutePropagationUpdated': case 'RoutePropagationRemoved': case 'VpcStaticRouteAdded': case 'VpcStaticRouteUpdated':
    case 'VpcStaticRouteRemoved': case 'VpcDeleted':
      return streamOf.vpc(decision.vpcId);
    case 'BorderGatewayCreated': case 'BorderGatewayUpdated': case 'TransitChanged': case 'VpcAttached': case 'VpcAttachmentUpdated': case 'VpcDetached': case 'StaticRouteAdded': case 'StaticRouteUpdated':
    case 'StaticRouteRemoved':
    case 'BorderGatewayDeleted':
      return streamOf.borderGateway(decision.borderGatewayId);
    case 'CustomerGatewayCreated': case 'CustomerGatewayUpdated': case 'CustomerGatewayDeleted':
      return streamOf.customerGateway(decision.customerGatewayId);
    case 'PublicAddressAdded': case 'PublicAddressRemoved': case 'PublicAddressesAllocated': case 'PublicAddressesReleased':
      return streamOf.addressPool(decision.region);
    case 'QuotaSet': case 'RegionPolicyChanged':
      return streamOf.region(decision.region);
    case 'VirtualInterfaceCreated': case 'VirtualInterfaceChanged': case 'VirtualInterfaceEnabled': case 'VirtualInterfaceDisabled': case 'VirtualInterfaceDeleted':
      return streamOf.virtualInterface(decision.vifId);
    default:
      return streamOf.vpnConnection(decision.vpnConnectionId);
  }
}

/** The key of an observation of tunnel.observations.v1, and the source it is in: a node only speaks for itself. */
export const placeOf = (observation: TunnelObservation): { key: string; source: string } => {
  const key = observation.type === 'KernelFibObserved' ? keyOf.kernelFib(observation.borderGatewayId, observation.node) : keyOf.tunnel(observation.borderGatewayId, peerIdOf(observation));
  return { key, source: `${key} from ${observation.node}` };
};

export const cloudEvent = <Data extends { readonly type: string }>({ id, source, key, at }: WorldFact, data: Data): CloudEvent<Data> => ({
  specversion: '1.0', id, source, type: cloudEventType(data.type), subject: key, time: at, data, tenant: 'default', actor: 'service:world', correlationid: id, causationid: id, partitionkey: key,
});

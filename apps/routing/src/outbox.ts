import { cloudEventType, streamOf, TOPICS, type CloudEvent, type Derivation, type JournalRecord, type Topic } from '@bordergate/contracts';
import { newUuid, NotOwner, rfc3339, type Clock } from '@bordergate/platform';
import { inOrder, type DerivationChange } from '@bordergate/routing-core';

/** The event that a change follows from. */
export interface Cause {
  readonly id: string;
  readonly correlationid: string;
}

const SOURCE = '/bordergate/routing';

/** The router's own tables. */
export const OUTPUTS = [TOPICS.fib, TOPICS.vpcRoutes, TOPICS.ribOut, TOPICS.limits] as const;

interface Pending {
  readonly change: DerivationChange;
  readonly cause: Cause;
}

/** Who may publish what, at the moment. */
export interface RowOwner {
  owns(partitionKey: string): boolean;
  publish(topic: Topic, records: readonly JournalRecord[]): Promise<void>;
}

/** Rows of a gateway, or of a VPC route table, are in one partition of all topics: of a value and of its tombstone. */
export const partitionKeyOf = (key: string): string => key.slice(0, key.indexOf('/'));

/**
 * Changes on their way into the journal. A change stays here until the journal has accepted it, because the router says
 * it only once: when publishing fails, the next flush tries again. What changes again meanwhile goes out as it is then.
 */
export class Outbox {
  readonly #pending = new Map<string, Pending>();
  readonly #tenants = new Map<string, string>();
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly owner: RowOwner, private readonly clock: Clock, private readonly onPublished: (topic: Topic, records: number) => void) {}

  /** Whose a stream is: what follows from it belongs to the same tenant. */
  belongs(stream: string, tenant: string): void {
    this.#tenants.set(stream, tenant);
  }

  add(changes: Iterable<DerivationChange>, cause: Cause): void {
    for (const change of changes) this.#pending.set(`${change.topic} ${change.key}`, { change, cause });
  }

  /**
   * Forgets what is not ours to publish any more: whoever it belongs to compares the whole table.
   * @returns whether there was any
   */
  prune(): boolean {
    const before = this.#pending.size;
    for (const [id, { change }] of this.#pending) if (!this.owner.owns(partitionKeyOf(change.key))) this.#pending.delete(id);
    return this.#pending.size < before;
  }

  /** Resolves when all that was added is accepted, or is another's to publish; flushes wait for one another, so the order of law 5 holds over them. */
  flush(): Promise<void> {
    this.#turn = this.#turn.catch(() => undefined).then(() => this.#drain());
    return this.#turn;
  }

  async #drain(): Promise<void> {
    while (this.#pending.size > 0) {
      for (const changes of runs(inOrder([...this.#pending.values()].map((pending) => pending.change)))) {
        const topic = OUTPUTS.find((output) => output.name === changes[0]!.topic)!;
        const batch = changes.map((change) => this.#pending.get(`${change.topic} ${change.key}`)!);
        if (!(await this.#publish(topic, batch))) break; // what is still ours is looked through anew
        for (const pending of batch) {
          const key = `${pending.change.topic} ${pending.change.key}`;
          if (this.#pending.get(key) === pending) this.#pending.delete(key);
        }
        this.onPublished(topic, batch.length);
      }
    }
  }

  /**
   * False when some of it has gone to another owner.
   * @throws NotOwner when all of it is still ours, but not to write at this moment: whoever asks again at once asks for ever
   */
  async #publish(topic: Topic, batch: readonly Pending[]): Promise<boolean> {
    try {
      await this.owner.publish(topic, batch.map((pending) => this.#record(pending)));
      return true;
    } catch (error) {
      if (error instanceof NotOwner && this.prune()) return false;
      throw error;
    }
  }

  #record({ change: { key, value }, cause }: Pending): JournalRecord<Derivation> {
    const partitionKey = partitionKeyOf(key);
    return { key, partitionKey, event: value && this.#event(value, partitionKey, cause) };
  }

  #event(data: Derivation, partitionkey: string, cause: Cause): CloudEvent<Derivation> {
    const subject = subjectOf(data);
    return {
      specversion: '1.0', id: newUuid(), source: SOURCE, type: cloudEventType(data.type), subject, time: rfc3339(this.clock), data,
      tenant: this.#tenants.get(subject) ?? 'default', actor: 'service:routing', correlationid: cause.correlationid, causationid: cause.id, partitionkey,
    };
  }
}

function subjectOf(data: Derivation): string {
  switch (data.type) {
    case 'VpcRoutePropagated': return streamOf.vpc(data.vpcId);
    case 'RouteLimitReached': return data.quotaType === 'bgw_propagated_route' ? streamOf.borderGateway(data.resourceId) : data.resourceId;
    default: return streamOf.borderGateway(data.borderGatewayId);
  }
}

/** Neighbours of the same topic together. */
function runs(changes: readonly DerivationChange[]): DerivationChange[][] {
  const result: DerivationChange[][] = [];
  for (const change of changes) {
    if (result.at(-1)?.[0]?.topic === change.topic) result.at(-1)!.push(change);
    else result.push([change]);
  }
  return result;
}

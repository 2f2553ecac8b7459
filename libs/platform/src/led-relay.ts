import { Gauge, type Registry } from 'prom-client';
import { postgresCheckpoint } from './checkpoint.js';
import { Leadership } from './leadership.js';
import { measureRelay, Relay, type RelayOptions } from './relay.js';

export interface LedRelayOptions extends Omit<RelayOptions, 'checkpoint' | 'registry'> {
  readonly databaseUrl: string;
  readonly schema: string;
  /** Of the checkpoint, and of what is led. */
  readonly name: string;
  readonly registry: Registry;
}

const CHANNEL = 'bordergate_committed';

/**
 * The relay of a service that runs several times: one of the processes publishes, another takes over when it is gone. The checkpoint is saved
 * through the session that holds the lock, so one that has lost it saves nothing; what it had published at that moment goes out twice
 * (law 4), and may arrive behind what the new leader published: consumers know a decision by its position.
 */
export class LedRelay {
  readonly #leadership: Leadership;
  #relay: Relay | undefined;

  constructor(private readonly options: LedRelayOptions) {
    const { databaseUrl, schema, name, log, registry, db } = options;
    this.#leadership = new Leadership({ databaseUrl, schema, what: name, log, channel: CHANNEL });
    measureRelay(registry, db, async () => this.#relay?.position || postgresCheckpoint(db, name).load());
    const relay = this;
    new Gauge({ name: 'bordergate_relay_leader', help: '1 where the relay is led, 0 where it stands by', registers: [registry], collect() { this.set(Number(relay.leads)); } });
  }

  get leads(): boolean {
    return this.#relay !== undefined;
  }

  start(): void {
    const { databaseUrl: _, schema: __, registry: ___, name, ...options } = this.options;
    this.#leadership.start(async (term) => {
      const relay = new Relay({ ...options, checkpoint: postgresCheckpoint(term.session, name) });
      term.onNotify = () => relay.poke();
      this.#relay = relay;
      try {
        await relay.tail(term.over);
      } finally {
        this.#relay = undefined;
      }
    });
  }

  /** Something was committed: the leader, whoever it is, need not wait for its next look. */
  async committed(): Promise<void> {
    if (this.#relay) this.#relay.poke();
    else await this.options.db.query(`notify ${CHANNEL}`);
  }

  /** Ends after the batch under way. */
  stop(): Promise<void> {
    return this.#leadership.stop();
  }
}

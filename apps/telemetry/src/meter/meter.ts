import { cloudEventType, Decision, keyOf, TOPICS, type CloudEvent, type JournalRecord, type UsageMetered } from '@bordergate/contracts';
import { inTerm, Leadership, pausing, type Clock, type Journal, type Log, type Sql, type Term } from '@bordergate/platform';
import { AT, Lives, type Life } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import type { Directory } from '../store/directory.js';
import type { SeriesReader } from '../series/series-reader.js';
import { SCHEMA } from '../store/migrations.js';
import { SeriesStore } from '../store/series-store.js';

export interface MeterOptions {
  readonly db: DataSource;
  readonly databaseUrl: string;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly series: SeriesReader;
  readonly tenant: string;
  /** How often it looks whether an hour can be metered. */
  readonly pollMs: number;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;
/** After the hour, for samples that are late. */
const GRACE_MS = 300_000;
const AFTER_ERROR_MS = 5_000;
const MANY = 500;

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS);

/**
 * Meters each hour that is over: how long there were which connections and tunnels, and what left through them. What it finds is stored first, once per
 * hour and resource, and stays until it is published: a crash in between publishes the same event again, under the same id. It begins with the hour in
 * which it is switched on first, and goes on with the one at which it stopped, as far as there are series.
 */
export class Meter {
  readonly #lives = new Lives();
  readonly #leadership: Leadership;
  #subscription: { close(): Promise<void> } | undefined;

  constructor(private readonly options: MeterOptions) {
    const { databaseUrl, log } = options;
    this.#leadership = new Leadership({ databaseUrl, schema: SCHEMA.name, what: 'telemetry/meter', log });
  }

  async start(): Promise<void> {
    const { db, clock } = this.options;
    await db.query('insert into meter_progress (hour) values ($1) on conflict do nothing', [hourOf(clock.now())]);
    let caughtUp!: () => void;
    const read = new Promise<void>((resolve) => { caughtUp = resolve; });
    this.#subscription = await this.options.journal.subscribe(TOPICS.decisions, { name: 'telemetry/meter', from: 'beginning' }, {
      batch: async (records) => { for (const { event } of records) this.#fold(event as CloudEvent | null); },
      caughtUp,
    });
    this.#leadership.start(async (term) => {
      if (await inTerm(read, term)) await this.#run(term);
    });
  }

  async stop(): Promise<void> {
    await this.#leadership.stop();
    await this.#subscription?.close();
  }

  /** Unreadable ones are parked by who folds the present states. */
  #fold(event: CloudEvent | null): void {
    const decision = Decision.safeParse(event?.data);
    if (event && decision.success) this.#lives.decision({ data: decision.data, time: event.time });
  }

  async #run({ over }: Term): Promise<void> {
    while (!over.aborted) {
      let pause = this.options.pollMs;
      try {
        while (await this.meter());
        await this.publish();
      } catch (error) {
        if (over.aborted) return;
        this.options.log.error('usage is not metered; will try again', { error });
        pause = AFTER_ERROR_MS;
      }
      await pausing(pause, over);
    }
  }

  /** Stores the next hour, once it is over and its samples are stored. @returns whether there was one */
  async meter(): Promise<boolean> {
    const { db, clock, retentionDays } = this.options;
    const drawn = (await SeriesStore.drawnMs(db.manager)) ?? 0;
    // An hour whose series are gone would be metered without what was carried in it.
    await db.query('update meter_progress set hour = $1 where hour < $1', [hourOf(clock.now()) - 24 * retentionDays]);
    const [{ hour }]: [{ hour: number }] = await db.query('select hour from meter_progress');
    if ((hour + 1) * HOUR_MS + GRACE_MS > Math.min(drawn, clock.now())) return false;
    const used = await this.#used(hour);
    await db.transaction(async (tx) => {
      const moved: unknown[] = await tx.query('with moved as (update meter_progress set hour = hour + 1 where hour = $1 returning 1) select 1 from moved', [hour]);
      if (moved.length === 0) throw new Error('another process has metered the same hour');
      await tx.query('insert into usage (hour, resource_id, bgw_id, at_ms, content) select $1, * from unnest($2::text[], $3::text[], $4::bigint[], $5::json[])', [
        hour, used.map(({ id }) => id), used.map(({ usage }) => usage.borderGatewayId), used.map(() => clock.now()), used.map(({ usage }) => JSON.stringify(usage)),
      ]);
    });
    return true;
  }

  async #used(hour: number): Promise<{ id: string; usage: UsageMetered }[]> {
    const [startMs, endMs] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
    const there = this.#lives.within(startMs, endMs);
    const egress = await this.#egress(there.map(({ life }) => life).filter(({ kind }) => kind === 'vpnTunnel'), startMs, endMs);
    return there.map(({ life: { kind, id, region, borderGatewayId, vpnConnectionId }, seconds }) => {
      const common = { region, borderGatewayId, vpnConnectionId, hour: new Date(startMs).toISOString(), seconds };
      return { id, usage: kind === 'vpnConnection' ? { type: 'ConnectionHourMetered', ...common } : { type: 'TunnelHourMetered', ...common, tunnelId: id, egressBytes: egress.get(id) ?? 0 } };
    });
  }

  /** Removed ones included: what they carried until then was carried. */
  async #egress(tunnels: readonly Life[], startMs: number, endMs: number): Promise<Map<string, number>> {
    const { db, directory, series } = this.options;
    const wanted = new Set(tunnels.map(({ id }) => id));
    const bytes = new Map<string, number>();
    for (const region of new Set(tunnels.map((life) => life.region))) {
      const rows = (await directory.tunnelsOf(db.manager, { region })).filter(({ tunnelId }) => wanted.has(tunnelId));
      for (let first = 0; first < rows.length; first += MANY) {
        for (const [id, [point]] of await series.ofTunnels(rows.slice(first, first + MANY), { startMs, endMs, stepMs: HOUR_MS })) bytes.set(id, point?.[AT.sums[3]] ?? 0);
      }
    }
    return bytes;
  }

  /** What is stored is not published yet. */
  async publish(): Promise<void> {
    const { db, journal } = this.options;
    for (;;) {
      const rows: { hour: number; resource_id: string; bgw_id: string; at_ms: string; content: UsageMetered }[] = await db.query('select hour, resource_id, bgw_id, at_ms::text, content from usage order by hour, resource_id limit $1', [MANY]);
      if (rows.length === 0) return;
      await journal.publish(TOPICS.usage, rows.map((row) => this.#record(row)));
      await forget(db, rows);
    }
  }

  #record({ resource_id, bgw_id, at_ms, content }: { resource_id: string; bgw_id: string; at_ms: string; content: UsageMetered }): JournalRecord<UsageMetered> {
    const id = `usage/${resource_id}/${content.hour}`;
    return {
      key: keyOf.usage(resource_id, content.hour), partitionKey: bgw_id,
      event: {
        specversion: '1.0', id, source: '/bordergate/telemetry', type: cloudEventType(content.type), subject: resource_id, time: new Date(Number(at_ms)).toISOString(), data: content,
        tenant: this.options.tenant, actor: 'service:telemetry', correlationid: id, causationid: id, partitionkey: bgw_id,
      },
    };
  }
}

const forget = (db: Sql, rows: readonly { hour: number; resource_id: string }[]): Promise<unknown> =>
  db.query('delete from usage using unnest($1::int[], $2::text[]) as done (hour, resource_id) where usage.hour = done.hour and usage.resource_id = done.resource_id', [rows.map(({ hour }) => hour), rows.map(({ resource_id }) => resource_id)]);

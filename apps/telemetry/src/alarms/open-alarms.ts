import { forgetIdempotencyKeys, inTerm, Leadership, OptionError, pausing, Vault, type Clock, type Log, type Term, type VaultKeys } from '@bordergate/platform';
import type { RouteLimits, TunnelStates } from '@bordergate/telemetry-core';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { MetricsService } from '../series/metrics.service.js';
import type { SeriesReader } from '../series/series-reader.js';
import { SCHEMA } from '../store/migrations.js';
import { AddressGuard } from './address-guard.js';
import { AlarmReader } from './alarm-reader.js';
import { LookedAlready } from './alarm-store.js';
import { AlarmEngine } from './engine.js';
import { Notifier } from './notifier.js';
import { PeriodReader } from './period-reader.js';
import { secretContext } from './rule-rows.js';
import { RuleStore } from './rule-store.js';

export interface AlarmsOptions {
  readonly db: DataSource;
  readonly databaseUrl: string;
  readonly states: TunnelStates;
  readonly limits: RouteLimits;
  readonly metrics: MetricsService;
  readonly series: SeriesReader;
  readonly vaultKeys: VaultKeys;
  /** Prefixes that webhooks may lead to although they are this machine's or its segment's. */
  readonly webhookAllow: readonly string[];
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

export const TENANT = 'default';
const POLL_MS = 2_000;
const AFTER_ERROR_MS = 5_000;
const TIDY_EVERY_MS = 3_600_000;
const KEEP_KEYS_MS = 86_400_000;

/** Rules, the look at them, and who is told. Of several processes one looks and tells; all answer. */
export async function openAlarms(options: AlarmsOptions) {
  const { db, databaseUrl, states, limits, metrics, series, vaultKeys, webhookAllow, retentionDays, clock, log, registry } = options;
  const vault = new Vault(vaultKeys);
  await mustKnowItsKeys(db, vault, vaultKeys);
  const guard = new AddressGuard(webhookAllow);
  const engine = new AlarmEngine({ db, states, limits, periods: new PeriodReader(db, metrics, series), tenant: TENANT, clock, log });
  const tries = new Counter({ name: 'bordergate_alarm_notifications_total', help: 'tries to deliver a notification of an alarm', labelNames: ['result'], registers: [registry] });
  const notifier = new Notifier({ vault, guard, clock, log, tries });
  const leadership = new Leadership({ databaseUrl, schema: SCHEMA.name, what: 'telemetry/alarms', log });
  new Gauge({ name: 'bordergate_alarms', help: 'alarms (a rule and one of its resources) by state and level; of the process that looks at them', labelNames: ['state', 'level'], registers: [registry], collect() {
    this.reset();
    if (leadership.leads) for (const [key, count] of engine.counts()) this.set({ state: key.split(' ')[0]!, level: key.split(' ')[1]! }, count);
  } });
  let looking: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = looking.then(work);
    looking = mine.catch(() => undefined); // it is the caller's
    return mine;
  };
  const look = () => inTurn(() => engine.look());
  const lookOn = async ({ over }: Term): Promise<void> => {
    let tidied = Number.NEGATIVE_INFINITY;
    while (!over.aborted) {
      let pause = POLL_MS;
      try {
        await look();
        if (clock.now() - tidied >= TIDY_EVERY_MS) {
          tidied = clock.now();
          await tidy(db, clock.now(), retentionDays);
        }
      } catch (error) {
        if (error instanceof LookedAlready || over.aborted) throw error;
        log.error('alarms are not looked at; will try again', { error });
        pause = AFTER_ERROR_MS;
      }
      await pausing(pause, over);
    }
  };
  return {
    rules: new RuleStore({ db, states, vault, guard, tenant: TENANT, clock }), reader: new AlarmReader(db, TENANT, retentionDays, clock), look,
    /** @param folded the states hold what happened before: until then, everything would seem to be gone */
    start(folded: Promise<void>): void {
      leadership.start(async (term) => {
        if (!(await inTerm(folded, term))) return;
        await inTurn(() => engine.resume());
        await Promise.all([lookOn(term), notifier.run(term)]);
      });
    },
    stop: () => leadership.stop(),
  };
}

/** Said at the start, not when somebody has to be told; and secrets under older keys are put under the current one, so that those can go. */
async function mustKnowItsKeys(db: DataSource, vault: Vault, { byId, current }: VaultKeys): Promise<void> {
  await db.transaction(async (tx) => {
    const rows: { id: string; sealed: string }[] = await tx.query('select id, webhook_secret as sealed from alarm_rule where webhook_secret is not null for update');
    const unknown = [...new Set(rows.map(({ sealed }) => vault.keyIdOf(sealed)))].filter((keyId) => !byId.has(keyId));
    if (unknown.length > 0) throw new OptionError(`BORDERGATE_VAULT_KEYS has no key ${unknown.join(', nor ')}, with which secrets of webhooks are sealed`);
    for (const { id, sealed } of rows) if (vault.keyIdOf(sealed) !== current) await tx.query('update alarm_rule set webhook_secret = $2 where id = $1', [id, vault.reseal(sealed, secretContext(id))]);
  });
}

async function tidy(db: DataSource, now: number, retentionDays: number): Promise<void> {
  await db.query("delete from alarm_history where at_ms < $1 and notification <> 'pending'", [now - retentionDays * 86_400_000]);
  await forgetIdempotencyKeys(db.manager, new Date(now - KEEP_KEYS_MS));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { http } from '@bordergate/contracts';
import { isRejection, reject, sameData, type Rejection } from '@bordergate/kernel';
import { handle, RejectionError, rfc3339, type Clock, type Handled, type Idempotency, type Sql, type Vault } from '@bordergate/platform';
import type { TunnelStates } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import type { AddressGuard } from './address-guard.js';
import { forbiddenUrl, unknownResource, unwatchable } from './rule-checks.js';
import { newRuleId, RULE_COLUMNS, ruleOf, secretContext, type RuleContent, type RuleRow } from './rule-rows.js';

export interface RuleStoreOptions {
  readonly db: DataSource;
  readonly states: TunnelStates;
  readonly vault: Vault;
  readonly guard: AddressGuard;
  readonly tenant: string;
  readonly clock: Clock;
}
export interface Versioned {
  readonly rule: http.AlarmRule;
  readonly version: number;
}
interface Secret { readonly webhook_url: string | null; readonly webhook_secret: string | null }

const ID = /^[a-z0-9-]{1,64}$/;
const MAX_RULES = 500;
/** A resource that was made a moment ago is on its way here. */
const NEWS_TRIES = 10;
const NEWS_MS = 200;

/** The rules of a region, as the API changes them. Changes of one region are made one after the other. */
export class RuleStore {
  constructor(private readonly options: RuleStoreOptions) {}

  async list(region: string): Promise<http.AlarmRule[]> {
    const { db, tenant } = this.options;
    const rows: RuleRow[] = await db.query(`select ${RULE_COLUMNS} from alarm_rule where tenant = $1 and region = $2 order by created_ms, id`, [tenant, region]);
    return rows.map(ruleOf);
  }

  async get(region: string, id: string): Promise<Versioned> {
    return shown(await this.#row(this.options.db.manager, region, id));
  }

  async create(region: string, { webhook, enabled, ...content }: http.CreateAlarmRule, requestId: string, idempotency?: Idempotency): Promise<Handled<Versioned>> {
    await this.#mustBeWatchable(region, content);
    return this.#change(region, requestId, async (tx) => {
      const { tenant, clock } = this.options;
      const [{ n }] = await tx.query('select count(*)::int as n from alarm_rule where tenant = $1 and region = $2', [tenant, region]);
      if (n >= MAX_RULES) return reject('quota-exceeded', `at most ${MAX_RULES} alarm rules in a region; there are ${n}`, 'region');
      const id = newRuleId();
      const sealed = this.#sealed(id, webhook, null);
      if (isRejection(sealed)) return sealed;
      const now = clock.now();
      await tx.query('insert into alarm_rule (id, tenant, region, version, enabled, content, webhook_url, webhook_secret, created_ms, updated_ms) values ($1, $2, $3, 1, $4, $5, $6, $7, $8, $8)', [
        id, tenant, region, enabled, JSON.stringify(content), sealed.webhook_url, sealed.webhook_secret, now,
      ]);
      return shown(await this.#row(tx, region, id));
    }, idempotency);
  }

  async update(region: string, id: string, { webhook, ...change }: http.UpdateAlarmRule, seen: readonly number[] | undefined, requestId: string): Promise<Versioned> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<RuleContent>;
    const before = await this.#row(this.options.db.manager, region, id);
    if (given.resources || given.conditions) await this.#mustBeWatchable(region, { ...before.content, ...given });
    return this.#edit(region, id, seen, requestId, (row) => {
      const sealed = webhook === undefined ? row : this.#sealed(id, webhook, row);
      return isRejection(sealed) ? sealed : { enabled: row.enabled, content: { ...row.content, ...given }, webhook_url: sealed.webhook_url, webhook_secret: sealed.webhook_secret };
    });
  }

  enable(region: string, id: string, enabled: boolean, seen: readonly number[] | undefined, requestId: string): Promise<Versioned> {
    return this.#edit(region, id, seen, requestId, ({ content, webhook_url, webhook_secret }) => ({ enabled, content, webhook_url, webhook_secret }));
  }

  async remove(region: string, id: string, seen: readonly number[] | undefined, requestId: string): Promise<void> {
    await this.#change<null>(region, requestId, async (tx) => {
      const refused = unmet(await this.#row(tx, region, id), seen);
      if (refused) return refused;
      await tx.query('delete from alarm_rule where id = $1', [id]);
      return null;
    });
  }

  async #edit(region: string, id: string, seen: readonly number[] | undefined, requestId: string, make: (row: RuleRow) => ({ enabled: boolean; content: RuleContent } & Secret) | Rejection): Promise<Versioned> {
    const { answer } = await this.#change(region, requestId, async (tx) => {
      const row = await this.#row(tx, region, id);
      const refused = unmet(row, seen);
      if (refused) return refused;
      const made = make(row);
      if (isRejection(made)) return made;
      if (made.enabled === row.enabled && sameData(made.content, row.content) && made.webhook_url === row.webhook_url && made.webhook_secret === row.webhook_secret) return shown(row);
      await tx.query('update alarm_rule set version = version + 1, enabled = $2, content = $3, webhook_url = $4, webhook_secret = $5, updated_ms = $6 where id = $1', [
        id, made.enabled, JSON.stringify(made.content), made.webhook_url, made.webhook_secret, this.options.clock.now(),
      ]);
      return shown(await this.#row(tx, region, id));
    });
    return answer;
  }

  async #change<T>(region: string, requestId: string, work: (tx: Sql) => Promise<T | Rejection>, idempotency?: Idempotency): Promise<Handled<T>> {
    const { db, tenant, clock } = this.options;
    const meta = { actor: 'anonymous', tenant, at: rfc3339(clock), causationId: requestId, correlationId: requestId };
    const handled = await handle<T>(db, { lockKey: `alarms/${tenant}/${region}`, meta, work: ({ tx }) => work(tx), ...(idempotency ? { idempotency } : {}) });
    if (isRejection(handled)) throw new RejectionError(handled);
    return handled;
  }

  async #row(db: Sql, region: string, id: string): Promise<RuleRow> {
    const [row] = ID.test(id) ? await db.query(`select ${RULE_COLUMNS} from alarm_rule where tenant = $1 and region = $2 and id = $3`, [this.options.tenant, region, id]) : [];
    if (!row) throw new RejectionError(reject('not-found', `there is no alarm rule ${id.slice(0, 64)} in ${region}`));
    return row;
  }

  async #mustBeWatchable(region: string, content: Pick<RuleContent, 'resources' | 'conditions'>): Promise<void> {
    let refused = unwatchable(content);
    for (let attempt = 1; !refused; attempt++) {
      const unknown = unknownResource(content.resources, region, this.options.states);
      if (!unknown) return;
      if (attempt === NEWS_TRIES) refused = unknown;
      else await sleep(NEWS_MS);
    }
    throw new RejectionError(refused);
  }

  #sealed(ruleId: string, webhook: http.UpdateAlarmRule['webhook'], before: Secret | null): Secret | Rejection {
    if (!webhook) return { webhook_url: null, webhook_secret: null };
    const forbidden = forbiddenUrl(webhook.url, this.options.guard);
    if (forbidden) return forbidden;
    if (webhook.secret !== undefined) return { webhook_url: webhook.url, webhook_secret: this.options.vault.seal(webhook.secret, secretContext(ruleId)) };
    if (!before?.webhook_secret) return reject('secret-required', 'there is none yet that could stay', 'webhook.secret');
    return { webhook_url: webhook.url, webhook_secret: before.webhook_secret };
  }
}

const shown = (row: RuleRow): Versioned => ({ rule: ruleOf(row), version: row.version });

const unmet = ({ version }: RuleRow, seen: readonly number[] | undefined): Rejection | undefined =>
  !seen || seen.includes(version) ? undefined : reject('version-mismatch', `the alarm rule is at version ${version}; read it again`, 'If-Match');

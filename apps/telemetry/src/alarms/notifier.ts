import { pausing, VaultError, type Clock, type Log, type Sql, type Term, type Vault } from '@bordergate/platform';
import type { Counter } from 'prom-client';
import type { AddressGuard } from './address-guard.js';
import { secretContext } from './rule-rows.js';
import { deliver, type Failure } from './webhook.js';

/** After each failed try: some 14 hours in all, so that a receiver that is away for a night gets what happened. */
export const PAUSES_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 14_400_000, 28_800_000];
const POLL_MS = 1_000;
const AFTER_ERROR_MS = 5_000;
/** Tried at once: one receiver that does not answer must not stop the others for long. */
const MANY = 32;

export interface NotifierOptions {
  readonly vault: Vault;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly log: Log;
  readonly tries: Counter<'result'>;
  readonly timeoutMs?: number;
}

interface Due {
  readonly no: string;
  readonly rule_id: string;
  readonly notice_id: string;
  readonly body: string;
  readonly attempts: number;
  readonly webhook_url: string | null;
  readonly webhook_secret: string | null;
}

/**
 * Sends what the history holds for sending. At least once: a message whose answer was lost, or not stored, comes again under the same id. Of one
 * alarm in order: what comes after waits for what came before, until that is delivered or given up.
 */
export class Notifier {
  constructor(private readonly options: NotifierOptions) {}

  async run(term: Pick<Term, 'session' | 'over'>): Promise<void> {
    while (!term.over.aborted) {
      let pause = POLL_MS;
      try {
        if ((await this.sendDue(term.session)) > 0) continue;
      } catch (error) {
        if (term.over.aborted) return;
        this.options.log.error('notifications are not sent; will try again', { error });
        pause = AFTER_ERROR_MS;
      }
      await pausing(pause, term.over);
    }
  }

  /** @param session is fenced: who does not lead any more writes nothing. @returns how many were tried */
  async sendDue(session: Sql): Promise<number> {
    const { clock } = this.options;
    const due: Due[] = await session.query(
      `select no::text, rule_id, notice_id, body, attempts, webhook_url, webhook_secret from (
         select distinct on (rule_id, resource_id) * from alarm_history where notification = 'pending' order by rule_id, resource_id, no
       ) as first left join alarm_rule on alarm_rule.id = rule_id where next_ms <= $1 order by next_ms, no limit ${MANY}`,
      [clock.now()],
    );
    await Promise.all(due.map((each) => this.#send(session, each)));
    return due.length;
  }

  async #send(session: Sql, due: Due): Promise<void> {
    const { clock, log, tries } = this.options;
    const { failure, final } = await this.#tried(due);
    const attempts = due.attempts + 1;
    const pause = final ? undefined : PAUSES_MS[attempts - 1];
    const result = failure === undefined ? 'delivered' : pause === undefined ? 'failed' : 'pending';
    tries.inc({ result: result === 'pending' ? 'retried' : result });
    if (result === 'failed') log.warn('a notification is given up', { alarmRuleId: due.rule_id, webhookId: due.notice_id, attempts, because: failure });
    await session.query('update alarm_history set notification = $2, attempts = $3, next_ms = $4, failure = $5, body = case when $2 = \'pending\' then body end where no = $1', [
      due.no, result, attempts, pause === undefined ? null : clock.now() + pause, failure?.replaceAll('\0', '') ?? null,
    ]);
  }

  /** Where it goes is asked at each try: a wrong address that is put right gets what waits. */
  async #tried({ rule_id, notice_id, body, webhook_url, webhook_secret }: Due): Promise<{ failure: Failure; final: boolean }> {
    const { vault, guard, clock, timeoutMs } = this.options;
    if (webhook_url === null || webhook_secret === null) return { failure: 'the rule is deleted, or has no webhook any more', final: true };
    try {
      const secret = vault.open(webhook_secret, secretContext(rule_id));
      return { failure: await deliver({ url: webhook_url, secret, id: notice_id, body, at: clock.now() }, guard, timeoutMs), final: false };
    } catch (error) {
      if (error instanceof VaultError) return { failure: 'the secret cannot be opened with the vault keys of this process', final: false };
      throw error;
    }
  }
}

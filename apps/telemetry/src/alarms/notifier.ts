import { pausing, VaultError, type Clock, type Log, type Sql, type Term, type Vault } from '@bordergate/platform';
import type { Counter } from 'prom-client';
import type { AddressGuard } from './address-guard.js';
import { awaited, due, giveUp, note, type Awaited, type Waiting } from './outbox.js';
import { Receivers } from './receivers.js';
import { secretContext } from './rule-rows.js';
import { deliver, type Outcome } from './webhook.js';

/** After each failed try: some 14 hours in all, so that a receiver that is away for a night gets what happened. */
export const PAUSES_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 14_400_000, 28_800_000];
const POLL_MS = 1_000;
const AFTER_ERROR_MS = 5_000;
/** Under way to all receivers together. */
const AT_ONCE = 128;
/** Looks add to what waits once a minute. */
const GIVE_UP_EVERY_MS = 60_000;

export interface NotifierOptions {
  readonly vault: Vault;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly log: Log;
  readonly tries: Counter<'result'>;
  readonly timeoutMs?: number;
}

/** What is sent, and where. */
interface Notification extends Waiting, Awaited {
  readonly origin: string;
}

/**
 * Sends what the history holds for sending. At least once: a message whose answer was lost, or not stored, comes again under the same id. Of one
 * alarm in order: what comes after waits for what came before, until that is delivered or given up. No receiver waits for another.
 */
export class Notifier {
  readonly #receivers = new Receivers();
  readonly #underWay = new Map<string, Promise<void>>();
  #gaveUp = Number.NEGATIVE_INFINITY;
  #wake = new AbortController();

  constructor(private readonly options: NotifierOptions) {}

  /** @param term its session is fenced: who does not lead any more writes nothing */
  async run({ session, over }: Pick<Term, 'session' | 'over'>): Promise<void> {
    over.addEventListener('abort', () => this.#wake.abort(), { once: true });
    while (!over.aborted) {
      this.#wake = new AbortController();
      try {
        await this.#giveUp(session);
        await this.#begin(session, over);
        await pausing(POLL_MS, this.#wake.signal);
      } catch (error) {
        if (over.aborted) break;
        this.options.log.error('notifications are not sent; will try again', { error });
        await pausing(AFTER_ERROR_MS, over);
      }
    }
    await Promise.all(this.#underWay.values());
  }

  async #giveUp(session: Sql): Promise<void> {
    const { clock, log, tries } = this.options;
    const now = clock.now();
    if (now - this.#gaveUp < GIVE_UP_EVERY_MS) return;
    for (const given of await giveUp(session, now, [...this.#underWay.keys()])) {
      tries.inc({ result: 'failed' }, given.count);
      log.warn('notifications are given up', { ...given });
    }
    this.#gaveUp = now;
  }

  /** Begins what may be, and does not wait for it: where it goes is asked at each try, so a wrong address that is put right gets what waits. */
  async #begin(session: Sql, over: AbortSignal): Promise<void> {
    const now = this.options.clock.now();
    const rules = new Map((await awaited(session)).map((rule) => [rule.id, { ...rule, origin: new URL(rule.webhook_url).origin }]));
    this.#receivers.keep(new Set([...rules.values()].map(({ origin }) => origin)));
    const shares = [...rules.values()].map(({ id, origin }) => ({ ruleId: id, origin, room: this.#receivers.room(origin, now) })).filter(({ room }) => room > 0);
    const room = AT_ONCE - this.#underWay.size;
    if (shares.length === 0 || room === 0) return;
    for (const waiting of await due(session, now, shares, [...this.#underWay.keys()], room)) {
      const notification = { ...waiting, ...rules.get(waiting.rule_id)! };
      this.#receivers.began(notification.origin);
      this.#underWay.set(notification.no, this.#send(session, notification, over));
    }
  }

  async #send(session: Sql, notification: Notification, over: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    let answered: boolean | undefined = false;
    try {
      const outcome = await this.#tried(notification);
      await this.#note(session, notification, outcome);
      ({ answered } = outcome);
    } catch (error) {
      // It comes again, after a rest.
      if (!over.aborted) log.error('what became of a notification is not stored; it will be sent again', { error, alarmRuleId: notification.rule_id, webhookId: notification.notice_id });
    }
    this.#receivers.ended(notification.origin, answered, clock.now());
    this.#underWay.delete(notification.no);
    this.#wake.abort();
  }

  async #note(session: Sql, { no, rule_id, notice_id, ...before }: Notification, { failure }: Outcome): Promise<void> {
    const { clock, log, tries } = this.options;
    const attempts = before.attempts + 1;
    const pause = PAUSES_MS[before.attempts];
    const result = failure === undefined ? 'delivered' : pause === undefined ? 'failed' : 'pending';
    tries.inc({ result: result === 'pending' ? 'retried' : result });
    if (result === 'failed') log.warn('a notification is given up', { alarmRuleId: rule_id, webhookId: notice_id, attempts, because: failure });
    await note(session, no, result, attempts, result === 'pending' ? clock.now() + pause! : undefined, failure);
  }

  async #tried({ rule_id, notice_id, body, webhook_url, webhook_secret }: Notification): Promise<Outcome> {
    const { vault, guard, clock, timeoutMs } = this.options;
    try {
      const secret = vault.open(webhook_secret, secretContext(rule_id));
      return await deliver({ url: webhook_url, secret, id: notice_id, body, at: clock.now() }, guard, timeoutMs);
    } catch (error) {
      if (error instanceof VaultError) return { answered: undefined, failure: 'the secret cannot be opened with the vault keys of this process' };
      throw error;
    }
  }
}

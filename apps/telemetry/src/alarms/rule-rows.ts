import type { http } from '@bordergate/contracts';
import { newId } from '@bordergate/platform';

export interface RuleRow {
  readonly id: string;
  readonly tenant: string;
  readonly region: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly default_key: string | null;
  readonly content: RuleContent;
  readonly webhook_url: string | null;
  /** Sealed. */
  readonly webhook_secret: string | null;
  readonly created_ms: string;
  readonly updated_ms: string;
}
export type RuleContent = Pick<http.AlarmRule, 'alarmRuleName' | 'resources' | 'conditions' | 'notify' | 'effectiveHours' | 'repeatMinutes'>;

export const RULE_COLUMNS = 'id, tenant, region, version, enabled, default_key, content, webhook_url, webhook_secret, created_ms::text, updated_ms::text';

export const ruleOf = ({ id, tenant, region, enabled, default_key, content, webhook_url, created_ms, updated_ms }: RuleRow): http.AlarmRule => ({
  alarmRuleId: id, ...content, webhook: webhook_url === null ? null : { url: webhook_url }, enabled, defaultKey: default_key, region, tenant,
  createdTime: new Date(Number(created_ms)).toISOString(), updatedTime: new Date(Number(updated_ms)).toISOString(),
});

/** What a webhook's secret is sealed under. */
export const secretContext = (ruleId: string): string => `alarm-webhook/${ruleId}`;

export const newRuleId = (): string => newId('alarm');

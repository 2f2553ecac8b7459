import type { http } from '@bordergate/contracts';

export interface DefaultAlarm {
  /** Never again another alarm's: a region gets each once, and a deleted one does not come back. */
  readonly key: string;
  readonly alarmRuleName: string;
  readonly kind: http.AlarmResourceKind;
  readonly conditions: readonly http.AlarmCondition[];
}

/** What a region is warned of before anybody has made a rule. They notify nobody until they are given a webhook. */
export const DEFAULT_ALARMS: readonly DefaultAlarm[] = [
  {
    key: 'tunnel-down', alarmRuleName: 'Tunnel down', kind: 'vpnTunnel',
    conditions: [{ metric: 'operUp', statistic: 'max', operator: 'eq', threshold: 0, periodMinutes: 1, consecutivePeriods: 5, level: 'critical' }],
  },
  {
    key: 'redundancy-lost', alarmRuleName: 'Redundancy lost: one tunnel left, or none', kind: 'vpnConnection',
    conditions: [
      { metric: 'spareTunnels', statistic: 'max', operator: 'lt', threshold: 1, periodMinutes: 1, consecutivePeriods: 5, level: 'critical' },
      { metric: 'spareTunnels', statistic: 'max', operator: 'lt', threshold: 0, periodMinutes: 1, consecutivePeriods: 5, level: 'fatal' },
    ],
  },
  {
    key: 'bgp-without-routes', alarmRuleName: 'BGP session without routes', kind: 'vpnTunnel',
    conditions: [{ metric: 'prefixesWhileEstablished', statistic: 'max', operator: 'eq', threshold: 0, periodMinutes: 5, consecutivePeriods: 1, level: 'critical' }],
  },
  {
    key: 'probe-loss', alarmRuleName: 'Loss inside a tunnel that is up', kind: 'vpnTunnel',
    conditions: [
      { metric: 'probeLossRatioWhileUp', statistic: 'avg', operator: 'gte', threshold: 0.05, periodMinutes: 5, consecutivePeriods: 1, level: 'common' },
      { metric: 'probeLossRatioWhileUp', statistic: 'avg', operator: 'gte', threshold: 0.2, periodMinutes: 5, consecutivePeriods: 1, level: 'critical' },
    ],
  },
  {
    key: 'flapping', alarmRuleName: 'Tunnel flaps', kind: 'vpnTunnel',
    conditions: [{ metric: 'flaps', statistic: 'sum', operator: 'gte', threshold: 3, periodMinutes: 15, consecutivePeriods: 1, level: 'common' }],
  },
  {
    key: 'routes-near-limit', alarmRuleName: "Routes near the gateway's limit or over it", kind: 'borderGateway',
    conditions: [
      { metric: 'routeLimitStatus', statistic: 'max', operator: 'gte', threshold: 1, periodMinutes: 1, consecutivePeriods: 5, level: 'common' },
      { metric: 'routeLimitStatus', statistic: 'max', operator: 'gte', threshold: 2, periodMinutes: 1, consecutivePeriods: 1, level: 'critical' },
    ],
  },
];

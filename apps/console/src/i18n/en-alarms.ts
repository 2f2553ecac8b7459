import type { http } from '@bordergate/contracts';

const levels = { common: 'Common', critical: 'Critical', fatal: 'Fatal' } satisfies Record<http.AlarmLevel, string>;
const kinds = { vpnTunnel: 'Tunnels', vpnConnection: 'VPN connections', borderGateway: 'Border gateways' } satisfies Record<http.AlarmResourceKind, string>;
const metrics = {
  originalInBps: 'Original traffic, customer to cloud', originalOutBps: 'Original traffic, cloud to customer', encryptedInBps: 'Encrypted traffic, customer to cloud', encryptedOutBps: 'Encrypted traffic, cloud to customer', packetsInPps: 'Packets, customer to cloud', packetsOutPps: 'Packets, cloud to customer',
  operUp: 'Time up', ikeSas: 'IKE SAs', childSas: 'Child SAs', bgpEstablished: 'Time with BGP established', learnedPrefixes: 'Learned prefixes', probeLossRatio: 'Probes lost', probeRttMs: 'Round trip of probes', rekeys: 'Rekeys', negotiationFailures: 'Failed negotiations',
  spareTunnels: 'Spare tunnels', flaps: 'Changes from up to down', probeLossRatioWhileUp: 'Probes lost while up', prefixesWhileEstablished: 'Prefixes while BGP is established', routeLimitStatus: 'Route limit of a gateway (1 near, 2 over)',
} satisfies Record<http.AlarmMetric, string>;
const statistics = { avg: 'average', min: 'least', max: 'most', sum: 'sum' } satisfies Record<http.Statistic, string>;
const operators = { lte: 'at most', lt: 'below', gt: 'above', gte: 'at least', eq: 'equal to', ne: 'other than' } satisfies Record<http.AlarmOperator, string>;

/** Texts of alarms: their rules, present states and history. */
export const alarms = {
  tab: 'Alarms', title: 'Alarms', about: 'How each alarm rule finds each of its resources now. They are looked at once a minute.', present: 'Present', history: 'History', raisedOf: (n: number) => (n === 1 ? '1 alarm' : `${n} alarms`), more: (n: number) => `Show ${n} more`,
  none: 'Nothing is in this state.', noneOf: 'No alarm rule watches this yet.', nothingWatched: 'There is nothing that it could watch yet. What was made in the last minute is not looked at yet.', allWell: 'No alarm is raised.', allWellShort: 'None raised', rule: 'Rule', resource: 'Resource', since: 'Since', detail: 'Found', older: 'Older', emptyHistory: 'Nothing has changed in the last 14 days.', aboutHistory: 'What changed in the last 14 days, newest first, and whether somebody was told.',
  states: { alarm: 'In alarm', insufficientData: 'No data', normal: 'Normal', disabled: 'Disabled' } satisfies Record<http.AlarmState, string>, anyState: 'All', still: 'still',
  levels,
  notification: { none: '', pending: 'Being told', delivered: 'Told', failed: 'Not told: no more tries' } satisfies Record<http.AlarmHistoryItem['notification'], string>, tries: (n: number) => (n === 1 ? '1 try' : `${n} tries`), failure: (why: string) => `last failure: ${why}`,
  rules: {
    one: 'Alarm rule', many: 'Alarm rules', create: 'Create alarm rule', about: 'What is watched, and who is told. A region begins with rules of its own, which can be changed, disabled and deleted like any other.',
    empty: 'This region has no alarm rules. It is given its first ones a minute or two after its first tunnel; or make your own.', isDefault: 'Default', isDefaultLong: 'The region began with this rule', deleteWarning: 'Its history stays.', deleteDefault: 'A default rule does not come back.', disableText: 'It watches nothing, and nobody is told.', enabled: 'Enabled', disabled: 'Disabled', states: 'States', notify: 'Told',
  },
  kinds, allOf: (kind: string) => `${kind}: all`, chosenOf: (kind: string, n: number) => `${kind}: ${n}`,
  metrics, statistics,
  condition: (metric: string, statistic: string, period: string, operator: string, threshold: string, times: number) => `${metric}: ${statistic} in ${period} ${operator} ${threshold}${times === 1 ? '' : `, ${times} times in a row`}`,
  form: {
    watched: 'What is watched', kind: 'Kind', all: 'All, those to come included', chosen: 'Chosen ones', chooseOne: 'Choose at least one, or switch to all.', conditions: 'Conditions', conditionsText: 'Each by itself raises the alarm; of several the worst level counts.', conditionN: (n: number) => `Condition ${n}`, addCondition: 'Add condition', removeCondition: (n: number) => `Remove condition ${n}`,
    metric: 'Metric', periodMinutes: 'Period', statistic: 'Statistic', operator: 'Comparison', threshold: (unit: string) => (unit === '' ? 'Threshold' : `Threshold (${unit})`), consecutivePeriods: 'Periods in a row', level: 'Level', share: '1 is all',
    told: 'Who is told', toldText: 'Without a webhook nobody is told; states and history are kept all the same.', withWebhook: 'Call a webhook', url: 'Address', urlHint: 'http or https; not on this machine or its network segment.', secret: 'Secret', secretHint: '16 to 128 characters, or whsec_ and 24 to 64 bytes in base64; signs each notification (Standard Webhooks). Never shown again.', secretKept: 'Left empty: the present one stays. It is never shown.',
    onAlarm: 'When an alarm is raised', onInsufficientData: 'When data stay away', onRecovery: 'When it is over', atHours: 'Only at certain hours', from: 'From', to: 'To', toHint: 'An end before the beginning is of the next day.', timeZone: 'Time zone', none: 'No webhook', allDay: 'All day', hours: (from: string, to: string, zone: string) => `${from} to ${to}, ${zone}`,
  },
  /** Options of fields whose words are not those of other fields. */
  choices: { repeatMinutes: { null: 'Once' }, metric: metrics, statistic: statistics, operator: operators, level: levels, kind: kinds } as Readonly<Record<string, Readonly<Record<string, string>>>>,
};

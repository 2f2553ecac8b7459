import { z } from 'zod';
import { rule } from './values.js';

/** The REST schemas of monitoring (semantics 5): series, changes of state, alarms. Below /v1/regions/{region}, answered by telemetry. */
const time = z.string().describe('RFC 3339, UTC');
const DateTime = z.iso.datetime({ offset: true }).regex(/T\d\d:\d\d:\d\d/);
/** Rounded up to a step and in UTC a time has a year of four digits still. */
const YEARS = [Date.UTC(1970), Date.UTC(9999)] as const;
const isInstant = (text: string): boolean => DateTime.safeParse(text).success && Date.parse(text) >= YEARS[0] && Date.parse(text) < YEARS[1];
const instant = z.string().refine(isInstant, rule('not-a-time', 'a time of 1970 to 9998 with its zone, such as 2026-11-28T20:00:00Z (RFC 3339)')).meta({ format: 'date-time' });
const digits = (text: unknown) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text);

/** What there is a series of, with its unit. The first six are the product's: original is inside of the tunnel, encrypted outside; in is customer to cloud. */
export const SERIES_METRICS = {
  originalInBps: 'bit/s', originalOutBps: 'bit/s', encryptedInBps: 'bit/s', encryptedOutBps: 'bit/s', packetsInPps: 'packet/s', packetsOutPps: 'packet/s',
  operUp: 'ratio', ikeSas: 'count', childSas: 'count', bgpEstablished: 'ratio', learnedPrefixes: 'count', probeLossRatio: 'ratio', probeRttMs: 'ms', rekeys: 'count', negotiationFailures: 'count',
} as const;
type Metric = keyof typeof SERIES_METRICS;
export const SeriesMetric = z.enum(Object.keys(SERIES_METRICS) as [Metric, ...Metric[]]);
export type SeriesMetric = z.infer<typeof SeriesMetric>;
export const PRODUCT_METRICS: readonly SeriesMetric[] = ['originalInBps', 'originalOutBps', 'encryptedInBps', 'encryptedOutBps', 'packetsInPps', 'packetsOutPps'];

export const Statistic = z.enum(['avg', 'min', 'max', 'sum']);
export type Statistic = z.infer<typeof Statistic>;

/** The windows of the product in seconds, each with its finest point. */
export const METRIC_WINDOWS = {
  '1h': { seconds: 3_600, step: 60 }, '6h': { seconds: 21_600, step: 300 }, '12h': { seconds: 43_200, step: 600 }, '1d': { seconds: 86_400, step: 1_200 },
  '3d': { seconds: 259_200, step: 3_600 }, '7d': { seconds: 604_800, step: 7_200 }, '14d': { seconds: 1_209_600, step: 10_800 },
} as const;
type Window = keyof typeof METRIC_WINDOWS;
export const MetricWindow = z.enum(Object.keys(METRIC_WINDOWS) as [Window, ...Window[]]);
export type MetricWindow = z.infer<typeof MetricWindow>;

const metricNames = SeriesMetric.options.join('|');
const metricList = z.string().max(400).refine((text) => text.split(',').every((name) => SeriesMetric.safeParse(name).success), rule('unknown-metric', `names of metrics separated by commas: ${SeriesMetric.options.join(', ')}`))
  .meta({ pattern: `^(${metricNames})(,(${metricNames}))*$` });

/** Of GET …/metrics. */
export const MetricsQuery = z.strictObject({
  metric: metricList.optional().describe('separated by commas; the six of the product when left out'),
  window: MetricWindow.optional().describe('up to now; 1h when neither it nor start is given'),
  start: instant.optional().describe('in place of a window'), end: instant.optional().describe('now when left out'),
  step: z.preprocess(digits, z.int('whole seconds, in digits').min(60).max(86_400).multipleOf(60, 'whole minutes, as seconds')).optional().describe('seconds of a point; the finest of the window when left out'),
  statistic: Statistic.default('avg').describe('avg, min or max of the samples in a point; sum of a rate is its integral in bits or packets'),
  by: z.enum(['tunnel', 'total']).optional().describe('a series per tunnel, or one of all together; tunnel for a tunnel and a connection, total for a gateway and a region when left out'),
  format: z.enum(['json', 'csv']).optional().describe('json, or what Accept asks for, when left out'),
}); // without an id: a query is described parameter by parameter
export type MetricsQuery = z.infer<typeof MetricsQuery>;

export const MetricSeries = z.object({
  metric: SeriesMetric, unit: z.string(), vpnTunnelId: z.string().nullable().describe('null: of all tunnels together'), vpnConnectionId: z.string().nullable(),
  values: z.array(z.number().nullable()).describe('the one at i is of [start + i × stepSeconds, + stepSeconds); null: nothing was measured'),
}).meta({ id: 'MetricSeries' });
export type MetricSeries = z.infer<typeof MetricSeries>;
export const Metrics = z.object({ start: time, end: time, stepSeconds: z.int(), statistic: Statistic, items: z.array(MetricSeries) }).meta({ id: 'Metrics' });
export type Metrics = z.infer<typeof Metrics>;

/** What changed about a tunnel, and why: newest first, as long as series are kept. */
export const StateChange = z.object({ at: time, vpnTunnelId: z.string(), vpnConnectionId: z.string(), what: z.string(), detail: z.string() }).meta({ id: 'StateChange' });
export type StateChange = z.infer<typeof StateChange>;
/** Beside limit and cursor. */
export const stateChangesQuery = { start: instant.optional().describe('none before it'), end: instant.optional().describe('none at or after it') };

// --- alarms
/** What an alarm can look at: each series, and what only makes sense to be warned of. Of several tunnels together a level (operUp, learnedPrefixes) is their sum. */
export const ALARM_METRICS = {
  ...SERIES_METRICS,
  /** How many tunnels that are up could be lost before the last one; nothing where fewer than two are enabled. */
  spareTunnels: 'count',
  /** Changes from UP to DOWN. */
  flaps: 'count',
  /** Nothing while the tunnel is not up, or the session not established: that is another alarm's matter. */
  probeLossRatioWhileUp: 'ratio', prefixesWhileEstablished: 'count',
  /** Of a border gateway's dynamic routes at the end of the period: 0 there is room, 1 near the limit, 2 over it. */
  routeLimitStatus: 'count',
} as const;
type WatchedMetric = keyof typeof ALARM_METRICS;
export const AlarmMetric = z.enum(Object.keys(ALARM_METRICS) as [WatchedMetric, ...WatchedMetric[]]);
export type AlarmMetric = z.infer<typeof AlarmMetric>;
export const AlarmPeriodMinutes = z.literal([1, 2, 5, 10, 15, 30, 60]);
export const AlarmOperator = z.enum(['lte', 'lt', 'gt', 'gte', 'eq', 'ne']);
export type AlarmOperator = z.infer<typeof AlarmOperator>;
export const AlarmLevel = z.enum(['common', 'critical', 'fatal']);
export type AlarmLevel = z.infer<typeof AlarmLevel>;
export const AlarmCondition = z.strictObject({
  metric: AlarmMetric, periodMinutes: AlarmPeriodMinutes.default(5), statistic: Statistic.default('avg'), operator: AlarmOperator, threshold: z.number(),
  consecutivePeriods: z.literal([1, 2, 3, 5, 10, 15, 30, 60]).default(1).describe('so many periods in a row must fulfil it'), level: AlarmLevel.default('common'),
});
export type AlarmCondition = z.infer<typeof AlarmCondition>;
export const AlarmResourceKind = z.enum(['vpnTunnel', 'vpnConnection', 'borderGateway']);
export type AlarmResourceKind = z.infer<typeof AlarmResourceKind>;
export const AlarmResources = z.strictObject({
  kind: AlarmResourceKind, ids: z.array(z.string().min(1).max(64)).min(1, 'at least one').max(100).nullable().default(null).describe('null: all there are in the region, those to come included'),
});
export type AlarmResources = z.infer<typeof AlarmResources>;
export const AlarmNotify = z.strictObject({ onAlarm: z.boolean().default(true), onInsufficientData: z.boolean().default(false), onRecovery: z.boolean().default(true) });
const hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day such as 08:30');
const timeZone = z.string().max(64).refine((name) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}, rule('not-a-time-zone', 'a time zone such as Asia/Shanghai or UTC'));
export const EffectiveHours = z.strictObject({ from: hour, to: hour.describe('before `from`: of the next day'), timeZone: timeZone.default('UTC') });
export type EffectiveHours = z.infer<typeof EffectiveHours>;
const HttpUrl = z.url({ protocol: /^https?$/ });
const isWebAddress = (text: string): boolean => /^[\x21-\x7e]+$/.test(text) && HttpUrl.safeParse(text).success && !/^[^/\\]*[/\\]*[^/\\?#]*(?:@|:0+(?:[/\\?#]|$))/.test(text);
const webhookUrl = z.string().max(2_000).refine(isWebAddress, rule('not-a-web-address', 'an http or https address without a user in it; no port 0')).meta({ format: 'uri' });
/** What begins with whsec_ is a key in base64 (Standard Webhooks): one that decodes to less, or to nothing, would be no secret. */
const webhookSecret = z.string().regex(
  /^(?:whsec_(?:(?:[A-Za-z0-9+/]{4}){8,20}(?:[A-Za-z0-9+/]{3}=)?|(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==)?)|(?!whsec_)[\x20-\x7e]{16,128})$/,
  '16 to 128 printable ASCII characters, or whsec_ and 24 to 64 bytes in base64',
);
const Webhook = z.strictObject({ url: webhookUrl, secret: webhookSecret.describe('signs each notification; never shown again') });

/** What one can see, and what stands where it is written: no line breaks, nothing that is invisible or turns the line around. */
const alarmRuleName = z.string().regex(/^(?=.*[\p{L}\p{N}\p{P}\p{S}])[^\p{Cc}\p{Cf}\p{Surrogate}\p{Zl}\p{Zp}]{1,42}$/u, '1 to 42 characters, not only spaces, and no control or format characters')
  .meta({ pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]{1,42}$' });
const repeatMinutes = z.literal([5, 10, 15, 30, 60, 180, 360, 720, 1440]).nullable();
const conditions = z.array(AlarmCondition).min(1, 'at least one').max(10, 'at most 10');
export const CreateAlarmRule = z.strictObject({
  alarmRuleName, resources: AlarmResources, conditions: conditions.describe('each by itself can raise the alarm'), notify: AlarmNotify.prefault({}),
  effectiveHours: EffectiveHours.nullable().default(null).describe('when notifications are sent; null: all day'), repeatMinutes: repeatMinutes.default(null).describe('notify again while it lasts; null: once'),
  webhook: Webhook.nullable().default(null), enabled: z.boolean().default(true),
}).meta({ id: 'CreateAlarmRule' });
export type CreateAlarmRule = z.infer<typeof CreateAlarmRule>;
export const UpdateAlarmRule = z.strictObject({
  alarmRuleName: alarmRuleName.optional(), resources: AlarmResources.optional(), conditions: conditions.optional(), notify: AlarmNotify.optional(), effectiveHours: EffectiveHours.nullable().optional(),
  repeatMinutes: repeatMinutes.optional(), webhook: Webhook.partial({ secret: true }).nullable().optional().describe('without a secret the present one stays'),
}).meta({ id: 'UpdateAlarmRule' });
export type UpdateAlarmRule = z.infer<typeof UpdateAlarmRule>;
export const AlarmRule = z.object({
  alarmRuleId: z.string(), alarmRuleName: z.string(), resources: AlarmResources, conditions: z.array(AlarmCondition), notify: AlarmNotify, effectiveHours: EffectiveHours.nullable(), repeatMinutes,
  webhook: z.object({ url: z.string() }).nullable(), enabled: z.boolean(),
  defaultKey: z.string().nullable().describe('which of the rules that a region begins with it is, changed or not; null: somebody made it'), region: z.string(), tenant: z.string(), createdTime: time, updatedTime: time,
}).meta({ id: 'AlarmRule' });
export type AlarmRule = z.infer<typeof AlarmRule>;

export const AlarmState = z.enum(['normal', 'alarm', 'insufficientData', 'disabled']);
export type AlarmState = z.infer<typeof AlarmState>;
/** A rule and one of its resources. */
const alarmOf = { alarmRuleId: z.string(), alarmRuleName: z.string(), resourceKind: AlarmResourceKind, resourceId: z.string() };
export const Alarm = z.object({
  ...alarmOf, state: AlarmState, level: AlarmLevel.nullable().describe('of the worst condition that is fulfilled; null while there is none'), since: time, detail: z.string().describe('in a sentence: which condition, and the value'),
}).meta({ id: 'Alarm' });
export type Alarm = z.infer<typeof Alarm>;
export const AlarmHistoryItem = z.object({
  ...alarmOf, at: time, from: AlarmState.nullable().describe('null: the first one known; the same as `to`: it was told again, or only then'), to: AlarmState, level: AlarmLevel.nullable(), detail: z.string(),
  notification: z.enum(['none', 'pending', 'delivered', 'failed']).describe('of this change; failed: no more tries'), attempts: z.int(), failure: z.string().nullable().describe('of the last try, or why it was given up'),
}).meta({ id: 'AlarmHistoryItem' });
export type AlarmHistoryItem = z.infer<typeof AlarmHistoryItem>;
const ofId = z.string().regex(/^[a-z0-9-]{1,64}$/, 'an id').optional();
/** Beside limit and cursor. */
export const alarmsQuery = { alarmRuleId: ofId, resourceId: ofId, state: AlarmState.optional(), level: AlarmLevel.optional() };
export const alarmHistoryQuery = { alarmRuleId: ofId, resourceId: ofId, start: instant.optional().describe('none before it'), end: instant.optional().describe('none at or after it') };

import { http } from '@bordergate/contracts';
import { expect, it } from 'vitest';
import { brokenIn, changesOf, fieldsOf, requestOf, startValues } from '../forms/schema-fields.js';
import { CREATE_RULE, EDIT_RULE, newCondition, put } from './rule-fields.js';

const fields = fieldsOf(http.CreateAlarmRule);
const start = startValues(fields, CREATE_RULE.start);

it('begins with the API’s defaults, and misses what has none', () => {
  expect(newCondition()).toEqual({ periodMinutes: 5, statistic: 'avg', consecutivePeriods: 1, level: 'common' });
  expect(start).toMatchObject({ resources: { kind: 'vpnTunnel', ids: null }, notify: { onAlarm: true, onInsufficientData: false, onRecovery: true }, effectiveHours: null, repeatMinutes: null, webhook: null, enabled: true });
  expect(brokenIn(http.CreateAlarmRule, requestOf(fields, start), 'is required').filter(({ rule }) => rule === 'is required').map(({ field }) => field)).toEqual(['alarmRuleName', 'conditions[0].metric', 'conditions[0].operator', 'conditions[0].threshold']);
});

it('sends what the API takes', () => {
  const condition = Object.entries({ metric: 'operUp', operator: 'lt', threshold: 0.5 }).reduce((made, [name, value]) => put(made, name, value), newCondition());
  const body = requestOf(fields, { ...start, alarmRuleName: 'half down', conditions: [condition], webhook: { url: 'https://hooks.example/', secret: 'sixteen or more characters' } });
  expect(http.CreateAlarmRule.safeParse(body).error).toBeUndefined();
});

it('shows errors where they are', () =>
  expect(CREATE_RULE.inner!({ conditions: [{}, {}] })).toEqual(expect.arrayContaining(['conditions[1].threshold', 'webhook.secret', 'resources.ids', 'effectiveHours.timeZone'])));

it('leaves a secret as it is when none is entered, and takes the webhook away when it is switched off', () => {
  const edit = fieldsOf(EDIT_RULE.schema);
  const before = { alarmRuleName: 'a', resources: start.resources, conditions: [newCondition()], notify: start.notify, effectiveHours: null, repeatMinutes: null, webhook: { url: 'https://hooks.example/' } };
  const now = startValues(edit, before);
  expect(changesOf(edit, before, now)).toEqual({});
  expect(changesOf(edit, before, { ...now, webhook: put(put(now.webhook as object as never, 'url', 'https://other.example/'), 'secret', '') })).toEqual({ webhook: { url: 'https://other.example/' } });
  expect(changesOf(edit, before, { ...now, webhook: null })).toEqual({ webhook: null });
});

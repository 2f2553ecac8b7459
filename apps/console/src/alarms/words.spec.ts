import { http } from '@bordergate/contracts';
import { expect, it } from 'vitest';
import { en } from '../i18n/en.js';
import { zh } from '../i18n/zh.js';
import { conditionText, resourcesText } from './words.js';

const condition = (more: object) => http.AlarmCondition.parse({ metric: 'operUp', operator: 'eq', threshold: 0, ...more });

it.each([
  [{ statistic: 'max', periodMinutes: 1, consecutivePeriods: 5 }, 'Time up: most in 1 min = 0 %, 5 times in a row'],
  [{ metric: 'probeLossRatioWhileUp', operator: 'gte', threshold: 0.0525 }, 'Probes lost while up: average in 5 min ≥ 5.25 %'],
  [{ metric: 'originalInBps', operator: 'lt', threshold: 1_234_567 }, 'Original traffic, customer to cloud: average in 5 min < 1.234567 Mbit/s'],
  [{ metric: 'originalInBps', statistic: 'sum', operator: 'gt', threshold: 5e9, periodMinutes: 60 }, 'Original traffic, customer to cloud: sum in 1 h > 5 Gbit'],
  [{ metric: 'operUp', statistic: 'sum', operator: 'lte', threshold: 3 }, 'Time up: sum in 5 min ≤ 3'],
  [{ metric: 'learnedPrefixes', operator: 'ne', threshold: 1_001 }, 'Learned prefixes: average in 5 min ≠ 1001'],
  [{ metric: 'probeRttMs', operator: 'gt', threshold: 20.5 }, 'Round trip of probes: average in 5 min > 20.5 ms'],
])('%j in words', (more, text) => expect(conditionText(en, condition(more))).toBe(text));

it('speaks Chinese', () => expect(conditionText(zh, condition({ metric: 'spareTunnels', statistic: 'max', operator: 'lt', threshold: 1, periodMinutes: 1, consecutivePeriods: 5 }))).toBe('备用隧道：1 min 内最大 < 1，连续 5 次'));

it('says what is watched', () => {
  expect(resourcesText(en, { kind: 'vpnTunnel', ids: null })).toBe('Tunnels: all');
  expect(resourcesText(en, { kind: 'borderGateway', ids: ['bgw-1', 'bgw-2'] })).toBe('Border gateways: 2');
});

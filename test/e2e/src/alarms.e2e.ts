import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Document } from './demo/api.js';
import { Reporter } from './demo/report.js';
import { until } from './index.js';
import { Site } from './tunnels/site.js';

// Alarms once for real: a platform as users run it, real tunnels, the clock on the wall, and a receiver of notifications that is down at each first try.
const SECRET = 'a secret of the receiver';
const MINUTE = 60_000;
const report = new Reporter((line) => console.log(line));
interface Notification { readonly id: string; readonly type: string; readonly data: Document; readonly status: number; readonly at: number }
const got: Notification[] = [];
let site: Site;
let down: Document;
let silent: Document;

const receiver = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (piece) => { body += piece; }).on('end', () => {
    const [id, timestamp] = [String(request.headers['webhook-id']), request.headers['webhook-timestamp']];
    const signature = `v1,${createHmac('sha256', SECRET).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    const { type, data } = JSON.parse(body);
    const status = got.some((before) => before.id === id) ? 204 : 503;
    got.push({ id, type: signature === request.headers['webhook-signature'] ? type.split('.').at(-2) : 'not authentic', data, status, at: Date.now() });
    response.writeHead(status).end();
  });
});
const about = (rule: Document) => got.filter(({ data }) => data.alarmRuleId === rule.alarmRuleId);
const delivered = (rule: Document) => about(rule).filter(({ status }) => status === 204).map(({ type }) => type);
const alarm = async (rule: Document) => (await site.api.list(`alarms?alarmRuleId=${rule.alarmRuleId}`))[0];
const told = (rule: Document, types: readonly string[], minutes: number) => until(`${types.join(', ')} of "${rule.alarmRuleName}"`, async () => {
  if (JSON.stringify(delivered(rule)) !== JSON.stringify(types)) throw new Error(JSON.stringify([await alarm(rule), got]));
  return true;
}, { timeoutMs: minutes * MINUTE, intervalMs: 500 });
const untilMinute = () => sleep(MINUTE - (Date.now() % MINUTE));

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  // So that a tunnel comes up and is switched off within one minute: the shortest way to one alarm.
  if (Date.now() % MINUTE > MINUTE / 2) await untilMinute();
  site = await Site.create({ name: 'bga', bgp: false, customerIps: ['198.51.100.1', '198.51.100.2'], env: { BORDERGATE_WEBHOOK_ALLOW: '127.0.0.1' } });
  const watch = (alarmRuleName: string, index: number, condition: Document, more: Document = {}) => site.api.post('alarmRules', {
    alarmRuleName, resources: { kind: 'vpnTunnel', ids: [site.id(index)] }, conditions: [{ periodMinutes: 1, statistic: 'avg', level: 'critical', ...condition }],
    webhook: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`, secret: SECRET }, ...more,
  });
  down = await watch('the first tunnel was down', 0, { metric: 'operUp', operator: 'lt', threshold: 0.9 });
  silent = await watch('nothing answers in the second tunnel', 1, { metric: 'probeRttMs', operator: 'gt', threshold: 60_000 }, { notify: { onInsufficientData: true } });
  await site.addCustomer();
  await site.end(0).start();
  await site.untilUp([0]);
});
afterAll(async () => {
  report.table(['time', 'notification', 'answered', 'data'], got.map(({ at, type, status, data }) => [new Date(at).toISOString().slice(11, 19), type, String(status), `${data.previousState} → ${data.state}: ${data.detail}`]));
  receiver.close();
  await site?.destroy();
});

it('a tunnel whose peer is switched off for a moment raises an alarm and recovers; of one whose peer comes later only, it is told first that nothing is measured', async () => {
  await site.end(0).stop();
  await site.untilTunnel(0, 'tunnel 1 DOWN', ({ opStatus }) => opStatus === 'DOWN', MINUTE);
  const since = Date.now();
  await untilMinute();
  await Promise.all([site.end(0).start(), site.end(1).start()]);
  await site.untilUp();
  await told(down, ['AlarmRaised', 'AlarmRecovered'], 6);
  await told(silent, ['AlarmDataMissing', 'AlarmRecovered'], 2);
  report.say(`told ${Math.round((about(down)[0]!.at - since) / 1_000)} s after the tunnel was DOWN`);
  expect(about(down)[0]!.data).toMatchObject({ state: 'alarm', level: 'critical', resourceId: site.id(0), detail: expect.stringMatching(/^operUp avg was 0\.\d+, below 0\.9 in 1 min/) });
  expect(await alarm(down)).toMatchObject({ state: 'normal' });
});

it('what a receiver that is down did not take comes again, under the same id', () => {
  const ids = [...new Set(got.map(({ id }) => id))];
  expect(ids).toHaveLength(4);
  for (const id of ids) expect(got.filter((each) => each.id === id).map(({ status }) => status)).toEqual([503, 204]);
});

it('the history says what was, and what became of the notifications', async () => {
  const history = await site.api.list(`alarmHistory?alarmRuleId=${down.alarmRuleId}`);
  expect(history.map(({ to, notification }) => [to, notification])).toEqual([['normal', 'delivered'], ['alarm', 'delivered']]);
});

it('a region has its default alarms, and they find the tunnels', async () => {
  const defaults = (await site.api.list('alarmRules')).filter(({ defaultKey }) => defaultKey !== null);
  expect(defaults.map(({ defaultKey }) => defaultKey)).toContain('tunnel-down');
  const tunnelDown = defaults.find(({ defaultKey }) => defaultKey === 'tunnel-down')!;
  expect((await site.api.list(`alarms?alarmRuleId=${tunnelDown.alarmRuleId}`)).map(({ state }) => state)).toEqual(['normal', 'normal']);
});

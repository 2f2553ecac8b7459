import { expect, it } from 'vitest';
import { createLog, type LogOptions } from './log.js';

const logging = (options: LogOptions = {}) => {
  const lines: any[] = [];
  return { lines, log: createLog('routing', { ...options, write: (line) => lines.push(JSON.parse(line)) }) };
};

it('writes one JSON object a line, from its level on', () => {
  const { lines, log } = logging({ level: 'warn' });
  log.info('no');
  log.error('yes', { n: 1n, when: new Date(0), none: undefined, nothing: null });
  expect(lines).toEqual([{ time: expect.stringMatching(/Z$/), level: 'error', service: 'routing', message: 'yes', n: '1', when: '1970-01-01T00:00:00.000Z', nothing: null }]);
});

it('hides secrets at any depth, and only them', () => {
  const { lines, log } = logging();
  log.info('tunnel', { psk: 'x', pskRef: 'psk-1', tunnels: [{ localPsk: 'x', db: { Password: 'x', client_secret: 'x' } }], headers: { authorization: 'x' }, passwords: 2 });
  expect(JSON.stringify(lines)).not.toContain('"x"');
  expect(lines[0]).toMatchObject({ pskRef: 'psk-1', psk: '[redacted]', passwords: 2 });
});

it('tells an error with its cause, and not what else it carries', () => {
  const { lines, log } = logging();
  const error = Object.assign(new Error('query failed', { cause: new Error('connection cut') }), { code: '08006', parameters: ['sealed'] });
  log.error('failed', { error });
  expect(lines[0].error).toMatchObject({ name: 'Error', message: 'query failed', code: '08006', cause: { message: 'connection cut' } });
  expect(JSON.stringify(lines)).not.toContain('sealed');
});

it('does not end in a circle', () => {
  const { lines, log } = logging();
  const circle: any = { name: 'round' };
  circle.self = circle;
  log.info('odd', { circle });
  expect(JSON.stringify(lines)).toContain('[deep]');
});

it('carries the fields of its parents', () => {
  const { lines, log } = logging({ fields: { region: 'r' } });
  log.child({ tunnel: 't' }).child({ attempt: 2 }).warn('again', { attempt: 3 });
  expect(lines[0]).toMatchObject({ region: 'r', tunnel: 't', attempt: 3 });
});

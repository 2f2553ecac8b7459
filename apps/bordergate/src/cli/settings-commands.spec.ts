import { Command } from 'commander';
import { expect, it } from 'vitest';
import type { CliContext } from './context.js';
import { addSettingsCommands } from './settings-commands.js';
import { table, type Column } from './table.js';

const quota = { type: 'bgw_route', parentResourceId: 'bgw-1', maxLimit: 60, count: 3, fixed: false };

async function run(line: string, answer: unknown = quota) {
  const asked: unknown[] = [];
  let out = '';
  const api = { request: async (...request: unknown[]) => { asked.push(request); return answer; }, list: async (...request: unknown[]) => { asked.push(request); return answer; } };
  const context = { api, json: false, rows: (columns: readonly Column[], rows: readonly Record<string, unknown>[]) => { out += table(columns, rows); }, one: (thing: unknown) => { out += JSON.stringify(thing); } };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addSettingsCommands(program, () => context as unknown as CliContext);
  await program.parseAsync(line.split(' '), { from: 'user' });
  return { asked, out };
}

it('lists limits with what there is', async () => {
  const { asked, out } = await run('quotas --type bgw_route --of bgw-1', [{ ...quota, parentResourceId: null, count: null }, quota, { ...quota, type: 'bgw', parentResourceId: null }]);
  expect(out).toBe(['QUOTA      OF      LIMIT  COUNT  FIXED', 'bgw_route  each    60     -      no', 'bgw_route  bgw-1   60     3      no', 'bgw        region  60     3      no', ''].join('\n'));
  expect(asked).toEqual([['quotas', { limit: '200', type: 'bgw_route', parentResourceId: 'bgw-1' }]]);
});

it.each([
  ['set-quota bgw_route 60', { maxLimit: 60, parentResourceId: null }], ['set-quota bgw_route 60 --of bgw-1', { maxLimit: 60, parentResourceId: 'bgw-1' }], ['set-quota bgw_route default', { maxLimit: null, parentResourceId: null }],
])('%s', async (line, body) => expect((await run(line)).asked).toEqual([['PATCH', 'quotas/bgw_route', body]]));
it('takes a number or "default"', async () => await expect(run('set-quota bgw many')).rejects.toThrow('neither a number nor "default"'));

it('shows the policy, and changes it when told to', async () => {
  const policy = { region: 'r', weakAlgorithms: 'refuse' };
  expect((await run('policy', policy)).asked).toEqual([['GET', 'policy']]);
  expect(await run('policy --weak-algorithms refuse', policy)).toEqual({ asked: [['PATCH', 'policy', { weakAlgorithms: 'refuse' }]], out: JSON.stringify(policy) });
  await expect(run('policy --weak-algorithms perhaps')).rejects.toThrow('Allowed choices');
});

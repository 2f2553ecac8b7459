import { Command } from 'commander';
import { expect, it } from 'vitest';
import type { CliContext } from './context.js';
import { addParkedCommands } from './parked-commands.js';
import { table, type Column } from './table.js';

async function run(line: string, answer: unknown) {
  const asked: unknown[] = [];
  let out = '';
  const ask = async (...request: unknown[]) => { asked.push(request); return answer; };
  const context = {
    api: { request: ask, list: ask }, rows: (columns: readonly Column[], rows: readonly Record<string, unknown>[]) => { out += table(columns, rows); },
    one: (thing: unknown) => { out += JSON.stringify(thing); }, say: (sentence: string) => { out += `${sentence}\n`; },
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addParkedCommands(program, () => context as unknown as CliContext);
  await program.parseAsync(line.split(' '), { from: 'user' });
  return { asked, out };
}

const row = { parkedRecordId: 'parked-1', consumer: 'routing/rib', topic: 'bgp.rib-in.v1', partition: 3, offset: 17, key: null, reason: 'no key', parkedTime: '2026-11-28T10:00:00.000Z' };

it('lists what waits for an operator', async () => {
  const { asked, out } = await run('parked list --topic bgp.rib-in.v1', [row]);
  expect(asked).toEqual([['/v1/parkedRecords', { limit: '200', topic: 'bgp.rib-in.v1' }]]);
  expect(out).toBe(['ID        PARKED                    CONSUMER     TOPIC          AT    KEY  REASON', 'parked-1  2026-11-28T10:00:00.000Z  routing/rib  bgp.rib-in.v1  3/17  -    no key', ''].join('\n'));
});

it('shows one', async () => expect(await run('parked show parked-1', row)).toEqual({ asked: [['GET', '/v1/parkedRecords/parked-1']], out: JSON.stringify(row) }));

it.each(['replay', 'discard'])('can %s several', async (verb) => {
  const { asked, out } = await run(`parked ${verb} parked-1 a/b`, {});
  expect(asked).toEqual([['POST', `/v1/parkedRecords/parked-1:${verb}`], ['POST', `/v1/parkedRecords/a%2Fb:${verb}`]]);
  expect(out).toBe(`${verb}ed parked-1\n${verb}ed a/b\n`);
});
it('can discard all of a topic', async () => {
  const { asked } = await run('parked discard --topic bgp.rib-in.v1', [row, { ...row, parkedRecordId: 'parked-2' }]);
  expect(asked).toEqual([['/v1/parkedRecords', { limit: '200', topic: 'bgp.rib-in.v1' }], ['POST', '/v1/parkedRecords/parked-1:discard'], ['POST', '/v1/parkedRecords/parked-2:discard']]);
});
it.each(['parked replay', 'parked discard', 'parked discard parked-1 --topic t'])('%s does not say which', async (line) => await expect(run(line, [])).rejects.toThrow(/missing required argument|which ones/));

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OptionError } from './option-error.js';
import { Settings, type Environment } from './settings.js';

const folder = mkdtempSync(path.join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
const reading = (env: Environment) => new Settings(env);

describe('a setting', () => {
  it('has its default when it is not set, or empty', () => {
    expect([reading({}).whole('N', 7, 1, 9), reading({ N: '' }).whole('N', 7, 1, 9), reading({}).flag('F', true)]).toEqual([7, 7, true]);
  });
  it('is what was said', () => {
    const settings = reading({ N: '3', F: 'false', D: 'b', U: 'http://a:1, https://b/', R: 'x1' });
    expect([settings.whole('N', 7, 1, 9), settings.flag('F', true), settings.oneOf('D', ['a', 'b'], 'a'), settings.matching('R', '', z.string().max(2)), settings.urls('U', 'why')])
      .toEqual([3, false, 'b', 'x1', ['http://a:1', 'https://b']]);
  });
  it.each<[string, string, (settings: Settings) => unknown]>([
    ['12x', 'whole number from 1 to 9', (s) => s.whole('NAME', 1, 1, 9)],
    ['10', 'whole number from 1 to 9', (s) => s.whole('NAME', 1, 1, 9)],
    ['yes', 'must be true or false', (s) => s.flag('NAME', false)],
    ['magic', 'must be a, b or c', (s) => s.oneOf('NAME', ['a', 'b', 'c'], 'a')],
    ['xyz', 'is not valid', (s) => s.matching('NAME', '', z.string().max(2))],
    ['ftp://x', 'must be http://', (s) => s.urls('NAME', 'why')],
    ['http://x/deep', 'must be http://', (s) => s.urls('NAME', 'why')],
    [' ,', 'must be set: why', (s) => s.urls('NAME', 'why')],
    ['', 'must be set: why', (s) => s.required('NAME', 'why')],
    ['', 'NAME or NAME_FILE must be set: why', (s) => s.requiredSecret('NAME', 'why')],
  ])('"%s" is refused: %s', (value, rule, read) => {
    const refusal = () => read(reading({ NAME: value }));
    expect(refusal).toThrow(OptionError);
    expect(refusal).toThrow(rule);
    expect(refusal).toThrow('NAME');
    if (value.trim().length > 3) expect(refusal).not.toThrow(value);
  });
});

describe('a secret', () => {
  it('comes from the variable, or from a file', () => {
    expect([reading({ T: 'abc' }).secret('T'), reading({ T_FILE: file('token', 'from a file\n') }).secret('T'), reading({}).secret('T')]).toEqual(['abc', 'from a file', undefined]);
  });
  it.each<[string, Environment, string]>([
    ['both are set', { T: 'abc', T_FILE: 'x' }, 'T and T_FILE are both set'],
    ['the file is not there', { T_FILE: path.join(folder, 'none') }, 'T_FILE names a file that cannot be read (ENOENT)'],
    ['the file is empty', { T_FILE: file('empty', '\n') }, 'T_FILE names a file that is empty'],
  ])('is refused when %s', (_, env, message) => expect(() => reading(env).secret('T')).toThrow(message));
});

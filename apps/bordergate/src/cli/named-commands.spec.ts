import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliWords } from './cli.js';

const words = cliWords();
const root = path.resolve(import.meta.dirname, '../../../..');
/** What people read: pages, and all that is deployed, alerts among it. Not what was true once. */
const texts = execFileSync('git', ['ls-files', '-z', '*.md', 'deploy'], { cwd: root, encoding: 'utf8' }).split('\0')
  .filter((file) => file !== 'CHANGELOG.md' && statSync(path.join(root, file)).isFile());

/** `helm install bordergate deploy/…` and the like: the name of the release, not the command. */
const IS_NAME = /(helm\s.*|--name[ =]|name: )$/;

const named = (text: string): string[] => text.split('\n').flatMap((line) =>
  [...line.matchAll(/(?<![\w/.@-])bordergate(?: --)? +((?:(?:-o|--output|--url|--region) \S+ +)*)([a-z][a-z-]*)(?: +([a-z]+(?:-[a-z]+)*)(?![\w-]))?/g)]
    .filter(({ index }) => !IS_NAME.test(line.slice(0, index))).flatMap(([, , verb, word]) => wrongWith(verb!, word) ?? []));

/** A verb that there is; a noun is looked at where there are nouns: `parked replay`, `create vpc`. */
function wrongWith(verb: string, word: string | undefined): string | undefined {
  const nouns = words.get(verb);
  if (!nouns) return verb;
  return nouns.size === 0 || word === undefined || nouns.has(word) ? undefined : `${verb} ${word}`;
}

describe('what names a command of the command line names one that there is', () => {
  it('has something to look at', () => expect(texts.filter((file) => /rules\.yaml$|README\.md$|operations\.md$/.test(file)).length).toBeGreaterThan(3));
  it('everywhere', () => expect(texts.flatMap((file) => named(readFileSync(path.join(root, file), 'utf8')).map((wrong) => `${file}: bordergate ${wrong}`))).toEqual([]));
  it.each([
    ['bordergate doctor t1 says more', ['doctor']], ['`bordergate list nonsense`', ['list nonsense']], ['bordergate -o json parked bury x', ['parked bury']], ['npm run bordergate -- doctor', ['doctor']],
    ['bordergate state t1, bordergate list vpcs, bordergate create border-gateway --bgw-name x', []], ['helm -n vpn install bordergate deploy/helm', []], ['the @bordergate/kernel', []],
  ])('%s', (text, wrong) => expect(named(text)).toEqual(wrong));
});

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hasTest } from './titles.js';

const root = path.resolve(import.meta.dirname, '../..');

export interface Rule { readonly id: string; readonly rule: string; readonly sources: readonly string[]; readonly decision: string; readonly tests: readonly string[] }
export interface Rules {
  readonly rules: readonly Rule[];
  /** Short names of test files, as the page's last table has them. */
  readonly files: ReadonlyMap<string, string>;
  /** Ids of the section "Not held by a test". */
  readonly unheld: readonly string[];
}

const cells = (line: string): string[] => line.replace(/^\|\s*|\s*\|$/g, '').split(/\s*(?<!\\)\|\s*/).map((cell) => cell.replaceAll('\\|', '|'));

/** docs/rules.md: rows of five cells are rules, rows of two in "Test files" are names, list items of "Not held by a test" are ids. */
export function readRules(text = readFileSync(path.join(root, 'docs/rules.md'), 'utf8')): Rules {
  const sections = new Map(text.split(/^## /m).slice(1).map((section) => [section.split('\n', 1)[0]!.trim(), section.split('\n').slice(1)]));
  const rows = (lines: readonly string[]) => lines.filter((line) => /^\|(?! *---)/.test(line)).map(cells).slice(1);
  const files = new Map(rows(sections.get('Test files') ?? []).map(([name, file]) => [name!, file!.replaceAll('`', '')]));
  const unheld = (sections.get('Not held by a test') ?? []).flatMap((line) => /^- \*\*(\S+)\*\*/.exec(line)?.[1] ?? []);
  const rules = [...sections].filter(([title]) => !['Test files', 'Not held by a test'].includes(title)).flatMap(([, lines]) => rows(lines)).map(([id, rule, sources, decision, tests]) => ({
    id: id!, rule: rule!, sources: sources!.split(/;\s*/), decision: decision!, tests: tests!.split(/<br>\s*/).map((test) => test.trim()).filter(Boolean),
  }));
  return { rules, files, unheld };
}

/** What is wrong with "file: name", or nothing. */
export function wrongWith(test: string, files: Rules['files']): string | undefined {
  const [, short, name] = /^([\w-]+): (.+)$/s.exec(test) ?? [];
  const file = files.get(short ?? '');
  if (file === undefined) return `no file is called "${short ?? test}"`;
  // several scenarios have one name: the folder, and the file in front of the title
  const [, scenario, title] = file.endsWith('/') ? (/^([\w.-]+) (.+)$/.exec(name!) ?? []) : [];
  const where = path.join(root, file, scenario ?? '');
  if (!existsSync(where)) return `${file}${scenario ?? ''} does not exist`;
  return hasTest(where, title ?? name!) ? undefined : `${file}${scenario ?? ''} has no test "${title ?? name}"`;
}

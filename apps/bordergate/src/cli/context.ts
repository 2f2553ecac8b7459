import type { Command } from 'commander';
import { createApi, type Api, type Json } from './api.js';
import { UsageError, type CliIo } from './io.js';
import { sheet, table, type Column } from './table.js';

/** What every command gets: the server it talks to and the way it answers. */
export interface CliContext {
  readonly api: Api;
  readonly io: CliIo;
  readonly json: boolean;
  rows<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void;
  one(thing: Json): void;
  /** For answers that are only a confirmation. */
  say(sentence: string, thing: unknown): void;
}

export function contextOf(program: Command, io: CliIo): CliContext {
  const { url, region, output } = program.opts<{ url: string; region: string; output: string }>();
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) throw new UsageError(`--url wants an http or https address, not "${url}"`);
  const json = output === 'json';
  const out = (text: string) => void io.stdout.write(text);
  const raw = (value: unknown) => out(`${JSON.stringify(value, null, 2)}\n`);
  return {
    api: createApi(url, region),
    io,
    json,
    rows: (columns, rows) => (json ? raw(rows) : out(table(columns, rows))),
    one: (thing) => (json ? raw(thing) : out(sheet(thing))),
    say: (sentence, thing) => (json ? raw(thing) : out(`${sentence}\n`)),
  };
}

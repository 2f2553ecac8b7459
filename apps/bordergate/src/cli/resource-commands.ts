import type { Command } from 'commander';
import { ALARM_LISTS, ALARM_RULE_PREFIX, ALARM_RULES, type Listed } from './alarm-lists.js';
import { LARGEST_PAGE, type Json } from './api.js';
import { CLI_COLLECTIONS, collectionOfId, kebab, named, type CliCollection } from './collections.js';
import { RESOURCE_COLUMNS } from './columns.js';
import type { CliContext } from './context.js';
import { addFieldOptions, bodyFrom, readJsonFile } from './fields.js';
import { UsageError } from './io.js';

const IN_FILE = ['-f, --file <file>', 'fields as a JSON object, "-" for standard input; flags are laid over it'] as const;

/** list, show, create, update, delete: the same five for every collection. */
export function addResourceCommands(program: Command, context: () => CliContext): void {
  program.command('list').description('list a collection; --<field> <value> keeps what has that value')
    .argument('<collection>', LISTS.map(({ word }) => word).join(', ')).argument('[filters...]', '--<field> <value>, such as --bgw-id bgw-...')
    .allowUnknownOption().action(async (word: string, filters: string[]) => {
      const list = named(LISTS, word);
      const { api, rows } = context();
      const wanted = filterOf(list, filters);
      const items = await api.list(list.path, LARGEST_PAGE);
      rows(list.columns, items.filter((item) => wanted.every(([field, value]) => holds(item[field], value))));
    });

  program.command('show').description('show one thing with all its fields').argument('<collection-or-id>', 'an id is enough: its prefix tells the collection').argument('[id]')
    .action(async (first: string, second?: string) => {
      const { api, one } = context();
      const at = second === undefined ? pathOf(first) : `${named([...CLI_COLLECTIONS, ALARM_RULES], first).path}/${encodeURIComponent(second)}`;
      one((await api.request('GET', at)) as Json);
    });

  addCreate(program, context);
  addUpdate(program, context);

  program.command('delete').description('delete one thing').argument('<id>').action(async (id: string) => {
    const { api, say } = context();
    await api.request('DELETE', pathOf(id));
    say(`deleted ${id}`, { deleted: id });
  });
}

function addCreate(program: Command, context: () => CliContext): void {
  const create = program.command('create').description('create one thing; "create <collection> --help" lists its fields').usage('<collection> --<field> <value>... | -f <file>');
  for (const collection of CLI_COLLECTIONS) {
    const command = create.command(collection.word).aliases(aliasesOf(collection)).summary(fieldsInShort(collection.create)).description(`create one of ${collection.word}`).option(...IN_FILE);
    addFieldOptions(command, collection.create);
    command.action(async (options: Json) => {
      const body = bodyFrom(collection.create, options, fileOf(options), { whole: true });
      const { api, one } = context();
      one((await api.request('POST', collection.path, body)) as Json);
    });
  }
  create.command(ALARM_RULES.word).alias('alarm-rule').summary('from a file').description('create an alarm rule; docs/operations.md has one to begin with').requiredOption(IN_FILE[0], 'the rule as a JSON object, "-" for standard input').action(async (options: Json) => {
    const { api, one } = context();
    one((await api.request('POST', ALARM_RULES.path, fileOf(options))) as Json);
  });
}

/** A subcommand for each collection, so that --help can list its fields; people give only the id (see below). */
function addUpdate(program: Command, context: () => CliContext): void {
  const update = program.command('update').description('change fields of one thing; "update <collection> --help" lists them').usage('<id> --<field> <value>... | -f <file>');
  for (const collection of CLI_COLLECTIONS) {
    const { update: schema } = collection;
    if (!schema) continue;
    const command = update.command(collection.word).aliases(aliasesOf(collection)).summary(fieldsInShort(schema)).description(`change one of ${collection.word}`)
      .argument('<id>').option(...IN_FILE);
    addFieldOptions(command, schema);
    command.action(async (id: string, options: Json) => {
      const path = pathOf(id);
      if (collectionOfId(id) !== collection) throw new UsageError(`"${id}" is not one of ${collection.word}`);
      const body = bodyFrom(schema, options, fileOf(options), { whole: false });
      const { api, one } = context();
      one((await api.request('PATCH', path, body)) as Json);
    });
  }
}

/** "update bgw-1 --bgw-name x" means "update border-gateways bgw-1 --bgw-name x". */
export function withCollectionOfUpdate(argv: readonly string[]): string[] {
  let verb = 0;
  while (argv[verb]?.startsWith('-')) verb += /^(--url|--region|--output|-o)$/.test(argv[verb]!) ? 2 : 1;
  const id = argv[verb + 1];
  if (argv[verb] !== 'update' || id === undefined || id.startsWith('-') || CLI_COLLECTIONS.some((c) => c.words.has(id.toLowerCase()))) return [...argv];
  const collection = collectionOfId(id);
  if (!collection.update) throw new UsageError(`nothing of ${collection.word} can be changed`);
  return [...argv.slice(0, verb + 1), collection.word, ...argv.slice(verb + 1)];
}

const fieldsInShort = ({ shape }: CliCollection['create']): string => {
  const names = Object.keys(shape).map(kebab);
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')}, and ${names.length - 4} more`;
};

const aliasesOf = (collection: CliCollection): string[] => [...collection.words, collection.path].filter((word, i, all) => word !== collection.word && all.indexOf(word) === i);

const fileOf = (options: Json): unknown => (options.file === undefined ? undefined : readJsonFile(options.file as string));

const pathOf = (id: string): string => `${id.startsWith(ALARM_RULE_PREFIX) ? ALARM_RULES.path : collectionOfId(id).path}/${encodeURIComponent(id)}`;

/** All that can be listed: resources, and what telemetry has of alarms. */
export const LISTS: readonly Listed[] = [...CLI_COLLECTIONS.map((collection) => ({ ...collection, columns: RESOURCE_COLUMNS[collection.path] })), ...ALARM_LISTS];

/** --bgw-id x, --bgwId x or --bgw-id=x, as pairs of the API's field and a value. */
function filterOf(collection: Listed, words: readonly string[]): [field: string, value: string][] {
  const fields = Object.keys(collection.resource.shape);
  const filters: [string, string][] = [];
  for (let i = 0; i < words.length; i++) {
    const [, flag, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(words[i]!) ?? [];
    const field = fields.find((name) => name === flag || kebab(name) === flag);
    if (field === undefined) throw new UsageError(`"${words[i]}" is not a field of ${collection.word}: ${fields.map((name) => `--${kebab(name)}`).join(', ')}`);
    const value = inline ?? words[++i];
    if (value === undefined) throw new UsageError(`--${flag} wants a value`);
    filters.push([field, value]);
  }
  return filters;
}

/** Filtered here: the server knows some fields of some collections, people may ask for any. */
const holds = (value: unknown, wanted: string): boolean => (Array.isArray(value) ? value.map(String).includes(wanted) : String(value) === wanted);

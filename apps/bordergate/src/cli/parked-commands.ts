import type { Command } from 'commander';
import { LARGEST_PAGE, type Json } from './api.js';
import type { CliContext } from './context.js';
import { UsageError } from './io.js';
import type { Column } from './table.js';

const PATH = '/v1/parkedRecords';
const COLUMNS: readonly Column[] = [
  ['ID', 'parkedRecordId'], ['PARKED', 'parkedTime'], ['CONSUMER', 'consumer'], ['TOPIC', 'topic'], ['AT', (row) => `${row.partition}/${row.offset}`], ['KEY', 'key'], ['REASON', 'reason'],
];

/** Messages that a consumer could not read: of the whole platform, not of a region. */
export function addParkedCommands(program: Command, context: () => CliContext): void {
  const parked = program.command('parked').description('messages that a consumer could not read and set aside: list, show, replay, discard');

  parked.command('list').description('those that nobody has dealt with').option('--topic <topic>', 'only of this topic').option('--consumer <consumer>', 'only of this consumer')
    .action(async (only: Record<string, string>) => {
      const { api, rows } = context();
      rows(COLUMNS, await api.list(PATH, { ...LARGEST_PAGE, ...only }));
    });

  parked.command('show').description('one of them, with headers and content').argument('<id>')
    .action(async (id: string) => {
      const { api, one } = context();
      one((await api.request('GET', `${PATH}/${encodeURIComponent(id)}`)) as Json);
    });

  const each = async (verb: string, ids: readonly string[]) => {
    const { api, say } = context();
    for (const id of ids) say(`${verb}ed ${id}`, await api.request('POST', `${PATH}/${encodeURIComponent(id)}:${verb}`));
  };
  parked.command('replay').description('publish it to its topic again; refused when that would undo what came after it').argument('<id...>').action((ids: string[]) => each('replay', ids));

  parked.command('discard').description('leave it out for good: by id, or all of a topic or a consumer').argument('[id...]').option('--topic <topic>', 'all of this topic').option('--consumer <consumer>', 'all of this consumer')
    .action(async (ids: string[], of: Record<string, string>) => {
      if ((ids.length > 0) === (Object.keys(of).length > 0)) throw new UsageError('which ones: ids, or --topic or --consumer');
      const named = ids.length > 0 ? ids : (await context().api.list(PATH, { ...LARGEST_PAGE, ...of })).map(({ parkedRecordId }) => String(parkedRecordId));
      await each('discard', named);
    });
}

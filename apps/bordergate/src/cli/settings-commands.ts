import { http, QuotaType, WeakAlgorithmsPolicy } from '@bordergate/contracts';
import { Option, type Command } from 'commander';
import { LARGEST_PAGE, type Json } from './api.js';
import type { CliContext } from './context.js';
import { UsageError } from './io.js';
import type { Column } from './table.js';

const QUOTA_COLUMNS: readonly Column[] = [
  ['QUOTA', 'type'], ['OF', (quota) => quota.parentResourceId ?? (quota.count === null ? 'each' : 'region')], ['LIMIT', 'maxLimit'], ['COUNT', 'count'], ['FIXED', (quota) => (quota.fixed ? 'yes' : 'no')],
];

/** The limits and the policy of a region. */
export function addSettingsCommands(program: Command, context: () => CliContext): void {
  program.command('quotas').description('limits, and how many there are: of the region, and of each border gateway, connection, VPC and route table')
    .addOption(new Option('--type <type>', 'only this one').choices(QuotaType.options)).option('--of <id>', 'only those of this resource')
    .action(async ({ type, of }: { type?: string; of?: string }) => {
      const { api, rows } = context();
      rows(QUOTA_COLUMNS, await api.list('quotas', { ...LARGEST_PAGE, ...(type === undefined ? {} : { type }), ...(of === undefined ? {} : { parentResourceId: of }) }));
    });

  program.command('set-quota').description('set a limit; below what there is, only new ones are refused').argument('<quota>', QuotaType.options.join(', ')).argument('<limit>', 'a number, or "default" to take back what was set')
    .option('--of <id>', 'only for this resource')
    .action(async (type: string, limit: string, { of }: { of?: string }) => {
      if (limit !== 'default' && !/^\d{1,7}$/.test(limit)) throw new UsageError(`"${limit}" is neither a number nor "default"`);
      const { api, rows, json, one } = context();
      const quota = (await api.request('PATCH', `quotas/${encodeURIComponent(type)}`, { maxLimit: limit === 'default' ? null : Number(limit), parentResourceId: of ?? null })) as Json;
      if (json) one(quota);
      else rows(QUOTA_COLUMNS, [quota]);
    });

  program.command('policy').description('what the region allows; with an option, change it')
    .addOption(new Option('--weak-algorithms <policy>', 'whether tunnels may get algorithms that are advised against; those that have them keep them').choices(WeakAlgorithmsPolicy.options))
    .action(async (change: { weakAlgorithms?: string }) => {
      const { api, one } = context();
      one(http.RegionPolicy.parse(await (Object.keys(change).length > 0 ? api.request('PATCH', 'policy', change) : api.request('GET', 'policy'))));
    });
}

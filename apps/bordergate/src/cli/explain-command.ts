import { http } from '@bordergate/contracts';
import type { Command } from 'commander';
import { collectionOfId } from './collections.js';
import type { CliContext } from './context.js';
import { UsageError } from './io.js';
import { clean } from './table.js';

/** Why packets go where they go: the routing service's own words, or with `-o json` its structure. */
export function addExplainCommand(program: Command, context: () => CliContext): void {
  program.command('explain').description('why packets to a prefix or an address go where they go, or nowhere').argument('<id>', 'of a border gateway or a VPC').argument('<prefix-or-address>', '10.20.0.0/16 asks for exactly this destination, 10.20.0.5 for its longest match')
    .option('--route-table <routeTableId>', 'of a VPC; all its tables when not said')
    .action(async (id: string, what: string, { routeTable }: { routeTable?: string }) => {
      const { path } = collectionOfId(id);
      if (path !== 'borderGateways' && path !== 'vpcs') throw new UsageError(`"${id}" is neither a border gateway nor a VPC`);
      if (routeTable !== undefined && path !== 'vpcs') throw new UsageError('--route-table is for VPCs');
      const asked = http.ExplainQuery.safeParse(what.includes('/') ? { prefix: what } : { address: what });
      if (!asked.success) throw new UsageError(`"${what}" is not ${asked.error.issues[0]!.message}`);
      const { api, json, one, io } = context();
      const query = new URLSearchParams({ ...asked.data, ...(routeTable === undefined ? {} : { routeTableId: routeTable }) });
      const explanation = http.Explanation.parse(await api.request('GET', `${path}/${encodeURIComponent(id)}/explain?${query}`));
      if (json) one(explanation);
      else io.stdout.write(explanation.text.split('\n').map(clean).join('\n'));
    });
}

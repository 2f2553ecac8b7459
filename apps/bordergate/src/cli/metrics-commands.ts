import { http } from '@bordergate/contracts';
import type { Command } from 'commander';
import { LARGEST_PAGE } from './api.js';
import { collectionOfId } from './collections.js';
import type { CliContext } from './context.js';
import { UsageError } from './io.js';
import { bps, text, type Column } from './table.js';

const OF = 'of a tunnel, a VPN connection or a border gateway; the region when left out';

function pathOf(id: string | undefined, what: string): string {
  if (id === undefined) return what;
  const { path } = collectionOfId(id);
  if (path !== 'vpnTunnels' && path !== 'vpnConnections' && path !== 'borderGateways') throw new UsageError(`"${id}" has no ${what}: give a tunnel, a VPN connection or a border gateway`);
  return `${path}/${encodeURIComponent(id)}/${what}`;
}

interface Flags { window?: string; start?: string; end?: string; step?: string; metric?: string; statistic?: string; by?: string }

/** What tunnels were. */
export function addMetricsCommands(program: Command, context: () => CliContext): void {
  program.command('metrics').description('series of the past: a line per point, a column per series').argument('[id]', OF)
    .option('--window <window>', `${http.MetricWindow.options.join(', ')} (default 1h)`).option('--start <time>', 'in place of a window').option('--end <time>', 'now when left out').option('--step <seconds>', 'of a point')
    .option('--metric <names>', `${http.SeriesMetric.options.join(',')} (default the first six)`).option('--statistic <statistic>', `${http.Statistic.options.join(', ')} (default avg)`).option('--by <by>', 'tunnel or total')
    .action(async (id: string | undefined, flags: Flags) => {
      const { api, rows, json, one } = context();
      const query = new URLSearchParams(Object.entries(flags) as [string, string][]).toString();
      const metrics = http.Metrics.parse(await api.request('GET', pathOf(id, 'metrics') + (query === '' ? '' : `?${query}`)));
      if (json) return one(metrics);
      rows(columnsOf(metrics), (metrics.items[0]?.values ?? []).map((_, index) => index));
    });

  program.command('changes').description('what changed about tunnels and why, newest first').argument('[id]', OF).option('--start <time>', 'none before it').option('--end <time>', 'none at or after it').action(async (id: string | undefined, flags: Flags) => {
    const { api, rows } = context();
    rows([['AT', 'at'], ['TUNNEL', 'vpnTunnelId'], ['CHANGE', 'what'], ['DETAIL', 'detail']], await api.list(pathOf(id, 'stateChanges'), { ...LARGEST_PAGE, ...(flags as Record<string, string>) }));
  });
}

function columnsOf({ start, stepSeconds, statistic, items }: http.Metrics): Column<number>[] {
  const severalTunnels = new Set(items.map(({ vpnTunnelId }) => vpnTunnelId)).size > 1;
  return [
    ['FROM', (index) => new Date(Date.parse(start) + index * stepSeconds * 1_000).toISOString().replace('.000Z', 'Z')],
    ...items.map(({ metric, unit, vpnTunnelId, values }): Column<number> => [
      severalTunnels ? `${metric} ${vpnTunnelId}` : metric,
      (index) => {
        const value = values[index] ?? null;
        return value === null ? text(null) : unit === 'bit/s' && statistic !== 'sum' ? bps(value) : Number(value.toPrecision(6));
      },
    ]),
  ];
}

import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { useSpeech, useTexts } from '../i18n/index.js';
import type { TabProps } from '../pages/tabs.js';
import { formatTime } from '../ui/format.js';
import { Status } from '../ui/status.js';
import { Hops, InUse, Limit, Prefix } from './parts.js';
import { PeersOfGateway } from './peer-routes.js';
import { useFib, useRoutes } from './queries.js';
import { AskWhy, RouteList } from './route-list.js';
import type { GatewayRoute, GatewayRoutePage } from './types.js';
import classes from './routes.module.css';

const TABLES = ['effective', 'static', 'propagated', 'learned', 'advertised'] as const;
type Table = (typeof TABLES)[number];

/** The route tables of a border gateway: which route won, which lost, and why. */
export function GatewayRoutes({ id }: TabProps) {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('table');
  const table = TABLES.find((one) => one === asked) ?? 'effective';
  return (
    <Stack>
      <AskWhy place={{ kind: 'borderGateways', id }} />
      <div className={classes.tables}>
        <SegmentedControl aria-label={t.routes.table} value={table} onChange={(next) => setSearch({ table: next })} data={TABLES.map((value) => ({ value, label: t.routes.tables[value] }))} />
      </div>
      <Text size="sm" c="dimmed">{t.routes.about[table]}</Text>
      {table === 'learned' || table === 'advertised' ? <PeersOfGateway key={table} bgwId={id} what={table} /> : <OwnTable key={table} id={id} table={table} />}
    </Stack>
  );
}

function OwnTable({ id, table }: { readonly id: string; readonly table: Exclude<Table, 'learned' | 'advertised'> }) {
  const t = useTexts();
  const list = useRoutes<GatewayRoute, GatewayRoutePage>('borderGateways', id, 'routes', { table });
  return (
    <>
      {list.first && <div className={classes.limits}><Limit label={t.routes.limitOf.gateway} limit={list.first.dynamicRoutes} /></div>}
      {table === 'effective' && <Kernels id={id} />}
      <RouteList
        list={list} label={t.routes.tables[table]} empty={t.routes.empty[table]} keyOf={({ bgwRouteDestination, source }) => `${bgwRouteDestination} ${source}`} prefixOf={(row) => row.bgwRouteDestination} placeOf={() => ({ kind: 'borderGateways', id })}
        columns={[
          { id: 'bgwRouteDestination', label: t.routes.destination, kind: 'name', cell: (row) => <Prefix text={row.bgwRouteDestination} /> },
          { id: 'bgwRouteNexthop', label: t.routes.nextHop, priority: table === 'effective' ? 1 : 2, cell: (row) => <Hops ids={[row.bgwRouteNexthop]} /> },
          { id: 'because', label: t.routes.inUse, priority: table === 'effective' ? 2 : 1, cell: (row) => <InUse {...row} /> },
          { id: 'nextHopType', label: t.routes.kind, priority: 3, cell: (row) => `${t.routes.nextHopTypes[row.nextHopType]}, ${t.routes.routeTypes[row.routeType]}` },
          { id: 'asPath', label: t.routes.asPath, priority: 2, cell: (row) => row.asPath.join(' ') || t.detail.none },
          { id: 'bgwRoutePriority', label: t.routes.priority, priority: 3, cell: (row) => <Prefix text={row.bgwRoutePriority} /> },
        ]}
      />
    </>
  );
}

/** Whether the kernels of the nodes forward by this table. */
function Kernels({ id }: { readonly id: string }) {
  const { t, language } = useSpeech();
  const fib = useFib(id);
  if (!fib) return null;
  if (fib.nodes.length === 0) return <Status tone="warn">{t.routes.kernels.silent}</Status>;
  return fib.nodes.map(({ node, agreed, observedAt, differences }) => (
    <div key={node}>
      <Status tone={agreed ? 'up' : 'warn'}>{agreed ? t.routes.kernels.agreed(node) : t.routes.kernels.differs(node, differences.length)}</Status> <Text span size="xs" c="dimmed">{t.routes.kernels.seen(formatTime(observedAt, language))}</Text>
      {!agreed && <Text size="sm">{differences.slice(0, 20).map(({ prefix }) => prefix).join(', ')}</Text>}
    </div>
  ));
}

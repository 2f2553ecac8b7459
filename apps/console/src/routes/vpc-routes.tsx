import { Stack } from '@mantine/core';
import { useNames } from '../api/queries.js';
import { fieldOf } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import type { TabProps } from '../pages/tabs.js';
import { NextHop } from '../ui/cells.js';
import type { Column } from '../ui/virtual-table.js';
import { Hops, InUse, Limit, Prefix } from './parts.js';
import { useRoutes } from './queries.js';
import { AskWhy, RouteList } from './route-list.js';
import type { VpcRoute, VpcRoutePage } from './types.js';
import classes from './routes.module.css';

/** The routes of a VPC's tables, or of one of them. */
export function VpcRoutes({ collection, id, row }: TabProps) {
  const t = useTexts();
  const vpcId = collection === 'vpcs' ? id : String(fieldOf(row, 'vpcId'));
  const routeTableId = collection === 'routeTables' ? id : undefined;
  const list = useRoutes<VpcRoute, VpcRoutePage>('vpcs', vpcId, 'routes', routeTableId ? { routeTableId } : {});
  const names = useNames('routeTables');
  const tableColumn: Column<VpcRoute> = { id: 'routeTableId', label: t.routes.tableOf, priority: 2, cell: (route) => <NextHop id={route.routeTableId} /> };
  return (
    <Stack>
      <AskWhy place={{ kind: 'vpcs', id: vpcId, routeTableId }} />
      {list.first && <div className={classes.limits}>{list.first.propagatedRoutes.map((limit) => <Limit key={limit.routeTableId} label={routeTableId ? t.routes.limitOf.table : `${t.routes.limitOf.table}, ${names.get(limit.routeTableId) ?? limit.routeTableId}`} limit={limit} />)}</div>}
      <RouteList
        list={list} label={t.routes.tab} empty={t.routes.empty.vpc} keyOf={(route) => `${route.routeTableId} ${route.destination} ${route.source}`} prefixOf={({ destination }) => destination}
        placeOf={(route) => ({ kind: 'vpcs', id: vpcId, routeTableId: route.routeTableId })}
        columns={[
          { id: 'destination', label: t.routes.destination, kind: 'name', cell: ({ destination }) => <Prefix text={destination} /> },
          { id: 'nextHop', label: t.routes.nextHop, cell: ({ nextHop }) => (nextHop === 'local' ? t.routes.local : <Hops ids={[nextHop]} />) },
          ...(routeTableId ? [] : [tableColumn]),
          { id: 'routeType', label: t.routes.kind, priority: 2, cell: ({ routeType }) => t.routes.routeTypes[routeType] },
          { id: 'because', label: t.routes.inUse, priority: 2, cell: (route) => <InUse {...route} /> },
        ]}
      />
    </Stack>
  );
}

import { Button, Stack, Text, Title } from '@mantine/core';
import { lazy, useState } from 'react';
import { useList } from '../../api/queries.js';
import type { Documents } from '../../api/types.js';
import { useTexts } from '../../i18n/index.js';
import { Dialog } from '../../ui/dialog.js';
import { ResourceList } from '../../resources/resource-list.js';
import { Icon } from '../../ui/icons.js';
import type { TabProps } from '../tabs.js';
import { freePairs } from './proposal.js';
import { Troubles } from '../vpn-tunnel/troubles.js';
import classes from './resource-information.module.css';

const AddTunnels = lazy(() => import('./add-tunnels.js').then(({ AddTunnels }) => ({ default: AddTunnels })));

/** The tunnels of a VPN connection: what state they are in, why one is down, and "Add tunnel". */
export function ResourceInformation({ row }: TabProps) {
  const t = useTexts();
  const connection = row as Documents['vpnConnections'];
  const where = { vpnConnectionId: connection.vpnConnectionId };
  const { rows, loading } = useList('vpnTunnels', where);
  const customer = useList('customerGateways').rows.find(({ customerGatewayId }) => customerGatewayId === connection.cgwId);
  const [adding, setAdding] = useState(false);
  const free = customer ? freePairs(connection.cloudPublicIp, customer.customerIps, rows) : [];
  const full = !loading && customer !== undefined && free.length === 0;
  const add = (
    <Button leftSection={<Icon name="plus" size={16} />} disabled={loading || !customer || full} title={full ? t.tunnels.full : undefined} onClick={() => setAdding(true)}>{rows.length === 0 ? t.tunnels.addFirst : t.tunnels.add}</Button>
  );
  return (
    <Stack>
      <div className={classes.head}>
        <Title order={2} size="h4">{t.tunnels.tunnelsOf}</Title>
        {rows.length > 0 && add}
      </div>
      {rows.length === 0 && !loading
        ? <div className={classes.empty}><Text fw={500}>{t.tunnels.none}</Text><Text size="sm" c="dimmed">{t.tunnels.noneText}</Text>{add}</div>
        : <ResourceList collection="vpnTunnels" where={where} />}
      <Troubles tunnels={rows} />
      <Dialog title={rows.length === 0 ? t.tunnels.addFirst : t.tunnels.add} opened={adding} onClose={() => setAdding(false)} size="xl">
        {customer && <AddTunnels connection={connection} customerIps={customer.customerIps} tunnels={rows} onClose={() => setAdding(false)} />}
      </Dialog>
    </Stack>
  );
}

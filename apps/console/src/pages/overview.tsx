import { Anchor, Loader, Stack, Text, Title } from '@mantine/core';
import { Suspense, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useTunnelStates, usePlatform } from '../api/platform.js';
import { useList } from '../api/queries.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import { useRaised } from '../alarms/queries.js';
import { AlarmCards } from '../alarms/raised.js';
import { Page } from '../ui/page.js';
import { Status } from '../ui/status.js';
import { Steps } from './first-steps/first-steps.js';
import { useProgress } from './first-steps/use-progress.js';
import classes from './overview.module.css';
import { OVERVIEW_PANELS } from './overview-panels.js';
import { Troubles } from './vpn-tunnel/troubles.js';

/** A region at a glance; while there is nothing in it, the way to something. */
export function Overview() {
  const t = useTexts();
  const { region } = usePlatform();
  const known = useProgress();
  const connections = useList('vpnConnections').rows;
  const gateways = useList('borderGateways').rows;
  const tunnels = useList('vpnTunnels').rows;
  const states = useTunnelStates();
  const raised = useRaised().rows;
  const title = t.overview.of(region);
  if (!known) return <Page title={title}><Loader size="sm" /></Page>;
  if (!known.progress.steps[4]) return <Page title={title} about={t.first.about}><Steps /></Page>;
  const enabled = tunnels.filter(({ vpnTunnelId, adminStatus }) => (states.get(vpnTunnelId)?.adminStatus ?? adminStatus) === 'UP');
  const up = enabled.filter(({ vpnTunnelId, opStatus }) => (states.get(vpnTunnelId)?.opStatus ?? opStatus) === 'UP').length;
  const redundant = connections.filter(({ haStatus }) => haStatus === 'redundancy').length;
  const done = known.progress.steps.filter(Boolean).length;
  return (
    <Page title={title}>
      <div className={classes.tiles}>
        <Tile href={paths.list('vpnTunnels')} label={t.overview.tunnels}><Status tone={up === enabled.length ? 'up' : 'down'}>{t.status.outOf(up, enabled.length)}</Status></Tile>
        <Tile href={paths.list('vpnConnections')} label={t.overview.connections}><Status tone={redundant === connections.length ? 'up' : 'warn'}>{t.overview.redundant(redundant, connections.length)}</Status></Tile>
        <Tile href={paths.alarms} label={t.alarms.title}><Status tone={raised.length === 0 ? 'up' : 'down'}>{raised.length === 0 ? t.alarms.allWellShort : t.alarms.raisedOf(raised.length)}</Status></Tile>
        <Tile href={paths.list('borderGateways')} label={t.overview.gateways}>{t.overview.count(gateways.length)}</Tile>
        {known.progress.next !== null && <Tile href={paths.first} label={t.first.title}>{t.first.progress(done, known.progress.steps.length)}</Tile>}
      </div>
      <section aria-label={t.overview.attention}>
        <Title order={2} size="h4" mb="xs">{t.overview.attention}</Title>
        {up === enabled.length && raised.length === 0 && <Text size="sm">{t.overview.allWell}</Text>}
        <Stack gap="xs">
          <Troubles tunnels={tunnels} />
          <AlarmCards alarms={raised} named={{ resource: true, rule: true }} />
        </Stack>
      </section>
      <Suspense fallback={<Loader size="sm" />}>
        <Stack>{OVERVIEW_PANELS.map(({ id, panel: Panel }) => <Panel key={id} />)}</Stack>
      </Suspense>
    </Page>
  );
}

const Tile = ({ href, label, children }: { readonly href: string; readonly label: string; readonly children: ReactNode }) => (
  <div className={classes.tile}>
    <Anchor component={Link} href={href} size="sm">{label}</Anchor>
    <div className={classes.value}>{children}</div>
  </div>
);

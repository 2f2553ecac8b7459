import { NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { useList } from '../api/queries.js';
import { fieldOf } from '../api/types.js';
import { useSpeech, useTexts } from '../i18n/index.js';
import type { TabProps } from '../pages/tabs.js';
import { Empty } from '../ui/empty.js';
import { formatTime } from '../ui/format.js';
import { InUse, Prefix } from './parts.js';
import { useRoutes, type Place } from './queries.js';
import { AskWhy, RouteList } from './route-list.js';
import type { AdvertisedRoute, LearnedRoute } from './types.js';

const TABLES = ['learned', 'advertised'] as const;
type Table = (typeof TABLES)[number];
type PeerCollection = 'vpnTunnels' | 'virtualInterfaces';

/** What a BGP peer says over a tunnel or a virtual interface, and what it is told. */
export function PeerRoutes({ collection, id, row }: TabProps) {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const table: Table = search.get('table') === 'advertised' ? 'advertised' : 'learned';
  const place: Place = { kind: 'borderGateways', id: String(fieldOf(row, 'bgwId')) };
  return (
    <Stack>
      <AskWhy place={place} />
      <SegmentedControl className="self-start" aria-label={t.routes.table} value={table} onChange={(next) => setSearch({ table: next })} data={TABLES.map((value) => ({ value, label: t.routes.tables[value] }))} />
      <Text size="sm" c="dimmed">{t.routes.about[table]}</Text>
      <PeerTable key={table} what={table} collection={collection as PeerCollection} id={id} place={place} />
    </Stack>
  );
}

/** The same of a gateway: one of its peers at a time. */
export function PeersOfGateway({ bgwId, what }: { readonly bgwId: string; readonly what: Table }) {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const { rows: tunnels } = useList('vpnTunnels', { bgwId });
  const { rows: vifs } = useList('virtualInterfaces', { bgwId });
  const peers = [
    ...tunnels.map(({ vpnTunnelId, cloudPublicIp, customerIp }) => ({ value: vpnTunnelId, label: `${vpnTunnelId} (${cloudPublicIp} ↔ ${customerIp})`, collection: 'vpnTunnels' as const })),
    ...vifs.map(({ vifId, vifName }) => ({ value: vifId, label: `${vifName} (${vifId})`, collection: 'virtualInterfaces' as const })),
  ];
  const peer = peers.find(({ value }) => value === search.get('peer')) ?? peers[0];
  if (!peer) return <Empty text={t.routes.noPeers} />;
  return (
    <>
      <NativeSelect maw="30rem" label={t.routes.peer} data={peers.map(({ value, label }) => ({ value, label }))} value={peer.value} onChange={(event) => setSearch({ table: what, peer: event.currentTarget.value })} />
      <PeerTable key={peer.value} what={what} collection={peer.collection} id={peer.value} place={{ kind: 'borderGateways', id: bgwId }} />
    </>
  );
}

interface TableProps {
  readonly collection: PeerCollection;
  readonly id: string;
  readonly place: Place;
}

const PeerTable = ({ what, ...props }: TableProps & { readonly what: Table }) => (what === 'learned' ? <Learned {...props} /> : <Advertised {...props} />);

function Learned({ collection, id, place }: TableProps) {
  const { t, language } = useSpeech();
  return (
    <RouteList<LearnedRoute>
      list={useRoutes(collection, id, 'learnedRoutes', {})} label={t.routes.tables.learned} empty={t.routes.empty.learned} keyOf={({ prefix }) => prefix} prefixOf={({ prefix }) => prefix} placeOf={() => place}
      columns={[
        { id: 'prefix', label: t.routes.destination, kind: 'name', cell: ({ prefix }) => <Prefix text={prefix} /> },
        { id: 'because', label: t.routes.inUse, cell: (row) => <InUse {...row} /> },
        { id: 'asPath', label: t.routes.asPath, priority: 2, cell: ({ asPath }) => asPath.join(' ') || t.detail.none },
        { id: 'med', label: t.routes.med, priority: 3, cell: ({ med }) => med ?? t.detail.none },
        { id: 'communities', label: t.routes.communities, priority: 3, cell: ({ communities }) => communities.join(' ') || t.detail.none },
        { id: 'since', label: t.routes.since, priority: 3, cell: ({ since }) => <time dateTime={since}>{formatTime(since, language)}</time> },
      ]}
    />
  );
}

function Advertised({ collection, id, place }: TableProps) {
  const t = useTexts();
  return (
    <RouteList<AdvertisedRoute>
      list={useRoutes(collection, id, 'advertisedRoutes', {})} label={t.routes.tables.advertised} empty={t.routes.empty.advertised} keyOf={({ prefix }) => prefix} prefixOf={({ prefix }) => prefix} placeOf={() => place}
      columns={[
        { id: 'prefix', label: t.routes.destination, kind: 'name', cell: ({ prefix }) => <Prefix text={prefix} /> },
        { id: 'because', label: t.routes.because, cell: ({ because }) => t.routes.reasons[because] ?? because },
      ]}
    />
  );
}

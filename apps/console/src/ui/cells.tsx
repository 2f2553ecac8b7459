import { Anchor, Text } from '@mantine/core';
import { createContext, use, useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useNames } from '../api/queries.js';
import { useTunnelState } from '../api/platform.js';
import { fieldOf, type Collection, type Row } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useSpeech, useTexts } from '../i18n/index.js';
import { collectionOfId, type Cell } from '../resources/registry.js';
import classes from './cells.module.css';
import { formatTime } from './format.js';
import { Status, type Tone } from './status.js';

/** A value of a resource, as its kind of cell says. */
export function CellValue({ row, field, cell }: { readonly row: Row; readonly field: string; readonly cell: Cell }) {
  const t = useTexts();
  const { language } = useSpeech();
  const value = fieldOf(row, field);
  if (cell === 'tunnelStatus') return <TunnelStatus id={String(fieldOf(row, 'vpnTunnelId'))} opStatus={String(value)} adminStatus={String(fieldOf(row, 'adminStatus'))} />;
  if (cell === 'bgpStatus') return <BgpStatus id={(fieldOf(row, 'vpnTunnelId') as string | undefined) ?? ''} status={value as BgpState} />;
  if (cell === 'weak') return <Weak names={value as string[]} />;
  if (value === null || value === undefined || value === '') return <span className={classes.none}>{t.detail.none}</span>;
  switch (cell) {
    case 'code': return <span className={classes.code}>{String(value)}</span>;
    case 'number': return <span className={classes.number}>{Array.isArray(value) ? value.length : Number(value).toLocaleString(language)}</span>;
    case 'flag': return value ? t.detail.yes : t.detail.no;
    case 'time': return <time dateTime={String(value)}>{formatTime(String(value), language)}</time>;
    case 'list': return <List items={value as readonly unknown[]} />;
    case 'choice': return t.values[String(value)] ?? String(value);
    case 'adminStatus': return <Status tone={value === 'UP' ? 'up' : 'off'}>{value === 'UP' ? t.status.up : t.status.disabled}</Status>;
    case 'vifStatus': return <Status tone={VIF_TONES[String(value)] ?? 'off'}>{t.values[String(value)] ?? String(value)}</Status>;
    case 'haStatus': return <Status tone={value === 'redundancy' ? 'up' : 'warn'}>{value === 'redundancy' ? t.status.redundant : t.status.notRedundant}</Status>;
    case 'nextHop': return <NextHop id={String(value)} />;
    case 'selectors': return <List items={(value as { localSubnet: string; remoteSubnets: string[] }[]).map(({ localSubnet, remoteSubnets }) => `${localSubnet} → ${remoteSubnets.join(', ')}`)} />;
    case 'text': return String(value);
    default: return <Ref collection={cell.ref} id={String(value)} />;
  }
}

const VIF_TONES: Readonly<Record<string, Tone>> = { Active: 'up', Down: 'down', InActive: 'off', Pending: 'warn' };
type BgpState = 'established' | 'down' | 'off';

function List({ items }: { readonly items: readonly unknown[] }) {
  const t = useTexts();
  if (items.length === 0) return <span className={classes.none}>{t.detail.none}</span>;
  return <span className={classes.list}>{items.map((item) => (typeof item === 'string' ? item : String((item as { subnetCidr: string }).subnetCidr))).map((text) => <span key={text} className={classes.code}>{text}</span>)}</span>;
}

type Names = ReadonlyMap<Collection, ReadonlyMap<string, string>>;
const Names = createContext<Names>(new Map());

/** The names of some collections, asked for once for all the cells inside of it. */
export function WithNames({ of: [collection, ...rest], children }: { readonly of: readonly Collection[]; readonly children: ReactNode }) {
  return collection ? <WithNamesOf collection={collection}><WithNames of={rest}>{children}</WithNames></WithNamesOf> : children;
}

function WithNamesOf({ collection, children }: { readonly collection: Collection; readonly children: ReactNode }) {
  const outer = use(Names);
  const names = useNames(collection);
  const all = useMemo<Names>(() => new Map([...outer, [collection, names]]), [outer, collection, names]);
  return <Names value={all}>{children}</Names>;
}

/** A link to another resource, by its name as soon as that is known. */
export function Ref({ collection, id }: { readonly collection: Collection; readonly id: string }) {
  const names = use(Names).get(collection);
  return names ? <NamedRef collection={collection} id={id} name={names.get(id) ?? id} /> : <AskingRef collection={collection} id={id} />;
}

const AskingRef = ({ collection, id }: { readonly collection: Collection; readonly id: string }) => <NamedRef collection={collection} id={id} name={useNames(collection).get(id) ?? id} />;

function NamedRef({ collection, id, name }: { readonly collection: Collection; readonly id: string; readonly name: string }) {
  return <Anchor component={Link} href={paths.one(collection, id)} inherit className={name === id ? classes.code : undefined}>{name}</Anchor>;
}

export function NextHop({ id }: { readonly id: string }) {
  const collection = collectionOfId(id);
  return collection ? <Ref collection={collection} id={id} /> : <span className={classes.code}>{id}</span>;
}

/** The present state of a tunnel: what the live stream says, and until then what the list said. */
export function TunnelStatus({ id, opStatus, adminStatus }: { readonly id: string; readonly opStatus: string; readonly adminStatus: string }) {
  const t = useTexts();
  const live = useTunnelState(id);
  const tone = tunnelTone(live ?? { opStatus, adminStatus });
  const reason = live && tone === 'down' ? t.reasons[live.opReason]?.why : undefined;
  return <Status tone={tone} title={reason}>{tone === 'up' ? t.status.up : tone === 'off' ? t.status.disabled : t.status.down}</Status>;
}

export const tunnelTone = ({ opStatus, adminStatus }: { readonly opStatus: string; readonly adminStatus: string }): 'up' | 'down' | 'off' =>
  opStatus === 'UP' ? 'up' : adminStatus === 'DOWN' ? 'off' : 'down';

export function BgpStatus({ id, status }: { readonly id: string; readonly status: BgpState }) {
  const t = useTexts();
  const now = useTunnelState(id)?.bgpStatus ?? status;
  return <Status tone={now === 'established' ? 'up' : now}>{t.status.bgp[now]}</Status>;
}

function Weak({ names }: { readonly names: readonly string[] }) {
  const t = useTexts();
  if (names.length === 0) return <span className={classes.none}>{t.status.notWeak}</span>;
  return <Status tone="warn" title={t.status.weakLong}><Text span size="sm">{names.map((name) => name.split(':')[1]).join(', ')}</Text></Status>;
}

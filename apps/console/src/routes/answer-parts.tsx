import { Anchor, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSpeech, useTexts } from '../i18n/index.js';
import { NextHop } from '../ui/cells.js';
import { formatTime } from '../ui/format.js';
import { Status, type Tone } from '../ui/status.js';
import { IdText } from './id-text.js';
import type { Provenance } from './types.js';
import type { Ask } from './why.js';
import type { Place } from './queries.js';
import classes from './why.module.css';

export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return <section className={classes.part} aria-label={title}><Title order={4} size="h6">{title}</Title>{children}</section>;
}

/** One outcome with its sentence: of a candidate, a table, a peer. */
export function Outcome({ tone, word, about, why, from = [], children }: { readonly tone: Tone; readonly word: string; readonly about: ReactNode; readonly why: string; readonly from?: readonly Provenance[]; readonly children?: ReactNode }) {
  return (
    <li className={classes.outcome}>
      <div className={classes.head}><span>{about}</span><Status tone={tone}>{word}</Status></div>
      {children}
      <Text size="sm"><IdText text={why} /></Text>
      <From from={from} />
    </li>
  );
}

/** Where a route comes from: who decided it, when and by which request; or which peer said it, in which session. */
function From({ from }: { readonly from: readonly Provenance[] }) {
  const t = useTexts();
  if (from.length === 0) return null;
  return <div className={classes.from}><Text size="xs" c="dimmed" component="span">{t.why.from}</Text><ul>{from.map((one) => <li key={one.kind === 'decision' ? `${one.stream} ${one.position}` : `${one.vpnTunnelId ?? one.vifId} ${one.sessionEpoch}`}><Origin from={one} /></li>)}</ul></div>;
}

function Origin({ from }: { readonly from: Provenance }) {
  const { t, language } = useSpeech();
  if (from.kind === 'decision') {
    return [t.why.decision(from.type), from.actor && t.why.by(from.actor), from.at && formatTime(from.at, language), t.why.at(from.position), from.causationId && t.why.request(from.causationId)].filter(Boolean).join(', ');
  }
  const leg = from.vpnTunnelId ?? from.vifId;
  return (
    <>
      {t.why.said(from.neighborAddress ?? t.why.nobody, String(from.neighborAsn ?? '?'))}{leg && <> {t.why.overPeer} <NextHop id={leg} /></>}, {from.sessionSince ? t.why.session(formatTime(from.sessionSince, language)) : t.why.sessionDown}
    </>
  );
}

/** Wider routes that cover the destination; each can be asked about. */
export function LessSpecific({ place, routes, onAsk }: { readonly place: Place; readonly routes: readonly { readonly prefix: string; readonly forwards: boolean; readonly nextHops: readonly string[] }[]; readonly onAsk: Ask }) {
  const t = useTexts();
  if (routes.length === 0) return null;
  return (
    <Part title={t.why.lessSpecific}>
      <ul className={classes.list}>
        {routes.map(({ prefix, forwards, nextHops }) => (
          <li key={prefix} className={classes.head}>
            <span><Anchor component="button" type="button" size="sm" className={classes.code} aria-label={t.routes.whyOf(prefix)} onClick={() => onAsk({ place, question: { prefix } })}>{prefix}</Anchor>{nextHops.length > 0 && <> → {nextHops.map((id, i) => <span key={id}>{i > 0 && ', '}<NextHop id={id} /></span>)}</>}</span>
            <Status tone={forwards ? 'up' : 'off'}>{forwards ? t.why.forwards : t.why.drops}</Status>
          </li>
        ))}
      </ul>
    </Part>
  );
}

import { Title } from '@mantine/core';
import type { TunnelState } from '../api/types.js';
import { useSpeech } from '../i18n/index.js';
import { formatTime } from '../ui/format.js';
import classes from './state-history.module.css';

/** What a present state remembers of what happened, newest first. */
export function StateHistory({ history }: { readonly history: TunnelState['history'] }) {
  const { t, language } = useSpeech();
  if (history.length === 0) return null;
  return (
    <section aria-label={t.tunnels.history}>
      <Title order={2} size="h4" mb="xs">{t.tunnels.history}</Title>
      <ol className={classes.history}>
        {history.map(({ at, what, detail }) => <li key={`${at} ${what} ${detail}`}><time dateTime={at}>{formatTime(at, language)}</time><span>{what}{detail ? `: ${detail}` : ''}</span></li>)}
      </ol>
    </section>
  );
}

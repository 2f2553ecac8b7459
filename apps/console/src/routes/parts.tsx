import { Progress, Text } from '@mantine/core';
import { useTexts } from '../i18n/index.js';
import { NextHop } from '../ui/cells.js';
import { Status, type Tone } from '../ui/status.js';
import type { RouteLimit } from './types.js';
import classes from './routes.module.css';

/** Not even a candidate, as against one that lost: something is wrong, or full. */
const REFUSED = new Set(['overlaps-earlier-attachment', 'no-usable-next-hop', 'session-down', 'martian', 'own-asn', 'over-limit', 'gateway-not-attached']);

/** Whether a route is used, and the reason in a few words. */
export function InUse({ effective, because }: { readonly effective: boolean; readonly because: string }) {
  const t = useTexts();
  const tone: Tone = effective ? 'up' : REFUSED.has(because) ? 'warn' : 'off';
  return <Status tone={tone}>{t.routes.reasons[because] ?? because}</Status>;
}

export const Hops = ({ ids }: { readonly ids: readonly string[] }) => <span className={classes.hops}>{ids.map((id) => <NextHop key={id} id={id} />)}</span>;
export const Prefix = ({ text }: { readonly text: string }) => <span className={classes.code}>{text}</span>;

const COLORS = { ok: 'blue', 'near-limit': 'yellow', 'over-limit': 'red' } as const;

/** How full a table is that has a limit. */
export function Limit({ label, limit: { count, maxLimit, refused, status } }: { readonly label: string; readonly limit: RouteLimit }) {
  const t = useTexts();
  const text = t.routes.limit(count, maxLimit);
  return (
    <div>
      <div className={classes.limitHead}><span>{label}</span><span>{text}</span></div>
      <Progress value={Math.min(100, (100 * count) / Math.max(1, maxLimit))} color={COLORS[status]} aria-label={`${label}: ${text}`} />
      {status !== 'ok' && <Status tone={status === 'over-limit' ? 'down' : 'warn'}><Text span size="sm">{t.routes.limitStatus[status]}{refused > 0 && `: ${t.routes.limitRefused(refused)}`}</Text></Status>}
    </div>
  );
}

import { Title } from '@mantine/core';
import { useSpeech, useTexts } from '../i18n/index.js';
import { formatTime } from '../ui/format.js';
import { PLOT_INSET } from './chart.js';
import { bandOf, type Metrics } from './series.js';
import classes from './charts.module.css';

/** Above each column of charts, over the same time: where a chart drops, one sees whether the tunnel was up. Said once. */
export function StateBands({ metrics: { items, start, end } }: { readonly metrics: Metrics }) {
  const { t, language } = useSpeech();
  const bands = items.filter(({ metric }) => metric === 'operUp');
  const drawn = (
    <>
      <Title order={2} size="h6" mb={4}>{t.charts.states}</Title>
      <div style={{ marginLeft: PLOT_INSET.left, marginRight: PLOT_INSET.right }}>
        {bands.map(({ vpnTunnelId, values }) => <StateBand key={vpnTunnelId} name={vpnTunnelId ?? ''} values={values} />)}
        <div className={classes.span}><span>{formatTime(start, language)}</span><span>{formatTime(end, language)}</span></div>
      </div>
    </>
  );
  return (
    <>
      <section className={classes.panel} aria-label={t.charts.states}>{drawn}</section>
      <div className={`${classes.panel} ${classes.second}`} aria-hidden="true">{drawn}</div>
    </>
  );
}

/** Whether a tunnel was up, over the time of the charts; by height and hatching as much as by colour. */
function StateBand({ name, values }: { readonly name: string; readonly values: readonly (number | null)[] }) {
  const t = useTexts();
  const runs = bandOf(values);
  const measured = values.filter((value) => value !== null);
  const share = measured.length === 0 ? null : measured.reduce((sum, value) => sum + value, 0) / measured.length;
  const text = share === null ? t.charts.neverMeasured : t.charts.upShare(`${Math.floor(share * 1000) / 10} %`);
  return (
    <div className={classes.bandRow}>
      <div className={classes.bandHead}><span className={classes.bandName}>{name}</span> <span>{text}</span></div>
      <svg className={classes.band} viewBox={`0 0 ${Math.max(1, values.length)} 10`} preserveAspectRatio="none" role="img" aria-label={`${name}: ${text}`}>
        {runs.filter(({ state }) => state !== 'gap').map(({ state, from, to }) => <rect key={from} x={from} width={to - from} {...HEIGHTS[state as keyof typeof HEIGHTS]} className={classes[`band-${state}`]} />)}
      </svg>
    </div>
  );
}

/** Up is a full bar, partly up half of one, down a line at the bottom; nothing measured is nothing. */
const HEIGHTS = { up: { y: 0, height: 10 }, partly: { y: 4, height: 6 }, down: { y: 8, height: 2 } } as const;

import { useTexts } from '../i18n/index.js';
import { bandOf } from './series.js';
import classes from './charts.module.css';

/** Whether a tunnel was up, over the time of the charts; by height and hatching as much as by colour. */
export function StateBand({ name, values }: { readonly name: string; readonly values: readonly (number | null)[] }) {
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

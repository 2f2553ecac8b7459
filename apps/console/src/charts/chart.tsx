import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useWidth } from '../ui/use-width.js';
import { formatValue, lonely, type Panel } from './series.js';

/** Of the time axis of all charts of a page: their cursors move together. */
const SYNC = uPlot.sync('charts');
/** What is left and right of where a chart draws: whatever stands above it can be put over it. */
export const PLOT_INSET = { left: 84, right: 8 };
const HEIGHT = 190;
const COLORS = 8;
/** Lines differ by their dashes too, not by colour alone. */
const DASHES: readonly (readonly number[])[] = [[], [10, 5], [3, 4], [12, 4, 3, 4], [18, 6], [6, 3, 2, 3, 2, 3], [2, 6], [14, 3]];
export const dashOf = (line: number): readonly number[] => DASHES[line % DASHES.length]!;
export const colorOf = (line: number): string => `var(--chart-${(line % COLORS) + 1})`;

interface Props {
  readonly panel: Panel;
  readonly times: readonly number[];
  readonly stepSeconds: number;
  readonly label: string;
  readonly tick: (seconds: number) => string;
  /** The point under the cursor, null when there is none. */
  readonly onPoint: (point: number | null) => void;
}

/** One chart, drawn by uPlot on a canvas. What it shows is said by its label, its legend and the table beside it. */
export function Chart({ panel, times, stepSeconds, label, tick, onPoint }: Props) {
  const { ref, width } = useWidth();
  const host = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  const latest = useRef({ tick, onPoint, stepSeconds });
  // before the points that are drawn by it
  useEffect(() => { latest.current = { tick, onPoint, stepSeconds }; });
  const plot = useRef<uPlot | null>(null);
  const shape = panel.lines.map(({ key, low, high }) => `${key}${low ? '-' : ''}${high ? '+' : ''}`).join();

  // made anew when its lines, colours or width are others; points only are given to the one that is there
  useEffect(() => {
    if (!host.current || width === 0) return;
    const style = getComputedStyle(host.current);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const made = new uPlot(optionsOf(panel, width, color, latest), dataOf(panel, times), host.current);
    plot.current = made;
    return () => { made.destroy(); plot.current = null; };
  }, [shape, panel.unit, width, scheme]);
  useEffect(() => { plot.current?.setData(dataOf(panel, times)); }, [panel, times]);

  return <div ref={ref}><div ref={host} role="img" aria-label={label} /></div>;
}

/** Each line, and after all lines the borders of what lies between least and most. */
function dataOf({ lines }: Panel, times: readonly number[]): uPlot.AlignedData {
  const banded = lines.filter(({ low, high }) => low && high);
  return [times, ...lines.map(({ values }) => values), ...banded.flatMap(({ low, high }) => [high!, low!])] as unknown as uPlot.AlignedData;
}

function optionsOf({ lines, unit }: Panel, width: number, color: (name: string) => string, latest: { readonly current: Pick<Props, 'tick' | 'onPoint' | 'stepSeconds'> }): uPlot.Options {
  const stroke = (line: number) => color(`--chart-${(line % COLORS) + 1}`);
  const axis: uPlot.Axis = { stroke: color('--mantine-color-dimmed'), grid: { stroke: color('--bg-line'), width: 1 }, ticks: { stroke: color('--bg-line'), width: 1 }, font: '12px sans-serif' };
  const banded = lines.flatMap(({ low, high }, line) => (low && high ? [line] : []));
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, PLOT_INSET.right, 0, 0], cursor: { sync: { key: SYNC.key }, drag: { x: false, y: false } },
    // a point is of the step that begins at it
    scales: { x: { time: true, range: (_, first, last) => [first, last + latest.current.stepSeconds] }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [{ ...axis, space: 70, values: (_, ticks) => ticks.map((at) => latest.current.tick(at)) }, { ...axis, size: PLOT_INSET.left, space: 36, values: (_, ticks) => ticks.map((value) => formatValue(value, unit)) }],
    series: [
      {},
      ...lines.map((_, i): uPlot.Series => ({ stroke: stroke(i), width: 2, dash: [...dashOf(i)], spanGaps: false, points: { show: true, size: 5, filter: (plot, at) => lonely(plot.data[at] as (number | null)[]) } })),
      ...banded.flatMap((line): uPlot.Series[] => [{ stroke: stroke(line), width: 0.5, points: { show: false } }, { stroke: stroke(line), width: 0.5, points: { show: false } }]),
    ],
    bands: banded.map((line, i): uPlot.Band => ({ series: [lines.length + 1 + 2 * i, lines.length + 2 + 2 * i], fill: `${stroke(line)}33` })),
    hooks: { setCursor: [(plot) => latest.current.onPoint(plot.cursor.idx ?? null)] },
  };
}

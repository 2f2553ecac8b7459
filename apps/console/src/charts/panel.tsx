import { Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useSpeech, type Texts } from '../i18n/index.js';
import { formatTime } from '../ui/format.js';
import { Chart, colorOf, dashOf } from './chart.js';
import { formatValue, summaryOf, type ChartLine, type Panel } from './series.js';
import classes from './charts.module.css';

interface Props {
  readonly panel: Panel;
  readonly times: readonly number[];
  readonly stepSeconds: number;
  readonly tick: (seconds: number) => string;
}

const titleOf = (t: Texts, id: string): string => t.charts.panels[id as keyof typeof t.charts.panels];

/** A chart with its legend, and the same as a table. */
export function ChartPanel({ panel, times, stepSeconds, tick }: Props) {
  const { t, language } = useSpeech();
  const [point, setPoint] = useState<number | null>(null);
  const title = titleOf(t, panel.id);
  const nameOf = ({ tunnelId, metric }: ChartLine) => (panel.lines.some((line) => line.metric !== panel.lines[0]!.metric) || !tunnelId ? t.charts.metrics[metric] : tunnelId);
  const nothing = panel.lines.every(({ values }) => values.every((value) => value === null));
  const said = panel.lines.map((line) => {
    const summary = summaryOf(line.values);
    return `${nameOf(line)}: ${summary ? t.charts.summary(formatValue(summary.least, panel.unit), formatValue(summary.mean, panel.unit), formatValue(summary.most, panel.unit)) : t.charts.nothing}`;
  });
  return (
    <section className={classes.panel} aria-label={title}>
      <Title order={2} size="h6">{title}</Title>
      {nothing ? <Text size="sm" c="dimmed" className={classes.nothing}>{t.charts.nothing}</Text> : <Chart panel={panel} times={times} stepSeconds={stepSeconds} label={`${title}. ${said.join('. ')}`} tick={tick} onPoint={setPoint} />}
      <div className={classes.legend} aria-hidden="true">
        <span className={classes.at}>{point !== null && times[point] !== undefined ? formatTime(new Date(times[point] * 1000).toISOString(), language) : t.charts.latest}</span>
        {panel.lines.map((line, i) => (
          <span key={line.key} className={classes.entry}>
            <svg width={26} height={8} aria-hidden="true"><path d="M0 4H26" style={{ stroke: colorOf(i) }} strokeWidth={3} strokeDasharray={dashOf(i).join(' ')} /></svg>
            {nameOf(line)} <strong>{formatValue((point === null ? line.values.at(-1) : line.values[point]) ?? null, panel.unit)}</strong>
            {point !== null && line.low && line.high && <> ({formatValue(line.low[point] ?? null, panel.unit)} – {formatValue(line.high[point] ?? null, panel.unit)})</>}
          </span>
        ))}
      </div>
      <AsTable panel={panel} title={title} times={times} stepSeconds={stepSeconds} nameOf={nameOf} />
    </section>
  );
}

/** The same points to read one by one. Made when it is opened. */
function AsTable({ panel, title, times, stepSeconds, nameOf }: { readonly panel: Panel; readonly title: string; readonly times: readonly number[]; readonly stepSeconds: number; readonly nameOf: (line: ChartLine) => string }) {
  const { t, language } = useSpeech();
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.asTable}>{t.charts.asTable}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <section className={classes.scroll} tabIndex={0} aria-label={title}>
          <Table>
            <Table.Caption>{t.charts.caption(title, Math.round(stepSeconds / 60))}</Table.Caption>
            <Table.Thead><Table.Tr><Table.Th scope="col">{t.charts.time}</Table.Th>{panel.lines.map((line) => <Table.Th key={line.key} scope="col">{nameOf(line)}</Table.Th>)}</Table.Tr></Table.Thead>
            <Table.Tbody>
              {times.map((at, point) => (
                <Table.Tr key={at}>
                  <Table.Th scope="row">{formatTime(new Date(at * 1000).toISOString(), language)}</Table.Th>
                  {panel.lines.map((line) => <Table.Td key={line.key}>{formatValue(line.values[point] ?? null, panel.unit)}{line.low && line.high && ` (${formatValue(line.low[point] ?? null, panel.unit)} – ${formatValue(line.high[point] ?? null, panel.unit)})`}</Table.Td>)}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </details>
  );
}

/** A column: its header and where its value comes from. */
export type Column<Row = Record<string, unknown>> = readonly [header: string, value: string | ((row: Row) => unknown)];

/** Aligned columns with a header; one space of air would be too little, three too much. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map(([header]) => header),
    ...rows.map((row) => columns.map(([, value]) => text(typeof value === 'function' ? value(row) : (row as Record<string, unknown>)[value]))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => width(line[i]!))));
  return cells.map((line) => `${line.map((cell, i) => cell + ' '.repeat(widths[i]! - width(cell))).join('  ').trimEnd()}\n`).join('');
}

/** One thing: a line for each field. */
export function sheet(thing: Readonly<Record<string, unknown>>): string {
  const names = Math.max(...Object.keys(thing).map((name) => name.length));
  return Object.entries(thing).map(([name, value]) => `${name.padEnd(names)}  ${long(value)}`.trimEnd()).map((line) => `${line}\n`).join('');
}

/** A value in a cell: short, and "-" for nothing. */
export function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(text).join(',');
  if (typeof value === 'object') return JSON.stringify(value);
  return clean(String(value));
}

function long(value: unknown): string {
  if (!Array.isArray(value) || value.every((item) => typeof item !== 'object')) return text(value);
  return value.map((item) => JSON.stringify(item)).join('\n  ');
}

/** Text from elsewhere must not steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const clean = (value: string): string => value.replace(/[\x00-\x1f\x7f-\x9f]/g, '?');

/** Chinese characters take two columns of a terminal. */
const width = (value: string): number => [...value].reduce((sum, char) => sum + (/[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u.test(char) ? 2 : 1), 0);

/** 1234567 -> "1.2 Mbps". */
export function bps(value: number): string {
  const units = ['bps', 'kbps', 'Mbps', 'Gbps'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1_000 && unit < units.length - 1) {
    scaled /= 1_000;
    unit++;
  }
  return `${unit === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}

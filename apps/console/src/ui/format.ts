/** Numbers and times as people read them. */
export const formatTime = (iso: string, language: string): string => new Date(iso).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });

/** 14:03:07.042: two things of one second can be put in order. */
export const formatClock = (iso: string, language: string, timeZone?: string): string =>
  new Date(iso).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23', timeZone });

/** "Asia/Shanghai (GMT+8)": of whoever looks, now. */
export function formatZone(language: string, now = new Date(), timeZone?: string): string {
  const format = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'shortOffset' });
  return `${format.resolvedOptions().timeZone} (${format.formatToParts(now).find(({ type }) => type === 'timeZoneName')!.value})`;
}

const UNITS = ['', 'k', 'M', 'G', 'T'];
/** 12.3 kbit/s: three digits that count. */
export function formatRate(value: number, unit: string, digits = 3): string {
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  return `${Number((value / 1000 ** power).toPrecision(digits))} ${UNITS[power]}${unit}`;
}

/** 12.3 MB: as counters of bytes are told, by thousands. */
export const formatBytes = (bytes: number): string => formatRate(bytes, 'B');

/** 3 d 4 h, 5 min, 12 s: the two largest units. */
export function formatDuration(seconds: number): string {
  const parts = ([['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]] as const).map(([unit, size], i, units) => [unit, Math.floor((seconds % (i === 0 ? Infinity : units[i - 1]![1])) / size)] as const);
  const first = parts.findIndex(([, n]) => n > 0);
  return first < 0 ? '0 s' : parts.slice(first, first + 2).filter(([, n]) => n > 0).map(([unit, n]) => `${n} ${unit}`).join(' ');
}

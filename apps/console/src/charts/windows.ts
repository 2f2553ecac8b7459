import { http } from '@bordergate/contracts';

type MetricWindow = http.MetricWindow;
const { METRIC_WINDOWS } = http;

export const WINDOWS = Object.keys(METRIC_WINDOWS) as readonly MetricWindow[];
/** What an address says; the shortest when it says none. */
export const windowOf = (text: string | null): MetricWindow => WINDOWS.find((one) => one === text) ?? '1h';

/** How often a chart asks anew: twice in each of its points, and not more than every half minute. */
export const pollMsOf = (window: MetricWindow): number => Math.min(300_000, METRIC_WINDOWS[window].step * 500);

const DAY = 86_400;

/** A moment on a time axis: the time of day, and the day where there is more than one. */
export function tickOf(seconds: number, window: MetricWindow, language: string): string {
  const { seconds: length } = METRIC_WINDOWS[window];
  const at = new Date(seconds * 1000);
  if (length <= DAY) return at.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return at.toLocaleString(language, length <= 3 * DAY ? { day: 'numeric', month: 'short', hour: '2-digit', hourCycle: 'h23' } : { day: 'numeric', month: 'short' });
}

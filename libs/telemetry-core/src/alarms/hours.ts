import type { http } from '@bordergate/contracts';

const MINUTES_OF_DAY = 1_440;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Whether notifications are sent at an instant: by the clock on the wall of the time zone, summer time included. From and to the same: all day. */
export function inEffect(hours: http.EffectiveHours | null, at: number): boolean {
  if (hours === null) return true;
  const [from, to] = [minuteOfDay(hours.from), minuteOfDay(hours.to)];
  const now = localMinute(hours.timeZone, at);
  if (from === to % MINUTES_OF_DAY) return true;
  return from < to ? now >= from && now < to : now >= from || now < to;
}

const minuteOfDay = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

function localMinute(timeZone: string, at: number): number {
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(timeZone, clock);
  return minuteOfDay(clock.format(at));
}

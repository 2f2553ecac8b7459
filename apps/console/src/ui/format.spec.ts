import { expect, it } from 'vitest';
import { formatBytes, formatClock, formatDuration, formatRate, formatZone } from './format.js';

it.each([[0, '0 bit/s'], [0.4, '0.4 bit/s'], [999, '999 bit/s'], [1_000, '1 kbit/s'], [12_345, '12.3 kbit/s'], [1_500_000_000, '1.5 Gbit/s'], [2e15, '2000 Tbit/s']])('%d bit/s is %s', (value, text) => expect(formatRate(value, 'bit/s')).toBe(text));

it.each([[0, '0 B'], [1_500, '1.5 kB'], [12_345_678, '12.3 MB']])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it.each([[0, '0 s'], [59, '59 s'], [60, '1 min'], [61, '1 min 1 s'], [3_661, '1 h 1 min'], [90_000, '1 d 1 h'], [864_000, '10 d']])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

it.each(['en', 'zh'])('a clock in %s tells moments of one second apart, and whose clock it is', (language) => {
  expect(formatClock('2026-11-28T06:03:07.042Z', language, 'Asia/Shanghai')).toBe('14:03:07.042');
  expect(formatClock('2026-11-28T16:00:00Z', language, 'Asia/Shanghai')).toBe('00:00:00.000');
  expect(formatZone(language, new Date('2026-11-28T06:03:07Z'), 'Asia/Shanghai')).toBe('Asia/Shanghai (GMT+8)');
});

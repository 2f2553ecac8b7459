import { describe, expect, it } from 'vitest';
import { type Arrival, lossOf } from './gap.js';
import { lossFromPing } from './gap-meter.js';

const sending = { sent: 10, firstSentAt: 1000, lastSentAt: 1090 };
const arrived = (...numbers: number[]): Arrival[] => numbers.map((seq) => ({ seq, sentAt: 1000 + seq * 10 }));

describe('lossOf', () => {
  it('finds no gap when everything arrived, in whatever order and however often', () => {
    expect(lossOf(sending, arrived(1, 0, 2, 3, 3, 5, 4, 6, 9, 8, 7))).toEqual({ sent: 10, received: 10, lost: 0, longestGapMs: 0, gapStartedAt: undefined });
  });

  it('measures from the last probe that arrived before the loss to the first after it', () => {
    expect(lossOf(sending, arrived(0, 1, 2, 6, 7, 9))).toEqual({ sent: 10, received: 6, lost: 4, longestGapMs: 40, gapStartedAt: 1020 });
  });

  it('does not take a late sender for a gap', () => {
    const late = [{ seq: 0, sentAt: 1000 }, { seq: 1, sentAt: 1500 }];
    expect(lossOf({ sent: 2, firstSentAt: 1000, lastSentAt: 1500 }, late).longestGapMs).toBe(0);
  });

  it('counts a loss that lasts to the end, and one from the start', () => {
    expect(lossOf(sending, arrived(0, 1, 2))).toMatchObject({ lost: 7, longestGapMs: 70, gapStartedAt: 1020 });
    expect(lossOf(sending, arrived(7, 8, 9))).toMatchObject({ lost: 7, longestGapMs: 70, gapStartedAt: 1000 });
    expect(lossOf(sending, [])).toMatchObject({ received: 0, lost: 10, longestGapMs: 90 });
  });
});

describe('lossFromPing', () => {
  const line = (seq: number, at: number): string => `[${at.toFixed(6)}] 64 bytes from 10.2.0.10: icmp_seq=${seq} ttl=62 time=1.00 ms`;

  it('takes the time of sending and forgives the probe in flight at the end', () => {
    const output = [line(1, 100.001), line(2, 100.011), line(5, 100.041)].join('\n');
    expect(lossFromPing(output, 6, 10)).toEqual({ sent: 5, received: 3, lost: 2, longestGapMs: 30, gapStartedAt: 100_010, rttAvgMs: 1 });
  });

  it('reports a loss that lasts to the end as a gap, at the pace ping really had', () => {
    const output = [line(1, 100.001), line(2, 100.016), line(3, 100.031)].join('\n');
    expect(lossFromPing(output, 13, 10)).toMatchObject({ sent: 13, received: 3, lost: 10, longestGapMs: 150, gapStartedAt: 100_030 });
  });

  it('follows the sequence number over its 16 bits', () => {
    const output = [line(65_535, 700), line(0, 700.01), line(1, 700.02)].join('\n');
    expect(lossFromPing(output, 65_537, 10)).toMatchObject({ sent: 65_537, lost: 65_534 });
  });
});

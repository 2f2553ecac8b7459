/** A probe that arrived: its number in its flow and when it was sent, in milliseconds since the epoch. */
export interface Arrival {
  readonly seq: number;
  readonly sentAt: number;
}

/** What was sent in one flow: numbers 0 to sent-1. */
export interface Sending {
  readonly sent: number;
  readonly firstSentAt: number;
  readonly lastSentAt: number;
}

export interface FlowLoss {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** The longest time between the sending of two consecutive arrivals with a loss between them; 0 without loss. */
  readonly longestGapMs: number;
  /** When the last probe before that gap was sent; undefined without loss. */
  readonly gapStartedAt: number | undefined;
}

/**
 * A gap needs a loss: a sender that was late on a busy machine does not make one. Losses before the first and
 * after the last arrival count as well, so traffic that never comes back is not mistaken for traffic that stopped.
 */
export function lossOf(sending: Sending, arrivals: readonly Arrival[]): FlowLoss {
  const sorted = distinct(arrivals);
  const fences: Arrival[] = [
    { seq: -1, sentAt: sending.firstSentAt },
    ...sorted,
    { seq: sending.sent, sentAt: sending.lastSentAt },
  ];
  let longestGapMs = 0;
  let gapStartedAt: number | undefined;
  let before = fences[0];
  for (const after of fences.slice(1)) {
    if (before !== undefined && after.seq - before.seq > 1 && after.sentAt - before.sentAt >= longestGapMs) {
      longestGapMs = after.sentAt - before.sentAt;
      gapStartedAt = before.sentAt;
    }
    before = after;
  }
  return { sent: sending.sent, received: sorted.length, lost: sending.sent - sorted.length, longestGapMs: Math.round(longestGapMs), gapStartedAt };
}

/** In order of sending (paths differ in length), without the duplicates a network may make. */
function distinct(arrivals: readonly Arrival[]): Arrival[] {
  const sorted = [...arrivals].sort((a, b) => a.seq - b.seq);
  return sorted.filter((arrival, index) => arrival.seq !== sorted[index - 1]?.seq);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandEnvironment, CommandError, inNetns } from './exec.js';
import { type FlowLoss, lossOf } from './gap.js';

export interface GapMeterOptions {
  readonly intervalMs?: number;
  readonly source?: string;
}

export interface RoundTripLoss extends FlowLoss {
  readonly rttAvgMs: number | undefined;
}

/** Probes still in flight when the meter is stopped are not lost. */
const IN_FLIGHT_MS = 100;

/** A fast ping: loss in either direction counts. TrafficProbe tells the directions apart. */
export class GapMeter {
  private output = '';
  private errors = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly argv: readonly string[],
    private readonly intervalMs: number,
  ) {
    // Read as it comes: a full pipe would stop ping.
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.errors += chunk));
  }

  static async start(fromNetns: string, toAddress: string, options: GapMeterOptions = {}): Promise<GapMeter> {
    const intervalMs = options.intervalMs ?? 10;
    const source = options.source === undefined ? [] : ['-I', options.source];
    const argv = inNetns(fromNetns, ['ping', '-D', '-n', '-i', String(intervalMs / 1000), '-W', '1', ...source, toAddress]);
    const child = spawn('ip', argv.slice(1), { env: commandEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    return new GapMeter(child, argv, intervalMs);
  }

  async stop(): Promise<RoundTripLoss> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGINT');
    if (this.child.exitCode === null && this.child.signalCode === null) await closed;
    const transmitted = /(\d+) packets transmitted/.exec(this.output)?.[1];
    if (transmitted === undefined) throw new CommandError(this.argv, this.child.exitCode ?? 'signal', this.output, this.errors);
    return lossFromPing(this.output, Number(transmitted), this.intervalMs);
  }
}

export function lossFromPing(output: string, transmitted: number, intervalMs: number): RoundTripLoss {
  const replies: { seq: number; sentAt: number; rtt: number }[] = [];
  let previous = 0;
  for (const match of output.matchAll(/\[([\d.]+)\] .*icmp_seq=(\d+) .*time=([\d.]+) ms/g)) {
    const rtt = Number(match[3]);
    // icmp_seq has 16 bits and starts with 1.
    let seq = Number(match[2]) - 1;
    while (seq < previous - 32_768) seq += 65_536;
    previous = seq;
    replies.push({ seq, sentAt: Number(match[1]) * 1000 - rtt, rtt });
  }
  const first = replies[0];
  if (first === undefined) {
    return { sent: transmitted, received: 0, lost: transmitted, longestGapMs: transmitted * intervalMs, gapStartedAt: undefined, rttAvgMs: undefined };
  }
  const last = replies[replies.length - 1] ?? first;
  // ping keeps a slower pace than it was told to; when the unanswered ones were sent follows from the real one.
  const pace = last.seq > first.seq ? (last.sentAt - first.sentAt) / (last.seq - first.seq) : intervalMs;
  const tail = transmitted - 1 - last.seq;
  const sent = tail * pace <= IN_FLIGHT_MS ? last.seq + 1 : transmitted;
  const lastSentAt = last.sentAt + (sent - 1 - last.seq) * pace;
  const loss = lossOf({ sent, firstSentAt: first.sentAt - first.seq * pace, lastSentAt }, replies);
  return { ...loss, rttAvgMs: Math.round((replies.reduce((sum, reply) => sum + reply.rtt, 0) / replies.length) * 100) / 100 };
}

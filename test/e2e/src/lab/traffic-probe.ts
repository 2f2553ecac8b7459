import { setTimeout as sleep } from 'node:timers/promises';
import { type Arrival, type FlowLoss, lossOf } from './gap.js';
import type { Host } from './host.js';
import { ProbeProcess } from './probe-process.js';

export interface TrafficProbeOptions {
  readonly cloud: Host;
  readonly customer: Host;
  readonly intervalMs?: number;
  /**
   * Equal-cost paths are chosen per flow. With 16 flows over two tunnels both directions miss a given tunnel
   * once in 30,000 runs; with four tunnels take 32.
   */
  readonly flows?: number;
  /** The customer's addresses that flows from the cloud go to, in turn; its own when left out. It must take packets for all of them. */
  readonly destinations?: readonly string[];
  /** Of each packet, without the headers of IP and UDP: at least, and by default, the 16 that a probe needs. */
  readonly payloadBytes?: number;
}

export interface DirectionLoss {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly flows: number;
  readonly flowsWithLoss: number;
  /** Of the flow that fared worst. */
  readonly longestGapMs: number;
  readonly gapStartedAt: number | undefined;
  readonly averageDelayMs: number | undefined;
  readonly sendErrors: Readonly<Record<string, number>>;
}

export interface TrafficLoss {
  readonly cloudToCustomer: DirectionLoss;
  readonly customerToCloud: DirectionLoss;
}

/** Long enough for what is in flight, also through a queue; longer would hide that packets were held back. */
const SETTLE_MS = 300;
/** Flow, number, and the time of sending. */
const PROBE_BYTES = 16;

/** One-way streams in both directions, each measured where it arrives: an asymmetric failure shows its side. */
export class TrafficProbe {
  private constructor(
    private readonly down: OneWay,
    private readonly up: OneWay,
  ) {}

  static async start(options: TrafficProbeOptions): Promise<TrafficProbe> {
    const { cloud, customer, intervalMs = 10, flows = 16, destinations = [customer.address], payloadBytes = PROBE_BYTES } = options;
    const [down, up] = await Promise.all([
      OneWay.start(cloud, customer, destinations, flows, intervalMs, payloadBytes),
      OneWay.start(customer, cloud, [cloud.address], flows, intervalMs, payloadBytes),
    ]);
    return new TrafficProbe(down, up);
  }

  async stop(): Promise<TrafficLoss> {
    const [cloudToCustomer, customerToCloud] = await Promise.all([this.down.stop(), this.up.stop()]);
    return { cloudToCustomer, customerToCloud };
  }
}

interface SenderReport {
  readonly sent: readonly number[];
  readonly firstSentAt: number;
  readonly lastSentAt: number;
  readonly errors: Readonly<Record<string, number>>;
}

class OneWay {
  private constructor(
    private readonly sender: ProbeProcess,
    private readonly receiver: ProbeProcess,
  ) {}

  static async start(from: Host, to: Host, destinations: readonly string[], flows: number, intervalMs: number, payloadBytes: number): Promise<OneWay> {
    const receiver = await ProbeProcess.start(to.netns, 'udp-receiver.mjs', destinations.length > 1 || destinations[0] !== to.address ? ['0.0.0.0'] : [to.address]);
    const { port } = receiver.greeting as { readonly port: number };
    const sender = await ProbeProcess.start(from.netns, 'udp-sender.mjs', [from.address, destinations.join(','), port, flows, intervalMs, payloadBytes].map(String));
    return new OneWay(sender.process, receiver.process);
  }

  async stop(): Promise<DirectionLoss> {
    const report = (await this.sender.finish()) as SenderReport;
    await sleep(SETTLE_MS);
    return directionLoss(report, (await this.receiver.finish()) as number[]);
  }
}

export function directionLoss(report: SenderReport, flat: readonly number[]): DirectionLoss {
  const perFlow: Arrival[][] = report.sent.map(() => []);
  let delay = 0;
  for (let at = 0; at + 3 < flat.length; at += 4) {
    const [flow = 0, seq = 0, sentAt = 0, arrivedAt = 0] = flat.slice(at, at + 4);
    perFlow[flow]?.push({ seq, sentAt });
    delay += arrivedAt - sentAt;
  }
  const losses = report.sent.map((sent, flow) =>
    lossOf({ sent, firstSentAt: report.firstSentAt, lastSentAt: report.lastSentAt }, perFlow[flow] ?? []),
  );
  const worst = losses.reduce((a, b) => (b.longestGapMs > a.longestGapMs ? b : a));
  const total = (pick: (loss: FlowLoss) => number): number => losses.reduce((sum, loss) => sum + pick(loss), 0);
  return {
    sent: total((loss) => loss.sent),
    received: total((loss) => loss.received),
    lost: total((loss) => loss.lost),
    flows: losses.length,
    flowsWithLoss: losses.filter((loss) => loss.lost > 0).length,
    longestGapMs: worst.longestGapMs,
    gapStartedAt: worst.gapStartedAt,
    averageDelayMs: flat.length === 0 ? undefined : Math.round((delay / (flat.length / 4)) * 100) / 100,
    sendErrors: report.errors,
  };
}

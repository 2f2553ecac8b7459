import { join } from 'node:path';
import type { LabContext } from './context.js';
import { inNetns, run } from './exec.js';
import { bytesByPair, type WireBytes } from './wire-bytes.js';
import { type WireSummary, summarize } from './wire-summary.js';

export interface CaptureOptions {
  /**
   * What is counted. `in`, the default, suits a namespace that forwards: what comes in there also goes out, and counting
   * both would count it twice. `both` is for a namespace that is an end, such as a customer's.
   */
  readonly direction?: 'in' | 'both';
  /** One device, or every device, also those added later. */
  readonly device?: string;
  /** A tcpdump filter expression. */
  readonly filter?: string;
}

/** A tcpdump into a file, which stays in the lab's directory as evidence. */
export class Capture {
  private summary: Promise<WireSummary> | undefined;

  private constructor(
    private readonly lab: LabContext,
    private readonly name: string,
    private readonly netns: string,
    readonly file: string,
  ) {}

  static async start(lab: LabContext, name: string, netns: string, options: CaptureOptions): Promise<Capture> {
    const file = join(lab.dir, `${name}.pcap`);
    const direction = options.direction ?? 'in';
    // Headers are enough to tell classes apart; the large buffer is for bursts on a busy machine.
    const size = ['-s', '128', '-B', '8192', '-U', '-Z', 'root'];
    const filter = options.filter === undefined ? [] : [options.filter];
    const which = ['-i', options.device ?? 'any', ...(direction === 'in' ? ['-Q', 'in'] : [])];
    await lab.processes.spawn({ name, argv: inNetns(netns, ['tcpdump', '-nn', ...which, ...size, '-w', file, ...filter]) });
    await lab.processes.untilReady(name, async () => lab.processes.logTail(name).includes('listening on'));
    return new Capture(lab, name, netns, file);
  }

  /** Ends the capture and counts; a second call gives the same answer. */
  stop(): Promise<WireSummary> {
    this.summary ??= this.count();
    return this.summary;
  }

  /** What each address sent to each other one, once the capture has ended. */
  async bytes(): Promise<WireBytes> {
    return bytesByPair(await this.read('-v'));
  }

  private async count(): Promise<WireSummary> {
    // The kernel hands packets over in blocks; those of the last moment are still on their way.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await this.lab.processes.stop(this.name);
    const dropped = /(\d+) packets dropped by kernel/.exec(this.lab.processes.logTail(this.name))?.[1];
    if (dropped === undefined) throw new Error(`tcpdump ended without its totals:\n${this.lab.processes.logTail(this.name)}`);
    return summarize(await this.read(), Number(dropped));
  }

  /** Read in the same namespace: the file has numbers for devices, which tcpdump takes for those of where it runs. */
  private read(...options: readonly string[]): Promise<string> {
    return run(inNetns(this.netns, ['tcpdump', '-nn', '-t', ...options, '-r', this.file]));
  }
}

import { CommandError, inNetns, run } from './exec.js';

export interface PingOptions {
  readonly count: number;
  readonly intervalSeconds?: number;
}

export interface PingResult {
  readonly sent: number;
  readonly received: number;
  /** Average round trip; undefined when nothing came back. */
  readonly rttMs: number | undefined;
}

/** A computer at the end of the world: a VM in a VPC, or a machine in the customer's data centre. */
export class Host {
  constructor(
    readonly name: string,
    readonly netns: string,
    readonly address: string,
  ) {}

  exec(argv: readonly string[], timeoutMs?: number): Promise<string> {
    return run(inNetns(this.netns, argv), timeoutMs === undefined ? {} : { timeoutMs });
  }

  async ping(address: string, options: PingOptions): Promise<PingResult> {
    const interval = options.intervalSeconds ?? 0.1;
    const argv = ['ping', '-n', '-q', '-c', String(options.count), '-i', String(interval), '-W', '1', address];
    return parsePing(await this.exec(argv, options.count * interval * 1000 + 15_000).catch(unansweredIsNoFailure));
  }
}

/** ping ends with 1 when no reply came: that is a result here. Anything else (2: bad usage) is an error. */
function unansweredIsNoFailure(error: unknown): string {
  if (error instanceof CommandError && error.exitCode === 1 && error.stdout.includes('packets transmitted')) return error.stdout;
  throw error;
}

function parsePing(output: string): PingResult {
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(output);
  if (counts === null) throw new Error(`ping said something unexpected: ${output}`);
  const average = /= [\d.]+\/([\d.]+)\//.exec(output)?.[1];
  return { sent: Number(counts[1]), received: Number(counts[2]), rttMs: average === undefined ? undefined : Number(average) };
}

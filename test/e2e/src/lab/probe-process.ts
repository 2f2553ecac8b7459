import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { commandEnvironment, CommandError, inNetns } from './exec.js';

/** The scripts are plain JavaScript, so they exist in src only; seen from dist/lab the way is the same. */
const script = (name: string): string => fileURLToPath(new URL(`../../src/lab/${name}`, import.meta.url));

/** A small Node process in a namespace that speaks JSON lines: one when it is ready, one when its input ends. */
export class ProbeProcess {
  private errors = '';
  private readonly lines: AsyncIterator<string>;

  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
    private readonly argv: readonly string[],
    reader: Interface,
  ) {
    this.lines = reader[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.errors += chunk));
  }

  static async start(netns: string, scriptName: string, args: readonly string[]): Promise<{ process: ProbeProcess; greeting: unknown }> {
    // As niced as the daemons: the meter must not be what is late.
    const argv = inNetns(netns, ['nice', '-n', '-10', process.execPath, script(scriptName), ...args]);
    const child = spawn('ip', argv.slice(1), { env: commandEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    const probe = new ProbeProcess(child, argv, createInterface({ input: child.stdout }));
    return { process: probe, greeting: await probe.nextLine() };
  }

  async finish(): Promise<unknown> {
    this.child.stdin.end();
    return this.nextLine();
  }

  private async nextLine(): Promise<unknown> {
    const line = await this.lines.next();
    if (line.done === true) throw new CommandError(this.argv, this.child.exitCode ?? 'no exit code', '', this.errors);
    return JSON.parse(line.value);
  }
}

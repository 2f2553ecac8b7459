import { execFile } from 'node:child_process';

/** A command that failed, with everything needed to understand why without running it again. */
export class CommandError extends Error {
  constructor(
    readonly argv: readonly string[],
    readonly exitCode: number | string,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`"${argv.join(' ')}" ended with ${exitCode}: ${stderr.trim() || stdout.trim() || 'no output'}`);
    this.name = 'CommandError';
  }
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Distributions keep ip, nft and swanctl in sbin, which is not on the PATH of every root shell. */
export const commandEnvironment = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
  LC_ALL: 'C',
  ...extra,
});

/** Runs a command to its end and returns its standard output. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const [file, ...args] = argv;
  if (file === undefined) return Promise.reject(new Error('run() needs a command'));
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        cwd: options.cwd,
        env: commandEnvironment(options.env),
        timeout: options.timeoutMs ?? 30_000,
        maxBuffer: 256 * 1024 * 1024,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new CommandError(argv, error.code ?? error.signal ?? error.message, stdout, stderr));
      },
    );
    // A command may end without reading its input; its exit code tells the story then, not EPIPE.
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error);
    });
    child.stdin?.end(options.input ?? '');
  });
}

export const inNetns = (netns: string, argv: readonly string[]): string[] => ['ip', 'netns', 'exec', netns, ...argv];

/** Several `ip` commands in one namespace and one process: building a lab is mostly fork time otherwise. */
export async function ipBatch(netns: string, lines: readonly string[]): Promise<void> {
  const script = `${lines.join('\n')}\n`;
  try {
    await run(['ip', '-n', netns, '-batch', '-'], { input: script });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.argv, error.exitCode, error.stdout, `${error.stderr.trim()}\nbatch was:\n${script}`);
  }
}

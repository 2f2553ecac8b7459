import { execFile } from 'node:child_process';
import { DataPlaneError } from '../data-plane.js';

/** A namespace by name; null is the one this process is in. */
export type Netns = string | null;

export const netnsPath = (name: string): string => `/run/netns/${name}`;

/** Distributions keep ip, tc and charon in sbin, which is not on the PATH of every root shell. Times in UTC, words in English. */
export const commandEnvironment = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: 'C', TZ: 'UTC', ...extra,
});

/** Runs a command to its end; rejects with a DataPlaneError that has the command and what it said. */
export function run(argv: readonly [string, ...string[]], input = ''): Promise<string> {
  const [file, ...args] = argv;
  return new Promise((resolve, reject) => {
    const options = { env: commandEnvironment(), timeout: 30_000, maxBuffer: 256 * 1024 * 1024, encoding: 'utf8' } as const;
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const how = error.killed ? 'no answer in 30 s' : `exit ${error.code ?? error.signal}`;
      const said = stderr.trim() || stdout.trim() || error.message;
      reject(new DataPlaneError(argv.join(' '), input === '' ? `${how}: ${said}` : `${how}: ${said}; its input was: ${input.trim()}`, { cause: error }));
    });
    // A command may end without reading its input: then its exit code tells the story, not EPIPE.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** argv of a command inside a namespace. The process is replaced, so the pid is the command's; no mount namespace is made. */
export const inNetns = (netns: Netns, argv: readonly [string, ...string[]]): [string, ...string[]] =>
  netns === null ? [...argv] : ['nsenter', `--net=${netnsPath(netns)}`, '--', ...argv];

const ipArgv = (netns: Netns, args: readonly string[]): [string, ...string[]] =>
  netns === null ? ['ip', ...args] : ['ip', '-n', netns, ...args];

export const ip = (netns: Netns, ...args: string[]): Promise<string> => run(ipArgv(netns, args));

/** Several `ip` commands in one process, which stops at the first that fails: most of the time is otherwise spent starting processes. */
export async function ipBatch(netns: Netns, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await run(ipArgv(netns, ['-batch', '-']), `${lines.join('\n')}\n`);
}

/** A listing of `ip -j`, with numbers for tables and protocols, whatever this machine calls them. Nothing to list is an empty output, and a table nobody used yet an error: both are an empty list. */
export async function ipList<T>(netns: Netns, ...args: string[]): Promise<T[]> {
  const text = await run(ipArgv(netns, ['-N', '-j', ...args])).catch((error: unknown) => {
    if (error instanceof DataPlaneError && error.detail.includes('FIB table does not exist')) return '';
    throw error;
  });
  return text.trim() === '' ? [] : JSON.parse(text) as T[];
}

/** Whether the thing a command was about is not there: the device, the namespace, the route. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof DataPlaneError && /does not exist|Cannot find device|No such (process|device|file)/.test(error.detail);

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { CommandError, commandEnvironment } from '../lab/exec.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const SHIM = path.join(ROOT, 'test/e2e/src/recipes/remote-shim.mjs');

/** Said by the shell when a block has ended well. */
const END = '--- end of block ---';

/** A computer of the tutorial that commands reach with ssh. */
export type Remote = (command: string, input: Buffer) => Promise<string>;

export interface TutorialOptions {
  /** File name in docs/tutorials. */
  readonly name: string;
  /** A scratch folder: the reader's working directory is the clone, what the tutorial writes goes below it. */
  readonly dir: string;
  /** By the names the tutorial has for them. */
  readonly remotes: Readonly<Record<string, Remote>>;
  readonly env: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

/**
 * A tutorial of docs/tutorials, played as it stands: every ```bash block in one shell, heading by heading, so that a test
 * can look at the world in between. What it does with ssh and scp happens on the lab's machines.
 */
export class Tutorial {
  private readonly sections: Map<string, string[]>;
  private output = '';
  private finished: ((code: number) => void) | undefined;
  private blocks = 0;
  private readonly opened = performance.now();

  private constructor(private readonly options: TutorialOptions, private readonly server: Server, private readonly shell: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.sections = sectionsOf(readFileSync(path.join(ROOT, 'docs/tutorials', options.name), 'utf8'));
    createInterface({ input: shell.stdout }).on('line', (line) => {
      if (line === END) this.finished?.(0);
      else this.hear(line);
    });
    createInterface({ input: shell.stderr }).on('line', (line) => this.hear(line));
    shell.on('close', (code) => this.finished?.(code ?? 1));
  }

  static async open(options: TutorialOptions): Promise<Tutorial> {
    const { dir } = options;
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(path.join(dir, 'bin'), { recursive: true });
    for (const name of ['ssh', 'scp']) {
      const shim = path.join(dir, 'bin', name);
      writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${SHIM}' ${name} "$@"\n`);
      chmodSync(shim, 0o755);
    }
    const socket = path.join(dir, 'remote.sock');
    const server = await serve(socket, options.remotes);
    const shell = spawn('bash', [], {
      cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...commandEnvironment(), PATH: `${path.join(dir, 'bin')}:${commandEnvironment().PATH}`, REMOTE_SOCKET: socket, ...options.env, WORK: path.join(dir, 'work'), PATIENCE: '180' },
    });
    shell.stdin.write('exec 2>&1\n');
    return new Tutorial(options, server, shell);
  }

  /** Runs all blocks under a heading. A command that fails fails the tutorial. Answers what was printed. */
  async play(heading: string): Promise<string> {
    const blocks = this.sections.get(heading);
    if (blocks === undefined) throw new Error(`${this.options.name} has no commands under "${heading}" that were not played yet; it has ${[...this.sections.keys()].join(', ')}`);
    this.sections.delete(heading);
    this.options.say(`# ${heading} (${Math.round((performance.now() - this.opened) / 1000)} s)`);
    let said = '';
    for (const block of blocks) said += await this.run(block);
    return said;
  }

  /** A variable that the tutorial has set. */
  async variable(name: string): Promise<string> {
    const value = (await this.run(`printf '%s\\n' "$${name}"`, false)).trim();
    if (value === '') throw new Error(`${this.options.name} has not set ${name}`);
    return value;
  }

  /** Headings with commands that nobody has played. */
  get unplayed(): string[] {
    return [...this.sections.keys()];
  }

  close(): void {
    this.shell.stdin.end();
    this.server.close();
  }

  private hear(line: string): void {
    this.output += `${line}\n`;
  }

  private async run(code: string, show = true): Promise<string> {
    this.blocks += 1;
    const file = path.join(this.options.dir, `block-${this.blocks}.sh`);
    writeFileSync(file, code);
    this.output = '';
    const status = await new Promise<number>((resolve) => {
      this.finished = resolve;
      // not from the pipe that feeds the shell, which ssh would read empty
      this.shell.stdin.write(`set -eu; . '${file}' </dev/null; { set +eu; } 2>/dev/null; echo '${END}'\n`);
    });
    if (show) for (const line of this.output.trimEnd().split('\n')) this.options.say(`   ${line}`);
    if (status !== 0) throw new CommandError(['tutorial', this.options.name, code], status, this.output, '');
    return this.output;
  }
}

function serve(socket: string, remotes: TutorialOptions['remotes']): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    let request = '';
    connection.setEncoding('utf8').on('data', (chunk: string) => (request += chunk));
    connection.on('end', () => {
      const { machine, command, input } = JSON.parse(request) as { machine: string; command: string; input: string };
      const remote = remotes[machine];
      const answered = remote ? remote(command, Buffer.from(input, 'base64')) : Promise.reject(new CommandError(['ssh', machine], 255, '', `no machine ${machine}\n`));
      const failed = (error: unknown) => (error instanceof CommandError ? { stdout: error.stdout, stderr: error.stderr, code: Number(error.exitCode) || 255 } : { stdout: '', stderr: `${String(error)}\n`, code: 255 });
      void answered.then((stdout) => ({ stdout, stderr: '', code: 0 }), failed).then((answer) => connection.end(JSON.stringify(answer)));
    });
  });
  return new Promise((resolve) => server.listen(socket, () => resolve(server)));
}

/** The bash blocks by the heading they stand under. */
export function sectionsOf(markdown: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let heading = '';
  for (const [, title, code] of markdown.matchAll(/^#+ (.+)$|^```bash\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else sections.set(heading, [...(sections.get(heading) ?? []), code!]);
  }
  return sections;
}

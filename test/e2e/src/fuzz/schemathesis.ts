import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** hooks.py, world.py and the settings; they are no TypeScript, so they stay where the sources are. */
const FOLDER = path.resolve(import.meta.dirname, '../../fuzz');

export interface FuzzSettings {
  /** The program, of a virtual environment. */
  readonly schemathesis: string;
  readonly url: string;
  readonly regions: readonly string[];
  readonly pskMark: string;
  readonly scratch: string;
  readonly seed: number;
  /** How often to tell how far a part has come. */
  readonly progressMs: number;
  readonly progress: (name: string, requests: number) => void;
}

/** Counts by operation and status. */
export type Answers = Record<string, Record<string, number>>;

export interface PartResult {
  readonly name: string;
  readonly requests: number;
  readonly answers: Answers;
  readonly slowest: Record<string, number>;
  /** What Schemathesis printed, when it found something. */
  readonly findings: string | undefined;
}

let runs = 0;

/** One run of Schemathesis. */
export async function fuzz(settings: FuzzSettings, name: string, args: readonly string[]): Promise<PartResult> {
  const own = path.join(settings.scratch, `part-${++runs}`);
  const out = path.join(own, 'answers.json');
  mkdirSync(own, { recursive: true });
  rmSync(out, { force: true });
  const document = path.join(own, 'openapi.json');
  writeFileSync(document, await (await fetch(`${settings.url}/openapi.json`)).text());
  const seed = String(settings.seed + runs);
  const telling = setInterval(() => settings.progress(name, existsSync(out) ? count(figures(out).answers) : 0), settings.progressMs);
  const { code, output } = await run(settings.schemathesis, [
    '--config-file', path.join(FOLDER, 'schemathesis.toml'), 'run', document, '--url', settings.url, '--no-color', '--warnings=off', `--seed=${seed}`, '--exclude-path-regex=/live$', ...args,
  ], {
    cwd: own,
    env: {
      ...process.env, FUZZ_URL: settings.url, FUZZ_REGIONS: settings.regions.join(','), FUZZ_PSK_MARK: settings.pskMark, FUZZ_OUT: out, FUZZ_SEED: seed,
      SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: FOLDER, PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  clearInterval(telling);
  writeFileSync(path.join(own, 'output.txt'), output);
  const { answers, slowest } = read(out, output);
  return { name, requests: count(answers), answers, slowest, findings: code === 0 ? undefined : output };
}

export const count = (answers: Answers): number => Object.values(answers).flatMap((statuses) => Object.values(statuses)).reduce((sum, n) => sum + n, 0);

interface Figures { readonly answers: Answers; readonly slowest: Record<string, number> }
const figures = (file: string): Figures => JSON.parse(readFileSync(file, 'utf8'));

function read(file: string, output: string): Figures {
  try {
    return figures(file);
  } catch (error) {
    throw new Error(`Schemathesis ended without its figures:\n${output.slice(-3_000)}`, { cause: error });
  }
}

function run(command: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += String(chunk); });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

// What every command does first on a fresh clone: the npm packages, the build. Plain Node, no dependency.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

/** Runs a command with its output shown; ends the process with its status when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** `npm ci` when there are no packages yet, or the lock file is newer than what is installed. */
export function installPackages() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs) return;
  console.log('installing the npm packages (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

export function build() {
  execFileSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: root, stdio: 'inherit' });
  buildConsole();
}

const CONSOLE = path.join(root, 'apps/console');
const CONSOLE_IS_MADE_OF = [...['index.html', 'vite.config.ts', 'public', 'src'].map((name) => path.join(CONSOLE, name)), ...['libs/contracts/src', 'libs/kernel/src', 'package-lock.json'].map((name) => path.join(root, name))];

/** The web console, when something that it is made of is newer than what was built. */
function buildConsole() {
  const built = path.join(CONSOLE, 'dist/index.html');
  if (existsSync(built) && statSync(built).mtimeMs > newest(CONSOLE_IS_MADE_OF)) return;
  execFileSync(process.execPath, [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn', CONSOLE], { cwd: root, stdio: 'inherit' });
}

const newest = (files) => Math.max(0, ...files.map((file) => {
  const stat = statSync(file);
  return Math.max(stat.mtimeMs, stat.isDirectory() ? newest(readdirSync(file).map((name) => path.join(file, name))) : 0);
}));

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Bordergate needs Node >= 20.19; this is ${process.versions.node}`);
    process.exit(1);
  }
}

/**
 * npm started us through a shell, and a signal to npm ends only those two. Whoever stops npm means us, so the loss of
 * the parent counts as SIGTERM.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

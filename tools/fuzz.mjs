// npm run test:fuzz: Schemathesis against a running embedded platform, and invariants over all that it says.
//   --requests=20000   at least so many     --seed=1   another one finds other things     --keep   leaves the data folder and what was found
// Without Python or a way to its packages it is skipped, by name; with CI set nothing may be skipped.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureHost } from './host.mjs';
import { build, installPackages, requireNode, root } from './setup.mjs';

const REQUIREMENTS = path.join(root, 'test/e2e/fuzz/requirements.txt');

/** A virtual environment of its own, in the user's cache, named by the version it holds. */
function schemathesis() {
  const version = /^schemathesis==(\S+)$/m.exec(readFileSync(REQUIREMENTS, 'utf8'))[1];
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'bordergate');
  const folder = path.join(cache, `schemathesis-${version}`);
  const program = path.join(folder, 'bin/schemathesis');
  if (existsSync(path.join(folder, '.complete'))) return program;
  console.log(`fuzz: installing Schemathesis ${version} into ${folder}`);
  mkdirSync(cache, { recursive: true });
  rmSync(folder, { recursive: true, force: true }); // an installation that was broken off
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  execFileSync(path.join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], { stdio: 'inherit' });
  writeFileSync(path.join(folder, '.complete'), '');
  return program;
}

/** Not silently: by name, with the reason; and in CI not at all. */
function skip(why) {
  const strict = Boolean(process.env.CI) && process.env.CI !== 'false';
  console.log(`skipped: fuzz: ${why}${strict ? ' (CI allows no skipped test)' : ''}`);
  process.exit(strict ? 1 : 0);
}

const { values } = parseArgs({ options: { requests: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' }, keep: { type: 'boolean', default: false } } });

requireNode();
installPackages();
const { lacking } = ensureHost({ need: ['python'], install: true });
if (lacking.length > 0) skip(lacking.map(({ name, why }) => `${name}: ${why}`).join('; '));
let program;
try {
  program = schemathesis();
} catch (error) {
  skip(`Schemathesis could not be installed: ${error.message}`);
}
build();
process.chdir(root);
const { main } = await import('../test/e2e/dist/fuzz/main.js');
process.exit(await main({ schemathesis: program, requests: Number(values.requests), seed: Number(values.seed), keep: values.keep }));

// The rules of the house, held by a machine: who may import whom (on Nx's own project graph), no cycles, and no
// clock, random, timer, process or I/O in kernel, contracts, wire and cores.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** floor -> floors it may import; a core never imports another core, an app never an app. */
const ALLOWED = {
  kernel: [],
  contracts: ['kernel'],
  wire: ['kernel'],
  core: ['kernel', 'contracts', 'wire'],
  platform: ['kernel', 'contracts'],
  app: ['kernel', 'contracts', 'wire', 'core', 'platform'],
  console: ['contracts'],
  composition: ['kernel', 'contracts', 'platform', 'app'],
  test: ['kernel', 'contracts', 'wire', 'core', 'platform'],
  e2e: ['kernel', 'contracts', 'platform', 'app', 'composition', 'test'],
};
/** floor -> packages from npm its sources may import. */
const NPM = { kernel: [], contracts: ['zod'], wire: [], core: [] };
const IMPURE = [
  [/\bDate\.now\(|\bnew Date\(\)/, 'reads the clock'],
  [/\bMath\.random\(|\bcrypto\b\.?(randomUUID|getRandomValues)/, 'uses randomness'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\(/, 'uses a timer'],
  [/\bprocess\.|\bconsole\./, 'touches the process'],
];

const problems = [];
const folder = mkdtempSync(path.join(tmpdir(), 'graph-'));
const file = path.join(folder, 'graph.json');
execFileSync('npx', ['nx', 'graph', `--file=${file}`], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NX_DAEMON: 'false' } });
const { nodes, dependencies } = JSON.parse(readFileSync(file, 'utf8')).graph;
rmSync(folder, { recursive: true });
const floorOf = (name) => nodes[name].data.tags?.find((t) => t.startsWith('floor:'))?.slice(6);

const edges = Object.values(dependencies).flat().filter((d) => nodes[d.target]);
for (const { source, target } of edges) {
  // a project without a floor is a mistake
  if (!floorOf(source)) problems.push(`${source} has no floor tag`);
  else if (!ALLOWED[floorOf(source)]?.includes(floorOf(target))) problems.push(`${source} (${floorOf(source)}) must not depend on ${target} (${floorOf(target)})`);
}

const visiting = new Set();
const done = new Set();
const walk = (name, trail) => {
  if (visiting.has(name)) return problems.push(`cycle: ${[...trail, name].join(' -> ')}`);
  if (done.has(name)) return;
  visiting.add(name);
  for (const e of dependencies[name] ?? []) if (nodes[e.target]) walk(e.target, [...trail, name]);
  visiting.delete(name);
  done.add(name);
};
for (const name of Object.keys(nodes)) walk(name, []);

for (const name of Object.keys(nodes)) {
  const allowed = NPM[floorOf(name)];
  if (!allowed) continue;
  for (const source of globFiles(nodes[name].data.root)) {
    const text = readFileSync(source, 'utf8');
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
    for (const [pattern, what] of IMPURE) if (pattern.test(code)) problems.push(`${source} ${what}: a core is a function of facts`);
    for (const [, module] of code.matchAll(/from '([^'.][^']*)'/g)) {
      if (!module.startsWith('@bordergate/') && !allowed.includes(module)) problems.push(`${source} imports ${module}, which its floor may not`);
    }
  }
}

/** Sources of a project, without its tests and what only tests use. */
function globFiles(root) {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', `${root}/src/*.ts`], { encoding: 'utf8' }).split('\n').filter(Boolean);
  return list.filter((f) => !/\.(spec|contract|test-support)\.ts$/.test(f));
}

console.log(problems.length ? [...new Set(problems)].join('\n') : `the architecture holds: ${Object.keys(nodes).length} projects, ${edges.length} dependencies`);
process.exit(problems.length ? 1 : 0);

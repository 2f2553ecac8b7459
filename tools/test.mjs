// npm test: sets up what it needs and runs every suite; the last line counts all of them.
//   --only=static,unit,deploy,kafka,daemons,e2e   some suites
// A suite that the host cannot run is reported by name as skipped; with CI set nothing may be skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canRunDataPlane, ensureHost } from './host.mjs';
import { kafkaJars } from './kafka-program.mjs';
import { build, installPackages, requireNode, root } from './setup.mjs';

requireNode();
const strict = Boolean(process.env.CI) && process.env.CI !== 'false';
const only = process.argv.find((a) => a.startsWith('--only='))?.slice(7).split(',');
const wanted = (suite) => !only || only.includes(suite);
const totals = { passed: 0, failed: 0, skipped: 0 };
const rows = [];
/** What failed, in words: repeated at the very end, where whoever reads the tail of a log finds it. */
const failures = [];
const scratch = mkdtempSync(path.join(tmpdir(), 'bordergate-test-'));

function record(suite, passed, failed, skipped, note = '') {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  rows.push({ suite, passed, failed, skipped, note });
}

/** A check that only passes or fails counts as one test. */
function check(suite, command, args) {
  console.log(`\n— ${suite}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) failures.push(`${suite}: ${command} ${args.join(' ')} ended with ${status}`);
  record(suite, status === 0 ? 1 : 0, status === 0 ? 0 : 1, 0);
}

/**
 * A vitest run, counted from its own JSON report; a run that made no report failed. With `twice`, a file that fails is run once more, and the table says so: real daemons and packets keep
 * time with whatever else a shared machine does.
 */
function vitest(suite, args, { twice = false } = {}) {
  console.log(`\n— ${suite}`);
  const run = (name, more) => {
    const report = path.join(scratch, `${name}.json`);
    const { status } = spawnSync('npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args, ...more], { cwd: root, stdio: 'inherit' });
    const files = JSON.parse(readFileSync(report, 'utf8')).testResults;
    // an error outside of every test fails the run, and no file
    return status === 0 || files.some((file) => file.status === 'failed') ? files : [...files, { name: '', status: 'failed', message: `vitest ended with ${status}`, assertionResults: [] }];
  };
  try {
    let files = run(suite, []);
    const again = twice ? files.filter(({ name, status }) => name && status === 'failed') : [];
    for (const failure of again.flatMap(failuresOf)) console.log(`\nFAILED AT FIRST ${brief(failure)}`);
    if (again.length > 0) {
      console.log(`\n— ${suite}: once more, what failed`);
      const second = run(`${suite}-again`, again.map(({ name }) => name));
      files = [...files.filter((file) => !again.includes(file)), ...second];
    }
    const tests = files.flatMap((file) => file.assertionResults);
    const skipped = tests.filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo');
    for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
    const failed = files.flatMap(failuresOf);
    failures.push(...failed);
    const note = again.length > 0 ? `at the second attempt: ${again.map(({ name }) => path.basename(name)).join(', ')}` : '';
    record(suite, tests.filter(({ status }) => status === 'passed').length, failed.length, skipped.length, note);
  } catch (error) {
    failures.push(`${suite}: no report: ${error.message}`);
    record(suite, 0, 1, 0, 'no report');
  }
}

/** What failed in a file, in words. One that does not even load has no test to count, but it failed. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = path.relative(root, name);
  const failed = assertionResults.filter((test) => test.status === 'failed').map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${failureMessages.join('\n')}`);
  return status === 'failed' && failed.length === 0 ? [`${file}: ${message}`] : failed;
}

/** Why the broker's jars are not to be had, or undefined: a machine without a way to Maven's packages. */
function kafkaObstacle() {
  if (process.env.KAFKA_BROKERS) return undefined;
  try {
    kafkaJars();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const brief = (failure) => failure.split('\n').slice(0, 30).join('\n');

/** Unless KAFKA_BROKERS names a broker. */
const KAFKA_NEEDS = ['kcat', 'python', ...(process.env.KAFKA_BROKERS ? [] : ['java', 'maven'])];

installPackages();
const host = ensureHost({ need: ['iproute2', 'strongswan', 'bird', 'frr', 'ping', 'fping', 'tcpdump', 'nft', 'curl', 'machine', 'postgres', 'chromium', ...KAFKA_NEEDS], install: true });
for (const { name, why } of host.lacking) console.log(`lacking: ${name}: ${why}`);
if (wanted('static')) {
  check('types', 'npx', ['tsc', '-p', 'tsconfig.check.json']);
  check('types console', 'npx', ['tsc', '-p', 'apps/console']);
  check('lint', 'npx', ['biome', 'lint', '--error-on-warnings']);
  check('architecture', process.execPath, ['tools/architecture.mjs']);
}
build();
if (wanted('unit')) vitest('unit', ['--project', 'unit']);
if (wanted('deploy')) vitest('deploy', ['--project', 'deploy']);
if (wanted('kafka')) {
  const lacking = host.lacking.filter(({ name }) => KAFKA_NEEDS.includes(name));
  const obstacle = lacking.map(({ name, why }) => `${name}: ${why}`).join('; ') || kafkaObstacle();
  if (obstacle) record('kafka', 0, 0, 1, obstacle);
  else vitest('kafka', ['--project', 'kafka'], { twice: true });
}
if (wanted('daemons')) vitest('daemons', ['--project', 'daemons'], { twice: true });
if (wanted('e2e')) {
  const dataPlane = canRunDataPlane();
  // the tests that want the virtual machine or the browser skip themselves, by name, where there is none; pg_dump is the unit tests'
  const lacking = host.lacking.filter((l) => !['machine', 'chromium', 'postgres', ...KAFKA_NEEDS].includes(l.name));
  if (lacking.length === 0 && dataPlane.ok) vitest('e2e', ['--config', 'test/e2e/vitest.config.ts'], { twice: true });
  else record('e2e', 0, 0, 1, dataPlane.why ?? lacking.map((l) => `${l.name}: ${l.why}`).join('; '));
}
rmSync(scratch, { recursive: true, force: true });

if (strict && totals.skipped > 0) {
  console.log(`\nCI allows no skipped test: ${totals.skipped} skipped`);
  totals.failed += 1;
}
for (const failure of failures) console.log(`\nFAILED ${brief(failure)}`);
console.log('\nsuite           passed  failed  skipped');
for (const r of rows) console.log(`${r.suite.padEnd(14)} ${String(r.passed).padStart(7)} ${String(r.failed).padStart(7)} ${String(r.skipped).padStart(8)}  ${r.note}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;

// npm run bench:rib: the same table for our RIB, BIRD, GoBGP and FRR, one after the other in one run; figures at the end.
//   --prefixes=1000000  --sets=50000 (attribute sets a peer has)  --gateways=10000  --limit=600 (s a step)  --only=ours,many,journal,bird,frr,gobgp  --no-install
import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, homedir, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureHost } from '../../../tools/host.mjs';
import { bird, DAEMON, FEEDERS, frr, gobgp } from './daemons.mjs';
import { report } from './report.mjs';

const option = (name, otherwise) => process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const PREFIXES = Number(option('prefixes', 1_000_000));
const SETS = Number(option('sets', 50_000));
const GATEWAYS = Number(option('gateways', 10_000));
const ONLY = option('only', 'ours,many,journal,bird,frr,gobgp').split(',');
const GOBGP = 'github.com/osrg/gobgp/v4/cmd/';
const GOBGP_VERSION = 'v4.8.0';
const HERE = import.meta.dirname;
const LIMIT_MS = 1000 * Number(option('limit', 600)); // of one step of one daemon
const [NS_DAEMON, NS_FEEDERS] = [`rb-d${process.pid}`, `rb-f${process.pid}`];
const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });

/** Runs a program of ours in a process of its own and answers the one message it sends. */
function child(file, args) {
  return new Promise((resolve, reject) => {
    const process_ = fork(join(HERE, file), args.map(String), { execArgv: ['--expose-gc'] });
    process_.on('message', resolve);
    process_.on('exit', (code) => code !== 0 && reject(new Error(`${file} ended with ${code}`)));
  });
}

/** A feeder in its namespace; `ask` sends a command and waits for what it answers. */
class Feeder {
  #process;
  #waiting = [];
  constructor(peer) {
    // exec: through `ip netns exec`, with the channel of fork
    this.#process = fork(join(HERE, 'feeder.mjs'), [FEEDERS[peer - 1], DAEMON, peer, PREFIXES, SETS].map(String), { execPath: 'ip', execArgv: ['netns', 'exec', NS_FEEDERS, process.execPath] });
    this.#process.on('message', (message) => this.#waiting.shift()?.(message));
  }
  ask(command) {
    return new Promise((resolve, reject) => {
      this.#waiting.push((message) => (message.error ? reject(new Error(message.error)) : resolve(message)));
      if (command) this.#process.send(command);
    });
  }
  tell(command) {
    this.#process.send(command);
  }
}

const statOf = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
/** Seconds the process has had of the processors. */
const cpuOf = (pid) => (Number(statOf(pid)[11]) + Number(statOf(pid)[12])) / 100;
const rssOf = (pid) => 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

async function until(what, pollMs, question) {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(pollMs)) if (await question()) return;
  throw new Error(`${what}: not within ${LIMIT_MS / 1000} s`);
}

const usedBy = (pid) => ({ at: process.hrtime.bigint(), cpu: cpuOf(pid), rss: rssOf(pid) });

/** When a process became idle, and what it had used by then. Known two seconds later. */
async function idle(pid) {
  for (let busy = usedBy(pid); ;) {
    await sleep(250);
    const now = usedBy(pid);
    if (now.cpu - busy.cpu > 0.02) busy = now;
    else if (now.at - busy.at > 2_000_000_000n) return busy;
  }
}

async function measure(make, bin) {
  const dir = mkdtempSync(join(tmpdir(), 'rb-'));
  ip('netns', 'add', NS_DAEMON);
  ip('netns', 'add', NS_FEEDERS);
  ip('-n', NS_DAEMON, 'link', 'add', 'rb0', 'type', 'veth', 'peer', 'name', 'rb0', 'netns', NS_FEEDERS);
  for (const [netns, addresses] of [[NS_DAEMON, [DAEMON]], [NS_FEEDERS, FEEDERS]]) {
    for (const address of addresses) ip('-n', netns, 'addr', 'add', `${address}/24`, 'dev', 'rb0');
    for (const device of ['lo', 'rb0']) ip('-n', netns, 'link', 'set', device, 'up');
  }
  const daemon = make({ netns: NS_DAEMON, dir, bin });
  const process_ = daemon.start(); // `ip netns exec` becomes the daemon, so its pid is the daemon's
  const feeders = [new Feeder(1), new Feeder(2)];
  try {
    const fed = await Promise.all(feeders.map((feeder) => feeder.ask()));
    await until(`${daemon.name} starts`, 100, daemon.ready);
    for (const feeder of feeders) await feeder.ask('open');
    await sleep(1000);
    const pid = process_.pid;
    const empty = rssOf(pid);
    const step = async (what, action, done) => {
      const [start, cpu] = [process.hrtime.bigint(), cpuOf(pid)];
      const sent = action()?.then(() => Number(process.hrtime.bigint() - start) / 1e9);
      let end;
      await until(`${daemon.name}: ${what}`, daemon.pollMs, async () => {
        end = daemon.askWhenIdle ? await idle(pid) : undefined;
        if (!(await done())) return false;
        end ??= usedBy(pid);
        return true;
      });
      return { wall: Number(end.at - start) / 1e9, cpu: end.cpu - cpu, rss: end.rss, sent: await sent };
    };
    const first = await step('first peer', () => feeders[0].ask('send'), () => daemon.has(1, PREFIXES));
    const second = await step('second peer', () => feeders[1].ask('send'), () => daemon.has(2, PREFIXES));
    const loss = await step('loss of a peer', () => void feeders[0].tell('close'), () => daemon.lost(1, PREFIXES));
    say(`${daemon.name}: ${JSON.stringify({ first, second, loss })}`);
    const left = await daemon.total();
    if (left !== PREFIXES) throw new Error(`${daemon.name} holds ${left} routes after the loss of a peer, not ${PREFIXES}`);
    return { name: daemon.name, version: await daemon.version(), first, second, loss, rss: [(first.rss - empty) / PREFIXES, (second.rss - empty) / (2 * PREFIXES)], fed };
  } finally {
    for (const feeder of feeders) feeder.tell('end');
    process_.kill('SIGKILL');
    await sleep(300);
    for (const netns of [NS_DAEMON, NS_FEEDERS]) ip('netns', 'del', netns);
    rmSync(dir, { recursive: true });
  }
}

/** GoBGP comes from its Go module where there is a Go, else from the distribution. Undefined: neither. */
function gobgpDirectory() {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), `bordergate/gobgp-${GOBGP_VERSION}`);
  if (existsSync(join(cache, 'gobgpd'))) return cache;
  try {
    mkdirSync(cache, { recursive: true });
    execFileSync('go', ['install', `${GOBGP}gobgp@${GOBGP_VERSION}`, `${GOBGP}gobgpd@${GOBGP_VERSION}`], { env: { ...process.env, GOBIN: cache }, stdio: ['ignore', 'ignore', 'pipe'] });
    return cache;
  } catch (error) {
    console.log(`GoBGP ${GOBGP_VERSION} cannot be built with go (${`${error.stderr ?? error.message}`.trim().split('\n').at(-1)}): trying the distribution's`);
    return host('gobgp') ? '/usr/bin' : undefined;
  }
}

const say = (text) => console.log(text);
const skipped = [];
function host(need) {
  const { lacking } = ensureHost({ need: [need], install: !process.argv.includes('--no-install') });
  skipped.push(...lacking.map(({ name, why }) => `${name}: ${why}`));
  return lacking.length === 0;
}

const results = [];
const made = { bird, gobgp, frr };
const root = process.platform === 'linux' && process.getuid?.() === 0;
let [many, journal] = [];
if (ONLY.includes('ours')) {
  say(`our RIB: ${PREFIXES} prefixes, ${SETS} attribute sets a peer`);
  results.push({ name: 'our RIB', version: `Node ${process.versions.node}`, ...(await child('ours.mjs', [PREFIXES, SETS])) });
}
if (ONLY.includes('many')) {
  say(`our RIB: ${GATEWAYS} gateways of 100 routes`);
  many = await child('many.mjs', [GATEWAYS]);
}
if (ONLY.includes('journal')) {
  say('the journal around it');
  journal = await child('journal.mjs', []);
}
for (const name of ['bird', 'frr', 'gobgp'].filter((daemon) => ONLY.includes(daemon))) {
  if (!root) {
    skipped.push(`${name}: network namespaces need root on Linux`);
    continue;
  }
  if (!host('iproute2') || (name !== 'gobgp' && !host(name))) continue;
  const bin = name === 'gobgp' ? gobgpDirectory() : undefined;
  if (name === 'gobgp' && !bin) continue;
  say(`${name}: ${PREFIXES} prefixes from each of two peers`);
  const result = await measure(made[name], bin).catch((error) => void skipped.push(`${name}: ${error.message}`));
  if (result) results.push(result);
}
say(report({ results, many, journal, skipped, machine: `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`, prefixes: PREFIXES, sets: SETS, gateways: GATEWAYS }));
process.exit(0);

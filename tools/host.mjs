// What a machine needs to run real tunnels, and how it gets there. Runs before `npm ci`: no dependencies, plain JavaScript.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, closeSync, constants, existsSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KERNEL_DIR, kernelIsThere, unpackKernel } from './machine-kernel.mjs';

const SBIN = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'];
const PLUGIN_DIRECTORIES = ['/usr/lib/ipsec/plugins', '/usr/lib/strongswan/plugins', '/usr/libexec/ipsec/plugins'];

/** @param {string} name */
const command = (name) => ({
  label: name,
  present: () => [...SBIN, ...(process.env.PATH ?? '').split(delimiter)].some((directory) => isExecutable(join(directory, name))),
});

/** @param {string} path */
const program = (path) => ({ label: path, present: () => isExecutable(path) });

/** @param {string} path */
const library = (path) => ({ label: path, present: () => existsSync(path) });

/** @param {string} name */
const plugin = (name) => {
  const file = `libstrongswan-${name}.so`;
  return { label: file, present: () => PLUGIN_DIRECTORIES.some((directory) => existsSync(join(directory, file))) };
};

/** Which files prove that something is there, and which Debian packages bring them. */
const NEEDS = {
  strongswan: {
    parts: [command('charon-systemd'), command('swanctl'), ...['vici', 'openssl', 'gmp', 'kernel-libipsec', 'counters', 'error-notify'].map(plugin)],
    packages: ['charon-systemd', 'strongswan-swanctl', 'libcharon-extra-plugins', 'libstrongswan-standard-plugins', 'libstrongswan-extra-plugins'],
  },
  bird: { parts: [command('bird'), command('birdc')], packages: ['bird2'] },
  frr: {
    parts: [...['zebra', 'staticd', 'bgpd', 'bfdd'].map((daemon) => program(`/usr/lib/frr/${daemon}`)), command('vtysh')],
    packages: ['frr'],
  },
  gobgp: { parts: [command('gobgpd'), command('gobgp')], packages: ['gobgpd'] },
  ping: { parts: [command('ping')], packages: ['iputils-ping'] },
  fping: { parts: [command('fping')], packages: ['fping'] },
  tcpdump: { parts: [command('tcpdump')], packages: ['tcpdump'] },
  curl: { parts: [command('curl')], packages: ['curl'] },
  nft: { parts: [command('nft')], packages: ['nftables'] },
  // sysctl is called in every namespace; it has a package of its own.
  iproute2: { parts: [command('ip'), command('tc'), command('sysctl')], packages: ['iproute2', 'procps'] },
  // the customers of the recipes: a virtual machine with kernel ESP and XFRM interfaces
  machine: {
    parts: [
      command('qemu-system-x86_64'), anyOf('virtiofsd', ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd'].map(program)),
      { label: `a kernel in ${KERNEL_DIR}`, present: kernelIsThere },
    ],
    packages: ['qemu-system-x86'],
    // with QEMU until Debian 12, a package of its own since
    packagesIfKnown: ['virtiofsd'],
    unpack: unpackKernel,
  },
  chromium: { parts: [anyOf('chromium', [command('chromium'), command('chromium-browser'), command('google-chrome')])], packages: ['chromium'] },
  // Debian splits the standard library: venv needs ensurepip, which is in a package of its own.
  python: { parts: [command('python3'), { label: 'python3: ensurepip, venv', present: () => attempt(['python3', '-c', 'import ensurepip, venv']) === undefined }], packages: ['python3', 'python3-venv'] },
  // pg_dump and pg_restore, and a server of their version: a younger one they refuse, and npm's comes without them
  postgres: { parts: [{ label: '/usr/lib/postgresql/*/bin with postgres and pg_dump', present: hasPostgres }], packages: ['postgresql'] },
  kcat: { parts: [command('kcat')], packages: ['kcat'] },
  faketime: { parts: [anyOf('libfaketime', ['x86_64', 'aarch64'].map((machine) => library(`/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`)))], packages: ['libfaketime'] },
  prometheus: { parts: [command('prometheus'), command('promtool')], packages: ['prometheus'] },
  go: { parts: [command('go')], packages: ['golang-go'] },
  // Apache Kafka: its brokers need Java 17, and Maven fetches them
  java: { parts: [{ label: 'java >= 17', present: () => javaVersion() >= 17 }], packages: ['default-jre-headless'] },
  maven: { parts: [command('mvn')], packages: ['maven'] },
};

function hasPostgres() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  return versions.some((version) => ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) => isExecutable(`/usr/lib/postgresql/${version}/bin/${name}`)));
}

/** "openjdk 17.0.15 …", "java 21 …"; 0 without one. */
function javaVersion() {
  const { stdout } = spawnSync(process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java', ['--version'], { encoding: 'utf8' });
  return Number(/^\S+ (\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}

/** @param {string} label @param {{ present: () => boolean }[]} candidates */
function anyOf(label, candidates) {
  return { label, present: () => candidates.some((candidate) => candidate.present()) };
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // Not there or not for us: the same to one who wants to run it.
  }
}

/** @param {keyof typeof NEEDS} need */
const absentParts = (need) => NEEDS[need].parts.filter((part) => !part.present()).map((part) => part.label);

/** The names of everything that is not on this machine. */
export function missing() {
  return Object.keys(NEEDS).filter((need) => absentParts(need).length > 0);
}

/**
 * Says what is there, installs what is not if asked to and able to, and tells what is still lacking and why.
 * @param {{ need: (keyof typeof NEEDS)[], install: boolean, say?: (line: string) => void }} options
 * @returns {{ ok: string[], installed: string[], lacking: { name: string, why: string }[] }}
 */
export function ensureHost({ need, install, say = console.log }) {
  const unknown = need.filter((name) => !(name in NEEDS));
  if (unknown.length > 0) throw new Error(`unknown need: ${unknown.join(', ')}; known: ${Object.keys(NEEDS).join(', ')}`);
  const ok = need.filter((name) => absentParts(name).length === 0);
  const wanted = need.filter((name) => !ok.includes(name));
  if (wanted.length === 0) return { ok, installed: [], lacking: [] };

  const obstacle = install ? installObstacle() : 'not asked to install';
  const failure = obstacle ?? installPackages(wanted.map((name) => NEEDS[name]), say);
  const installed = wanted.filter((name) => absentParts(name).length === 0);
  const lacking = wanted
    .filter((name) => !installed.includes(name))
    .map((name) => ({ name, why: `${absentParts(name).join(', ')} not found${failure === undefined ? ' even after the installation' : `; ${failure}`}` }));
  return { ok, installed, lacking };
}

/** Why this process cannot install packages, or undefined. */
function installObstacle() {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (!command('apt-get').present()) return 'there is no apt-get: install the packages of your distribution';
  if (process.getuid?.() !== 0) return 'installing needs root';
  return undefined;
}

/** Returns why it failed, or undefined. @param {{ packages: string[], packagesIfKnown?: string[], unpack?: typeof unpackKernel }[]} needs @param {(line: string) => void} say */
function installPackages(needs, say) {
  return withoutStartingServices(say, () => {
    say('host: apt-get update');
    const updated = aptGet(['update']);
    // Stale or partly unreachable lists may still do; the installation has the last word.
    if (updated !== undefined) say(`host: apt-get update failed, going on with the lists at hand: ${updated}`);
    const packages = needs.flatMap((need) => [...need.packages, ...(need.packagesIfKnown ?? []).filter(isKnown)]);
    say(`host: apt-get install ${packages.join(' ')}`);
    const failures = [aptGet(['install', '--yes', '--no-install-recommends', ...packages]), ...needs.map((need) => need.unpack?.(aptGet, say))];
    return failures.find((failure) => failure !== undefined);
  });
}

/** @param {string} name */
const isKnown = (name) => attempt(['apt-cache', 'show', name]) === undefined;

/** Returns the last lines of what apt-get complained about, or undefined. @param {string[]} args @param {string} [cwd] */
function aptGet(args, cwd) {
  try {
    execFileSync('apt-get', ['-q', ...args], {
      cwd,
      env: { ...process.env, PATH: [process.env.PATH, ...SBIN].join(delimiter), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return undefined;
  } catch (error) {
    const text = `${error.stderr ?? ''}`.trim() || `${error.stdout ?? ''}`.trim() || error.message;
    return `apt-get ${args[0]}: ${text.split('\n').slice(-3).join(' / ')}`;
  }
}

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * The packages start system daemons that take ports 500, 4500 and 179. Debian asks this script before it starts one;
 * 101 means "forbidden". A script of the administrator is not ours to replace.
 * @template T @param {(line: string) => void} say @param {() => T} action @returns {T}
 */
function withoutStartingServices(say, action) {
  const ours = createOnce(POLICY, '#!/bin/sh\nexit 101\n');
  if (ours) say(`host: ${POLICY} keeps the new packages from starting services during the installation`);
  else say(`host: ${POLICY} exists and stays; services of the new packages start only if it lets them`);
  const release = ours ? holdSignals() : () => undefined;
  try {
    return action();
  } finally {
    if (ours) rmSync(POLICY);
    release();
  }
}

/** A forgotten script would keep every service of this machine down: Ctrl-C ends apt-get, and us only after the clean-up. */
function holdSignals() {
  const held = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => ({ signal, again: () => process.kill(process.pid, signal) }));
  for (const { signal, again } of held) process.once(signal, again);
  // Signals of the time in between are delivered before the next check phase, when nothing holds them any more.
  return () => setImmediate(() => {
    for (const { signal, again } of held) process.off(signal, again);
  });
}

/** False if the file exists; creating and asking are one step, so that nobody's file is ever overwritten. */
function createOnce(path, content) {
  try {
    closeSync(openSync(path, 'wx', 0o755));
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return true;
}

/**
 * Whether namespaces and TUN devices can be made here. Tried, not guessed: containers differ in what they allow.
 * @returns {{ ok: true } | { ok: false, why: string }}
 */
export function canRunDataPlane() {
  if (process.platform !== 'linux') return { ok: false, why: `the data plane needs Linux, this is ${process.platform}` };
  if (process.getuid?.() !== 0) return { ok: false, why: 'the data plane needs root' };
  if (!command('ip').present()) return { ok: false, why: 'the data plane needs iproute2 (the command ip)' };
  const netns = `bg-try-${process.pid}`;
  const made = attempt(['ip', 'netns', 'add', netns]);
  if (made !== undefined) return { ok: false, why: `cannot create a network namespace: ${made}` };
  // A TUN, as charon opens one, and a veth pair, which connects the namespaces.
  const steps = [
    ['ip', '-n', netns, 'tuntap', 'add', 'dev', 'try0', 'mode', 'tun'],
    ['ip', '-n', netns, 'link', 'add', 'try1', 'type', 'veth', 'peer', 'name', 'try2'],
    ['ip', '-n', netns, 'link', 'add', 'try3', 'type', 'bridge'],
  ];
  const failures = steps.flatMap((step) => attempt(step) ?? []);
  const removed = attempt(['ip', 'netns', 'del', netns]);
  const why = [...failures, ...(removed === undefined ? [] : [`cannot remove a network namespace: ${removed}`])];
  if (why.length > 0) return { ok: false, why: `${why.join('; ')}${tunHint()}` };
  return { ok: true };
}

const tunHint = () => (existsSync('/dev/net/tun') ? '' : '; /dev/net/tun is not there (a container needs it as a device, the host the module tun)');

/** Returns why the command failed, or undefined. @param {string[]} argv */
function attempt([file, ...args]) {
  try {
    execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env: { ...process.env, PATH: [process.env.PATH, ...SBIN].join(delimiter) } });
    return undefined;
  } catch (error) {
    return `"${[file, ...args].join(' ')}": ${`${error.stderr ?? ''}`.trim() || error.message}`;
  }
}

// The three daemons: how each is configured to take two peers and tell nobody anything, and how it is asked what it holds.
// None installs into a kernel: the table is what is compared. Asking costs the daemon time, so each is asked as often as it can bear.
import { execFile, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const DAEMON = '10.99.0.1';
export const FEEDERS = ['10.99.0.11', '10.99.0.12'];

/** @param {{ netns: string, dir: string }} place */
export const bird = ({ netns, dir }) => {
  const socket = join(dir, 'bird.ctl');
  const counts = async (peer) => {
    const text = await birdc(socket, `show protocols all f${peer}`);
    return { routes: Number(/Routes:\s+(\d+) imported/.exec(text)?.[1] ?? 0), down: /Channel ipv4\s+State:\s+DOWN/.test(text) || !/Channel ipv4/.test(text) };
  };
  return {
    name: 'BIRD',
    pollMs: 10,
    version: async () => (await run('bird', ['--version']).then(({ stderr, stdout }) => stderr || stdout)).trim().replace(/^BIRD version /, ''),
    start: () => {
      const peers = FEEDERS.map((feeder, i) => `protocol bgp f${i + 1} { local ${DAEMON} as 65000; neighbor ${feeder} as ${65001 + i}; passive; ipv4 { import all; export none; }; }`);
      writeFileSync(join(dir, 'bird.conf'), `router id ${DAEMON};\nprotocol device { }\n${peers.join('\n')}\n`);
      return inNetns(netns, 'bird', ['-f', '-c', join(dir, 'bird.conf'), '-s', socket]);
    },
    ready: async () => /Daemon is up/.test(await birdc(socket, 'show status')),
    has: async (peer, routes) => (await counts(peer)).routes >= routes,
    lost: async (peer) => (await counts(peer)).down,
    total: async () => Number(/(\d+) of \d+ routes for \d+ networks/.exec(await birdc(socket, 'show route count'))?.[1]),
  };
};

export const gobgp = ({ netns, dir, bin }) => {
  const ask = async (...args) => (await run('ip', ['netns', 'exec', netns, join(bin, 'gobgp'), ...args])).stdout;
  const neighbor = async (peer) => JSON.parse(await ask('-j', 'neighbor', FEEDERS[peer - 1]));
  const summary = async () => /Destination:\s*(\d+), Path:\s*(\d+)/.exec(await ask('global', 'rib', 'summary'));
  return {
    name: 'GoBGP',
    pollMs: 1000,
    askWhenIdle: true, // each answer is a walk of the table, some seconds of processor time
    version: async () => (await run(join(bin, 'gobgpd'), ['--version'])).stdout.trim().replace(/^gobgpd version /, ''),
    start: () => {
      const peers = FEEDERS.map((feeder, i) => `[[neighbors]]\n[neighbors.config]\nneighbor-address = "${feeder}"\npeer-as = ${65001 + i}\n[neighbors.transport.config]\npassive-mode = true\n`);
      writeFileSync(join(dir, 'gobgp.toml'), `[global.config]\nas = 65000\nrouter-id = "${DAEMON}"\nlocal-address-list = ["${DAEMON}"]\n[global.apply-policy.config]\ndefault-export-policy = "reject-route"\n${peers.join('')}`);
      return inNetns(netns, join(bin, 'gobgpd'), ['-f', join(dir, 'gobgp.toml'), '--log-level', 'warn']);
    },
    ready: () => ask('neighbor').then(() => true, () => false),
    has: async (peer, routes) => Number((await neighbor(peer)).afi_safis?.[0]?.state?.accepted ?? 0) >= routes && Number((await summary())?.[2]) >= peer * routes,
    lost: async (_peer, routes) => Number((await summary())?.[2]) === routes,
    total: async () => Number((await summary())?.[2]),
  };
};

export const frr = ({ netns, dir }) => {
  const ask = async (command) => (await run('vtysh', ['--vty_socket', dir, '--config_dir', dir, '-c', command])).stdout;
  const peerOf = async (peer) => JSON.parse(await ask('show bgp ipv4 unicast summary json')).peers?.[FEEDERS[peer - 1]];
  return {
    name: 'FRR',
    pollMs: 100,
    version: async () => (await run('/usr/lib/frr/bgpd', ['--version'])).stdout.split('\n')[0].replace(/^bgpd version /, ''),
    start: () => {
      const peers = FEEDERS.map((feeder, i) => ` neighbor ${feeder} remote-as ${65001 + i}\n neighbor ${feeder} passive\n`);
      const deny = FEEDERS.map((feeder) => `  neighbor ${feeder} route-map NOTHING out\n`);
      writeFileSync(join(dir, 'vtysh.conf'), '');
      writeFileSync(join(dir, 'bgpd.conf'), `router bgp 65000\n bgp router-id ${DAEMON}\n no bgp ebgp-requires-policy\n${peers.join('')} address-family ipv4 unicast\n${deny.join('')} exit-address-family\nroute-map NOTHING deny 10\n`);
      // -n -Z: no zebra and no FIB behind it, so next hops count as reachable
      return inNetns(netns, '/usr/lib/frr/bgpd', ['-u', 'root', '-g', 'frrvty', '-f', join(dir, 'bgpd.conf'), '-i', join(dir, 'bgpd.pid'), '--vty_socket', dir, '-l', DAEMON, '-n', '-Z', '-P', '0']);
    },
    ready: () => ask('show bgp ipv4 unicast summary json').then((text) => FEEDERS.every((feeder) => text.includes(feeder)), () => false),
    has: async (peer, routes) => ((await peerOf(peer))?.pfxRcd ?? 0) >= routes,
    lost: async (peer) => !['Established', 'Clearing'].includes((await peerOf(peer))?.state),
    total: async () => Object.values(JSON.parse(await ask('show bgp ipv4 unicast summary json')).peers).reduce((sum, peer) => sum + peer.pfxRcd, 0),
  };
};

const inNetns = (netns, file, args) => spawn('ip', ['netns', 'exec', netns, file, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });

/** One command over BIRD's control socket: cheaper than a birdc each time. */
function birdc(path, command) {
  return new Promise((resolve, reject) => {
    if (!existsSync(path)) return resolve('');
    let text = '';
    const socket = connect(path, () => socket.write(`${command}\n`));
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (data) => {
      text += data;
      if (!/^[089]\d{3} /m.test(text.replace(/^0001 .*\n/, ''))) return; // the line that ends an answer, after the greeting
      socket.destroy();
      resolve(text);
    });
  });
}

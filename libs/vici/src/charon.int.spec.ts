import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteStream } from '@bordergate/kernel';
import { Charon, ViciCommandError, ViciSession, ViciUnknownCommandError } from './index.js';

const CHARON = '/usr/sbin/charon-systemd';
const possible = existsSync(CHARON) && process.getuid?.() === 0;

// One charon of its own (reference/dataplane.md A.2, kernel-libipsec left out) in a network namespace of its own.
const configuration = (dir: string): string => `
charon {
  load = random nonce openssl sha1 sha2 aes hmac kdf gmp pem pkcs1 x509 constraints kernel-netlink socket-default vici
  load_modular = no
  threads = 16
  install_routes = no
  install_virtual_ip = no
  retransmit_tries = 1
  retransmit_timeout = 0.3
  filelog { main { path = ${dir}/charon.log
 default = 1 } }
  journal { default = -1 }
  plugins { vici { socket = unix://${dir}/vici.sock } }
}
`;

async function socketStream(path: string): Promise<ByteStream> {
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let failure: Error | undefined;
  socket.on('error', error => { failure = error; });
  return {
    write: bytes => void socket.write(bytes),
    onData: listener => void socket.on('data', listener),
    onClose: listener => void socket.on('close', () => listener(failure)),
    close: () => void socket.destroy(),
  };
}

describe.skipIf(!possible)('a real charon (needs root and strongSwan)', () => {
  const netns = `vici-${process.pid}`;
  let dir: string;
  let daemon: ChildProcess;
  let charon: Charon;

  beforeAll(async () => {
    dir = mkdtempSync('/tmp/vici-');
    writeFileSync(`${dir}/strongswan.conf`, configuration(dir));
    execFileSync('ip', ['netns', 'add', netns]);
    execFileSync('ip', ['-n', netns, 'link', 'set', 'lo', 'up']);
    // A peer that never answers (RFC 5737): what is sent to it comes back on lo and is nobody's.
    execFileSync('ip', ['-n', netns, 'route', 'add', '192.0.2.0/24', 'dev', 'lo']);
    daemon = spawn('ip', ['netns', 'exec', netns, CHARON], { env: { ...process.env, STRONGSWAN_CONF: `${dir}/strongswan.conf` }, stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      try {
        accessSync(`${dir}/vici.sock`);
        charon = new Charon(new ViciSession(await socketStream(`${dir}/vici.sock`)));
        break;
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(50);
      }
    }
  });

  afterAll(async () => {
    charon?.session.close();
    // `ip netns exec` replaces itself with charon, so this is charon's own pid.
    if (daemon?.exitCode === null) {
      const gone = new Promise(resolve => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await gone;
    }
    execFileSync('ip', ['netns', 'del', netns]);
    rmSync(dir, { recursive: true });
  });

  const conn = (proposal: string) => ({
    version: '2', local_addrs: ['127.0.0.1'], remote_addrs: ['192.0.2.1'], proposals: [proposal],
    local: { auth: 'psk', id: 'us' }, remote: { auth: 'psk', id: 'them' },
    children: { net: { local_ts: ['0.0.0.0/0'], remote_ts: ['0.0.0.0/0'], esp_proposals: ['aes128-sha256'], start_action: 'none' } },
  });

  it('tells its version', async () => {
    expect(await charon.version()).toMatchObject({ daemon: 'charon-systemd', version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it('loads, lists and unloads connections and secrets', async () => {
    await charon.loadConn('tun-1', conn('aes128-sha256-modp2048'));
    await charon.loadConn('tun-1', conn('aes128-sha256-modp2048'));
    await charon.loadShared({ id: 'psk-1', type: 'IKE', data: 'Grüße\u0000 binary', owners: ['us', 'them'] });
    expect(await charon.getConns()).toEqual(['tun-1']);
    expect(await charon.getShared()).toEqual(['psk-1']);
    const { events } = await charon.session.stream('list-conns', 'list-conn');
    expect(events[0]).toMatchObject({ 'tun-1': { remote_addrs: ['192.0.2.1'], children: { net: { 'local-ts': ['0.0.0.0/0'] } } } });
    await charon.unloadConn('tun-1');
    await charon.unloadShared('psk-1');
    expect(await charon.getConns()).toEqual([]);
    expect(await charon.getShared()).toEqual([]);
  });

  it('refuses with a reason', async () => {
    await expect(charon.loadConn('bad', conn('rot13'))).rejects.toEqual(expect.objectContaining({ errmsg: expect.stringContaining('proposals') }));
    await expect(charon.unloadConn('absent')).rejects.toBeInstanceOf(ViciCommandError);
    await expect(charon.session.request('make-coffee')).rejects.toBeInstanceOf(ViciUnknownCommandError);
    await expect(charon.session.subscribe(['make-coffee'], () => {})).rejects.toBeInstanceOf(ViciUnknownCommandError);
  });

  it('initiates, lists the attempt, tells events, terminates', async () => {
    const events = new ViciSession(await socketStream(`${dir}/vici.sock`));
    const logged: string[] = [];
    await events.subscribe(['log', 'ike-updown'], (name, message) => logged.push(name === 'log' ? String(message.msg) : name));
    await charon.loadConn('tun-2', conn('aes128-sha256-modp2048'));
    await charon.loadShared({ id: 'psk-2', type: 'IKE', data: 'secret', owners: ['us', 'them'] });
    expect(await charon.listSas()).toEqual([]);
    await charon.initiate({ ike: 'tun-2', child: 'net', timeoutMs: -1 });
    await sleep(50);
    expect(await charon.listSas({ ike: 'tun-2' })).toMatchObject([{ name: 'tun-2', version: 2, state: 'CONNECTING', remoteHost: '192.0.2.1', initiator: true, childSas: [] }]);
    const [attempt] = await charon.listSas();
    await charon.terminate({ ikeId: attempt!.uniqueId, timeoutMs: -1, force: true });
    await expect(charon.terminate({ ike: 'absent', timeoutMs: 500 })).rejects.toBeInstanceOf(ViciCommandError);
    await expect(charon.initiate({ ike: 'tun-2', child: 'net', timeoutMs: 200 })).rejects.toBeInstanceOf(ViciCommandError);
    expect(logged.some(line => line.includes('initiating IKE_SA tun-2'))).toBe(true);
    events.close();
  });
});

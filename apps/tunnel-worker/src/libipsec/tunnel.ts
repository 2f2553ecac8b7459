import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '@bordergate/platform';
import type { CharonPort, TunnelCounters, TunnelFound, TunnelPort } from '../data-plane.js';
import { deviceNames } from '../data-plane.js';
import { Daemon } from '../linux/daemon.js';
import { addressesOf, deviceOf, isUp } from '../linux/devices.js';
import type { Netns } from '../linux/exec.js';
import { readIfThere } from '../linux/files.js';
import { netnsExists } from '../linux/namespaces.js';
import { capOf, ensureCap, removeCap } from '../linux/shaping.js';
import { checkSocketPath } from '../linux/unix-stream.js';
import { charonConfig, charonDaemon } from './charon-config.js';
import { CharonEvents } from './charon-events.js';
import { ViciCharonPort } from './charon-port.js';
import { readCounters, takeBaseline } from './counters.js';
import { ensureOuter, isWired, removeOuter } from './outer.js';
import { clearCharonTun, ensureTunDevice, noTunDevice, setTunDevice } from './tun-device.js';
import { ensureSelectorAddress, refusedSelectors } from './selector-address.js';
import { withCharon } from './vici.js';

export interface TunnelOptions {
  tunnelId: string;
  /** Configuration, sockets, log and pid file of this tunnel's charon. */
  dir: string;
  netns: string;
  uplink: Netns;
  gatewayNetns(borderGatewayId: string): string;
  log: Log;
  onChange(event: string): void;
}

const INSPECT_MS = 5_000;
/** Wires do not come loose by themselves. */
const WIRE_MS = 30_000;

/** One tunnel on this node: its outer namespace, its charon, and charon's TUN in the gateway's namespace. */
export class Tunnel {
  readonly charon: CharonPort;
  readonly logFile: string;
  readonly #options: TunnelOptions;
  readonly #daemon: Daemon;
  readonly #events: CharonEvents;
  readonly #socket: string;
  #wired: { wire: string; lookedAt: number } | undefined;

  constructor(options: TunnelOptions) {
    const { dir, log, netns, tunnelId } = options;
    this.#options = options;
    this.logFile = join(dir, 'charon.log');
    this.#socket = join(dir, 'vici');
    checkSocketPath(this.#socket);
    this.charon = new ViciCharonPort(this.#socket, async error => this.#learn(refusedSelectors(error)));
    this.#events = new CharonEvents(this.#socket, log, event => {
      if (event === 'vici closed') void this.#daemon.lookCloser();
      options.onChange(event);
    }, undefined, address => { this.#learn([address]).catch((error: unknown) => log.warn('a traffic selector stays without its address', { tunnelId, error })); });
    this.#daemon = new Daemon({
      name: `charon of ${tunnelId}`, dir, netns, logFile: this.logFile, log,
      env: { STRONGSWAN_CONF: this.#file('strongswan.conf') },
      prepare: () => this.#prepare(),
      answers: () => withCharon(this.#socket, 'version', INSPECT_MS, async charon => (await charon.version()).version !== ''),
      onChange: event => options.onChange(`charon ${event}`),
    });
  }

  async ensureOuter(tunnel: TunnelPort): Promise<void> {
    await mkdir(this.#options.dir, { recursive: true, mode: 0o755 });
    await ensureOuter(this.#options.netns, this.#options.uplink, tunnel, this.#file('uplink'));
    await this.#daemon.ensure();
    await this.#events.start();
  }

  async ensureDevice(tunnel: TunnelPort): Promise<void> {
    const { netns, gatewayNetns, log, tunnelId } = this.#options;
    const gateway = gatewayNetns(tunnel.borderGatewayId);
    if (!(await ensureTunDevice(netns, gateway, tunnel))) {
      log.warn('the tunnel device is gone: starting charon again', { tunnelId });
      await this.#daemon.restart();
      if (!(await ensureTunDevice(netns, gateway, tunnel))) throw noTunDevice(tunnelId);
    }
    const charon = await this.#daemon.running();
    if (charon) await takeBaseline(charon, this.#file('encrypted-from.json'));
    await this.#ensureCap(gateway, tunnel);
  }

  setDevice(tunnel: TunnelPort, up: boolean): Promise<void> {
    return setTunDevice(this.#options.gatewayNetns(tunnel.borderGatewayId), tunnel.tunnelId, up);
  }

  /** What runs is watched over from then on: a worker that finds a healthy tunnel makes nothing, and so asks for nothing else. */
  async inspect(tunnel: TunnelPort): Promise<TunnelFound> {
    const [outer, charon, device] = await Promise.all([this.#inspectOuter(tunnel), this.#inspectCharon(), this.#inspectDevice(tunnel)]);
    if (charon.charonRunning && await this.#daemon.adopt()) await this.#events.start();
    // A TUN goes with its charon, and that may have been after the look at it.
    return { outer, ...charon, device: charon.charonRunning ? device : await this.#inspectDevice(tunnel) };
  }

  async counters(tunnel: TunnelPort): Promise<TunnelCounters | undefined> {
    const charon = await this.#daemon.running();
    if (!charon) return undefined;
    return readCounters(this.#options.gatewayNetns(tunnel.borderGatewayId), tunnel.tunnelId, charon, this.#file('encrypted-from.json'));
  }

  /** The device goes with charon. */
  async remove(): Promise<void> {
    this.#events.close();
    await this.#daemon.stop(2_000);
    await this.#removeCap();
    await removeOuter(this.#options.netns, this.#options.uplink, this.#options.tunnelId, this.#file('uplink'));
    await rm(this.#options.dir, { recursive: true, force: true });
  }

  release(): void {
    this.#events.close();
    this.#daemon.release();
  }

  /** True when there was something to learn, so that the same negotiation may now succeed. */
  async #learn(selectors: readonly string[]): Promise<boolean> {
    for (const address of selectors) await ensureSelectorAddress(this.#options.netns, address);
    return selectors.length > 0;
  }

  async #prepare(): Promise<[string, ...string[]]> {
    await clearCharonTun(this.#options.netns);
    const paths = { viciSocket: this.#socket, errorSocket: this.#file('enfy'), logFile: this.logFile };
    await Promise.all([
      rm(paths.viciSocket, { force: true }), rm(paths.errorSocket, { force: true }),
      writeFile(this.#file('strongswan.conf'), charonConfig(paths)),
    ]);
    return [charonDaemon()];
  }

  async #inspectCharon(): Promise<Omit<TunnelFound, 'outer' | 'device'>> {
    const absent = { charonRunning: false, charonStartedAt: null, connections: [], secrets: [], ikeSas: [] };
    const process = await this.#daemon.running();
    if (!process) return absent;
    try {
      return await withCharon(this.#socket, 'inspect', INSPECT_MS, async charon => {
        const [connections, secrets, ikeSas] = await Promise.all([charon.getConns(), charon.getShared(), charon.listSas()]);
        return { charonRunning: true, charonStartedAt: process.startedAt, connections: [...connections], secrets: [...secrets], ikeSas };
      });
    } catch (error) {
      // Starting, ending or hanging: it does not answer, which is what was asked.
      this.#options.log.debug('charon does not answer', { tunnelId: this.#options.tunnelId, error });
      return absent;
    }
  }

  /** The namespace is there, and wired as this tunnel needs it. The wire is looked at when it was not lately, or is another. */
  async #inspectOuter(tunnel: TunnelPort): Promise<boolean> {
    const { netns, uplink } = this.#options;
    if (!(await netnsExists(netns))) return false;
    const wire = `${tunnel.cloudPublicIp} ${tunnel.customerIp}`;
    if (this.#wired?.wire === wire && Date.now() - this.#wired.lookedAt < WIRE_MS) return true;
    this.#wired = await isWired(netns, uplink, tunnel) ? { wire, lookedAt: Date.now() } : undefined;
    return this.#wired !== undefined;
  }

  async #inspectDevice(tunnel: TunnelPort): Promise<TunnelFound['device']> {
    const gateway = this.#options.gatewayNetns(tunnel.borderGatewayId);
    const device = await deviceOf(gateway, deviceNames.tunnel(tunnel.tunnelId));
    if (!device) return null;
    const bandwidthMbps = await this.#capOf(gateway, device.ifname);
    return { name: device.ifname, up: isUp(device), address: addressesOf(device)[0] ?? null, ...(bandwidthMbps === undefined ? {} : { bandwidthMbps }) };
  }

  /** A kernel without the queues (HTB, ifb) carries the tunnel without a cap: the lesser evil, and it is said. */
  async #ensureCap(gateway: string, tunnel: TunnelPort): Promise<void> {
    const device = deviceNames.tunnel(tunnel.tunnelId);
    await writeFile(this.#file('gateway'), gateway);
    try {
      await ensureCap({ netns: gateway, device, innerPrefix: `${tunnel.localTunnelIp}/30`, mbps: tunnel.bandwidthMbps });
    } catch (error) {
      this.#options.log.warn('the bandwidth is not capped', { tunnelId: tunnel.tunnelId, bandwidthMbps: tunnel.bandwidthMbps, error });
    }
  }

  async #capOf(gateway: string, device: string): Promise<number | undefined> {
    try {
      return await capOf(gateway, device);
    } catch (error) {
      this.#options.log.debug('the cap cannot be told', { tunnelId: this.#options.tunnelId, error });
      return undefined;
    }
  }

  async #removeCap(): Promise<void> {
    const gateway = await readIfThere(this.#file('gateway'));
    if (gateway !== undefined) await removeCap(gateway, deviceNames.tunnel(this.#options.tunnelId));
  }

  #file(name: string): string {
    return join(this.#options.dir, name);
  }
}

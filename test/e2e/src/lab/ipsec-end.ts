import { createConnection } from 'node:net';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabContext } from './context.js';
import { inNetns, ipBatch, run } from './exec.js';
import { CHILD, CONNECTION, type IpsecSpec, strongswanConf, swanctlConf } from './ipsec-config.js';
import { Nat } from './nat.js';
import { WanLink } from './wan-link.js';

export interface IpsecEndSpec extends IpsecSpec {
  /** Unique within the lab; names the namespace, the process and the directory. */
  readonly name: string;
  readonly table: number;
  /** The namespace of the router and the name of the tunnel device in it. */
  readonly router: string;
  readonly device: string;
  readonly innerAddress: string;
  readonly innerLength: number;
  readonly behindNat?: boolean;
}

/** In the directory of the end. */
export const VICI_SOCKET = 'vici';

/** charon reads its TUN with the size the device had at the start: it must never be raised. */
const TUNNEL_MTU = 1400;

/**
 * One end of one tunnel: a stock charon, configured from files with `swanctl --load-all`.
 *
 * On a kernel without ESP, charon encrypts in user space (kernel-libipsec) through a TUN device. libipsec cannot tell
 * two any-to-any tunnels apart, hence one charon in one namespace per tunnel, and the TUN is moved from there into
 * the router's namespace. A real router has all of this in one box; on the wire there is no difference.
 */
export class IpsecEnd {
  readonly link: WanLink;
  readonly dir: string;
  private pluggedIn = false;
  private readonly viciSocket: string;
  private readonly swanctlEnv: Readonly<Record<string, string>>;

  private constructor(
    private readonly lab: LabContext,
    private spec: IpsecEndSpec,
    readonly netns: string,
    /** Where its public address is. */
    outside: string,
  ) {
    this.dir = lab.subdirectory(spec.name);
    this.viciSocket = join(this.dir, VICI_SOCKET);
    // The kernel truncates longer socket paths (sun_path); charon's message for it is hard to understand.
    if (this.viciSocket.length > 107) throw new Error(`path of the vici socket is too long: ${this.viciSocket}`);
    this.swanctlEnv = { STRONGSWAN_CONF: join(this.dir, 'strongswan.conf'), SWANCTL_DIR: this.dir };
    this.link = new WanLink({ inet: lab.inet, netns: outside, publicIp: spec.publicIp, peerIp: spec.peerIp, table: spec.table });
  }

  static async create(lab: LabContext, spec: IpsecEndSpec): Promise<IpsecEnd> {
    const netns = await lab.netns(spec.name);
    const nat = spec.behindNat ? await Nat.create(await lab.netns(`${spec.name}-nat`), netns) : undefined;
    const end = new IpsecEnd(lab, nat ? { ...spec, localAddress: nat.inside } : spec, netns, nat?.netns ?? netns);
    // Plugged in when charon listens: until then the kernel would answer the cloud's IKE with ICMP, on a wire that shall carry none.
    await end.link.create();
    await end.link.cut();
    return end;
  }

  async start(): Promise<void> {
    writeFileSync(join(this.dir, 'strongswan.conf'), strongswanConf(this.viciSocket, join(this.dir, 'charon.log')));
    // What a killed charon leaves behind: its socket would look like a started one, the placeholder takes the TUN's name.
    rmSync(this.viciSocket, { force: true });
    if (await this.hasPlaceholder()) await ipBatch(this.netns, ['link del ipsec0']);
    await this.lab.processes.spawn({
      name: this.spec.name,
      // Negative niceness: on a busy test machine a late keepalive is indistinguishable from a failure.
      argv: inNetns(this.netns, ['nice', '-n', '-10', 'charon-systemd']),
      env: this.swanctlEnv,
    });
    await this.lab.processes.untilReady(this.spec.name, () => answers(this.viciSocket));
    await this.moveTun();
    await this.load();
    if (!this.pluggedIn) await this.link.restore();
    this.pluggedIn = true;
  }

  async stop(): Promise<void> {
    await this.lab.processes.stop(this.spec.name);
  }

  /** charon dies without a word to its peer, and its TUN with it. */
  async crash(): Promise<void> {
    await this.lab.processes.kill(this.spec.name);
  }

  /** Changes the configuration files and loads them, as an administrator who corrects a mistake would. */
  async reconfigure(changes: Partial<IpsecSpec>): Promise<void> {
    this.spec = { ...this.spec, ...changes };
    await this.load();
  }

  async initiate(timeoutSeconds = 10): Promise<string> {
    return this.swanctl(['--initiate', '--child', CHILD, '--timeout', String(timeoutSeconds)]);
  }

  async terminate(): Promise<string> {
    return this.swanctl(['--terminate', '--ike', CONNECTION, '--timeout', '5']);
  }

  /** What charon wrote down, at level 2 for IKE and its configuration. */
  log(): string {
    return readFileSync(join(this.dir, 'charon.log'), 'utf8');
  }

  securityAssociations(): Promise<string> {
    return this.swanctl(['--list-sas']);
  }

  /** A CHILD_SA that carries packets exists; one being rekeyed does. */
  async isUp(): Promise<boolean> {
    return new RegExp(`^\\s+${CHILD}: .*\\b(INSTALLED|REKEYING|REKEYED)\\b`, 'm').test(await this.securityAssociations());
  }

  private async load(): Promise<void> {
    writeFileSync(join(this.dir, 'swanctl.conf'), swanctlConf(this.spec), { mode: 0o600 });
    // --clear: a secret that is no longer in the file must not stay valid.
    await this.swanctl(['--load-all', '--clear', '--noprompt']);
  }

  private swanctl(args: readonly string[]): Promise<string> {
    return run(['swanctl', ...args, '--uri', `unix://${this.viciSocket}`], { env: this.swanctlEnv });
  }

  /**
   * A TUN goes on working through its file descriptor wherever the device is. charon insists on installing a route to
   * "its" ipsec0 and fails the CHILD_SA otherwise, so a bridge of that name, which must be up, takes its place.
   */
  private async moveTun(): Promise<void> {
    const { router, device, innerAddress, innerLength } = this.spec;
    await ipBatch(this.netns, [
      `link set ipsec0 netns ${router} name ${device}`,
      'link add ipsec0 type bridge',
      'link set ipsec0 up',
    ]);
    await ipBatch(router, [
      `addr add ${innerAddress}/${innerLength} dev ${device}`,
      // With an updown script the device comes up with the CHILD_SA, not before.
      `link set ${device} mtu ${TUNNEL_MTU} ${this.spec.updown === undefined ? 'up' : 'down'}`,
    ]);
  }

  private async hasPlaceholder(): Promise<boolean> {
    const links = JSON.parse(await run(['ip', '-n', this.netns, '-j', 'link', 'show'])) as { readonly ifname: string }[];
    return links.some((link) => link.ifname === 'ipsec0');
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Not there yet; a charon that never comes is reported by the one who waits, with its log.
    socket.once('error', () => resolve(false));
  });
}

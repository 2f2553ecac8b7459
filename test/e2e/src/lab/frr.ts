import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabContext } from './context.js';
import { inNetns, run } from './exec.js';

const DAEMONS = '/usr/lib/frr';
/** FRR's crash logs; the path is compiled in. */
const CRASH_LOGS = '/var/tmp/frr';

export type FrrDaemon = 'zebra' | 'staticd' | 'bgpd' | 'bfdd';

/** A stock FRR in a namespace, with all its files in a directory of the lab instead of /run and /etc. */
export class Frr {
  private readonly dir: string;
  private readonly pids: number[] = [];

  constructor(
    private readonly lab: LabContext,
    private readonly name: string,
    private readonly netns: string,
    private readonly daemons: readonly FrrDaemon[],
  ) {
    this.dir = lab.subdirectory(`${name}-frr`);
  }

  async start(configuration: string): Promise<void> {
    // Left-over sockets would look like started daemons.
    for (const file of readdirSync(this.dir)) {
      if (/\.(vty|sock|api|pid)$/.test(file)) rmSync(join(this.dir, file));
    }
    writeFileSync(join(this.dir, 'vtysh.conf'), '');
    writeFileSync(join(this.dir, 'frr.conf'), configuration);
    // zebra first: the others connect to its socket.
    for (const daemon of this.daemons) await this.startDaemon(daemon);
    await run(['vtysh', ...this.vtyshOptions(), '-b']);
  }

  async stop(): Promise<void> {
    // In the reverse order, so that bgpd can still say goodbye to its peers and withdraw its routes from zebra.
    for (const daemon of [...this.daemons].reverse()) await this.lab.processes.stop(this.processName(daemon));
    for (const pid of this.pids.splice(0)) removeCrashLog(pid);
  }

  show(command: string): Promise<string> {
    return run(['vtysh', ...this.vtyshOptions(), '-c', command]);
  }

  async configure(lines: readonly string[]): Promise<void> {
    await run(['vtysh', ...this.vtyshOptions(), ...['configure terminal', ...lines].flatMap((line) => ['-c', line])]);
  }

  /**
   * FRR drops root's privileges but for a few network capabilities, so it cannot pass through a directory of another
   * user (a home, say) even as root. Relative paths need no passing through; the absolute /dev/null stands for the
   * start-up file because FRR makes a relative one absolute. Membership in frrvty is demanded of any user.
   */
  private async startDaemon(daemon: FrrDaemon): Promise<void> {
    const socket = `${daemon}.vty`;
    const name = this.processName(daemon);
    const own = daemon === 'bfdd' ? ['--bfdctl', 'bfdd.sock'] : [];
    const options = ['-u', 'root', '-g', 'frrvty', '-i', `${daemon}.pid`, '--vty_socket', '.', '-z', 'zserv.api', '-P', '0'];
    const pid = await this.lab.processes.spawn({
      name,
      cwd: this.dir,
      argv: inNetns(this.netns, ['nice', '-n', '-10', join(DAEMONS, daemon), ...options, '-f', '/dev/null', '--log', 'stdout', ...own]),
    });
    this.pids.push(pid);
    await this.lab.processes.untilReady(name, async () => existsSync(join(this.dir, socket)));
  }

  private processName(daemon: FrrDaemon): string {
    return `${this.name}-${daemon}`;
  }

  private vtyshOptions(): string[] {
    return ['--vty_socket', this.dir, '--config_dir', this.dir];
  }
}

/** Daemons that were killed leave a directory; the parent goes too, or it would belong to root for a system-wide FRR. */
export function removeCrashLog(pid: number): void {
  try {
    for (const entry of readdirSync(CRASH_LOGS)) {
      if (entry.endsWith(`.${pid}`)) rmSync(join(CRASH_LOGS, entry), { recursive: true });
    }
    rmdirSync(CRASH_LOGS);
  } catch (error) {
    // Nothing crashed; or another lab of this machine has something in it, or was quicker.
    if (!['ENOENT', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '../index.js';
import { until } from '../lab/until.js';

/** A disk of its own for something that is to run out of room. */
export class SmallDisk {
  private constructor(readonly dir: string) {}

  static async mount(dir: string, megabytes: number): Promise<SmallDisk> {
    mkdirSync(dir, { recursive: true, mode: 0o755 });
    await SmallDisk.unmount(dir);
    await run(['mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', dir]);
    return new SmallDisk(dir);
  }

  /** Also one that an interrupted run has left. */
  static async unmount(dir: string): Promise<void> {
    const isMounted = () => run(['mountpoint', '-q', dir]).then(() => true, () => false);
    // a process that has just ended may hold it a moment longer
    while (await isMounted()) await until(`${dir} unmounted`, () => run(['umount', dir]).then(() => true), { timeoutMs: 20_000, intervalMs: 200 });
  }

  /** Not a byte is left meanwhile. */
  async full(meanwhile: () => Promise<unknown>): Promise<void> {
    const ballast = path.join(this.dir, 'ballast');
    await run(['sh', '-c', 'dd if=/dev/zero of="$1" bs=64k 2>/dev/null; true', 'sh', ballast]); // ends when there is no room: that is what it is for
    await meanwhile().finally(() => rmSync(ballast, { force: true }));
  }
}

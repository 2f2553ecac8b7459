// A distribution kernel for the virtual machines of the end-to-end tests (ADR 24). Unpacked, not installed: installing a kernel
// would change what this machine boots. Plain JavaScript, no dependencies.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Survives between runs; test/e2e/src/machine/kernel.ts looks here. */
export const KERNEL_DIR = '/var/cache/bordergate/machine-kernel';

export const kernelIsThere = () => existsSync(join(KERNEL_DIR, 'boot')) && existsSync(join(KERNEL_DIR, 'bin/busybox'));

/** Returns why it failed, or undefined. @param {(args: string[], cwd: string) => string | undefined} aptGet @param {(line: string) => void} say */
export function unpackKernel(aptGet, say) {
  mkdirSync(dirname(KERNEL_DIR), { recursive: true });
  const work = mkdtempSync(`${KERNEL_DIR}-`);
  try {
    // the meta package names the newest kernel
    const kernel = /Depends: (linux-image-\S+)/.exec(execFileSync('apt-cache', ['depends', 'linux-image-cloud-amd64'], { encoding: 'utf8' }))?.[1];
    if (kernel === undefined) return 'linux-image-cloud-amd64 depends on no kernel';
    say(`host: apt-get download ${kernel} busybox-static, unpacked in ${KERNEL_DIR}`);
    const failure = aptGet(['download', kernel, 'busybox-static'], work);
    if (failure !== undefined) return failure;
    const tree = join(work, 'tree');
    for (const file of readdirSync(work)) execFileSync('dpkg', ['-x', join(work, file), tree], { stdio: ['ignore', 'ignore', 'pipe'] });
    rmSync(KERNEL_DIR, { recursive: true, force: true });
    renameSync(tree, KERNEL_DIR);
    return undefined;
  } catch (error) {
    return `${`${error.stderr ?? ''}`.trim() || error.message}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

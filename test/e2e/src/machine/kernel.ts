import { existsSync, mkdirSync, mkdtempSync, copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../lab/exec.js';

/** Where tools/host.mjs unpacks Debian's kernel package for virtual machines: not installed, so this machine's own boot stays as it is. */
const KERNEL_DIR = '/var/cache/bordergate/machine-kernel';

/** What the first minute of the machine needs, before it has a root file system with all modules. */
const BOOT_MODULES = ['virtio_pci', 'virtiofs', 'overlay'];

export const BUSYBOX = path.join(KERNEL_DIR, 'bin/busybox');
export const MODULES = path.join(KERNEL_DIR, 'lib/modules');

export function kernelImage(): string {
  const boot = path.join(KERNEL_DIR, 'boot');
  const image = existsSync(boot) ? readdirSync(boot).find((file) => file.startsWith('vmlinuz-')) : undefined;
  if (image === undefined) throw new Error(`no kernel in ${boot}: tools/host.mjs puts it there (need "machine")`);
  return path.join(boot, image);
}

/** Why there can be no machine here, or undefined: for tests that skip themselves. In CI nothing is missing. */
export function machineLacks(): string | undefined {
  if (!existsSync('/usr/bin/qemu-system-x86_64')) return 'qemu-system-x86_64';
  return existsSync(BUSYBOX) ? undefined : `a kernel in ${KERNEL_DIR}`;
}

/** A RAM disk of busybox, three modules with what they depend on, and a script: a second to load, a tenth to make. */
export async function makeRamDisk(file: string, init: string): Promise<void> {
  const version = path.basename(kernelImage()).replace('vmlinuz-', '');
  const modules = path.join(MODULES, version);
  if (!existsSync(path.join(modules, 'modules.dep'))) await run([BUSYBOX, 'depmod', '-b', KERNEL_DIR, version]);
  const tree = mkdtempSync(path.join(tmpdir(), 'bordergate-initrd-'));
  try {
    for (const folder of ['bin', 'mod', 'proc', 'sys', 'dev', 'ro', 'rw', 'new']) mkdirSync(path.join(tree, folder));
    copyFileSync(BUSYBOX, path.join(tree, 'bin/busybox'));
    const order = loadOrder(readFileSync(path.join(modules, 'modules.dep'), 'utf8'));
    for (const module of order) copyFileSync(path.join(modules, module), path.join(tree, 'mod', path.basename(module)));
    writeFileSync(path.join(tree, 'order'), `${order.map((module) => path.basename(module)).join('\n')}\n`);
    writeFileSync(path.join(tree, 'init'), readFileSync(init), { mode: 0o755 });
    await run(['sh', '-c', `cd "$1" && find . | "$2" cpio -o -H newc 2>/dev/null | gzip -1 >"$3"`, 'sh', tree, BUSYBOX, file]);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** From lines "kernel/a.ko: kernel/b.ko kernel/c.ko": what each of the boot modules needs, and then itself, once. */
function loadOrder(dependencies: string): string[] {
  const needs = new Map(dependencies.trim().split('\n').map((line) => {
    const [module = '', rest = ''] = line.split(':');
    return [module, rest.trim().split(' ').filter(Boolean)] as const;
  }));
  const order = new Set<string>();
  const add = (module: string): void => {
    for (const needed of needs.get(module) ?? []) add(needed);
    order.add(module);
  };
  for (const name of BOOT_MODULES) {
    const module = [...needs.keys()].find((file) => path.basename(file).replace(/\.ko.*$/, '') === name);
    // Not there: built into this kernel.
    if (module !== undefined) add(module);
  }
  return [...order];
}

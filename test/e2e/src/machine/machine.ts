import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabContext } from '../lab/context.js';
import { inNetns, run } from '../lab/exec.js';
import { Agent } from './agent.js';
import { kernelImage, makeRamDisk } from './kernel.js';

/** The guest's scripts exist in src only; seen from dist/machine the way is the same. */
export const guestScript = (name: string): string => fileURLToPath(new URL(`../../src/machine/guest/${name}`, import.meta.url));
const VIRTIOFSD = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd'];
const MEMORY = '1024M';
const NICS = 12;
/** Emulated on a busy machine; a quiet one needs five seconds. */
const BOOT_PATIENCE_MS = 120_000;

/** A network card: a TAP in a namespace of the lab, and the device it is in the machine. */
export interface Nic {
  readonly guestDevice: string;
  readonly mac: string;
}

/**
 * A virtual machine with a stock distribution kernel, for what this host's kernel may lack (ESP, XFRM interfaces).
 * Its file system is this host's, read-only under a layer in memory: what is installed here is installed there, with
 * its stock configuration, and what is written there is forgotten. Emulated (TCG), so that it runs everywhere.
 */
export class Machine {
  private nicsUsed = 0;

  private constructor(private readonly agent: Agent, private readonly netns: string, readonly bootMs: number) {}

  static async boot(lab: LabContext): Promise<Machine> {
    const began = performance.now();
    const dir = lab.subdirectory('machine');
    const [files, port, ramDisk] = ['files.sock', 'port.sock', 'initrd.gz'].map((name) => path.join(dir, name)) as [string, string, string];
    for (const socket of [files, port]) rmSync(socket, { force: true });
    await makeRamDisk(ramDisk, guestScript('init.sh'));
    // Cards are plugged into a namespace of their own, and from there to where they belong: a TAP goes on working through its file descriptor.
    const netns = await lab.netns('machine');
    await startFileServer(lab, files);
    await lab.processes.spawn({ name: 'machine', argv: inNetns(netns, ['nice', '-n', '-10', ...qemu({ files, port, ramDisk })]) });
    await lab.processes.untilReady('machine', async () => existsSync(port));
    const agent = await Agent.connect(port, BOOT_PATIENCE_MS).catch((error: Error) => {
      throw new Error(`${error.message}\n${lab.processes.logTail('machine')}`, { cause: error });
    });
    return new Machine(agent, netns, Math.round(performance.now() - began));
  }

  /** Runs a shell script as root in the machine. */
  exec(script: string, timeoutMs?: number): Promise<string> {
    return this.agent.exec(script, timeoutMs);
  }

  /** Takes a card: its near end gets a name in a namespace of the lab, its far end is a device of the machine. Both are down. */
  async plug(netns: string, device: string): Promise<Nic> {
    if (this.nicsUsed === NICS) throw new Error(`the machine has no more than ${NICS} network cards`);
    const number = this.nicsUsed;
    this.nicsUsed += 1;
    await run(['ip', '-n', this.netns, 'link', 'set', tap(number), 'netns', netns, 'name', device]);
    // The order in which the kernel finds its cards is its own affair: the address says which is which.
    const links = JSON.parse(await this.exec('ip -j link show')) as { ifname: string; address?: string }[];
    const link = links.find((candidate) => candidate.address === mac(number));
    if (link === undefined) throw new Error(`the machine has no card ${mac(number)}`);
    return { guestDevice: link.ifname, mac: mac(number) };
  }

  close(): void {
    this.agent.close();
  }
}

const tap = (number: number): string => `nic${number}`;
const mac = (number: number): string => `02:00:00:02:00:${number.toString(16).padStart(2, '0')}`;

/** sandbox=chroot: the other one wants a mount namespace, which containers often forbid. */
async function startFileServer(lab: LabContext, socket: string): Promise<void> {
  const program = VIRTIOFSD.find((candidate) => existsSync(candidate));
  if (program === undefined) throw new Error(`virtiofsd is at none of ${VIRTIOFSD.join(', ')}`);
  const options = ['source=/', 'cache=always', 'no_xattr', 'sandbox=chroot'].flatMap((option) => ['-o', option]);
  await lab.processes.spawn({ name: 'machine-files', argv: [program, `--socket-path=${socket}`, ...options] });
  await lab.processes.untilReady('machine-files', async () => existsSync(socket));
}

function qemu({ files, port, ramDisk }: { files: string; port: string; ramDisk: string }): string[] {
  const kernel = kernelImage();
  const root = path.dirname(path.dirname(kernel));
  const kernelOptions = ['console=ttyS0', 'quiet', 'panic=-1', 'mitigations=off', 'tsc=reliable', 'no_timer_check', 'nokaslr', 'random.trust_cpu=on'];
  return [
    'qemu-system-x86_64', '-M', 'q35', '-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max', '-smp', '2', '-m', MEMORY,
    '-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'stdio', '-no-reboot',
    '-object', `memory-backend-memfd,id=memory,size=${MEMORY},share=on`, '-numa', 'node,memdev=memory',
    '-chardev', `socket,id=files,path=${files}`, '-device', 'vhost-user-fs-pci,chardev=files,tag=root,queue-size=1024',
    '-chardev', `socket,id=port,path=${port},server=on,wait=off`, '-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=port,nr=1',
    ...Array.from({ length: NICS }, (_, n) => ['-netdev', `tap,id=${tap(n)},ifname=${tap(n)},script=no,downscript=no`, '-device', `virtio-net-pci,netdev=${tap(n)},mac=${mac(n)},romfile=`]).flat(),
    '-kernel', kernel, '-initrd', ramDisk, '-append', [...kernelOptions, `kernel=${root}`, `agent=${guestScript('agent.sh')}`].join(' '),
  ];
}

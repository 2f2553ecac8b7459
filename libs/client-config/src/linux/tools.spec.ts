import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRejection } from '@bordergate/kernel';
import { afterAll, describe, expect, it } from 'vitest';
import { clientConfig } from '../client-config.js';
import { GOLDEN } from '../sites.test-support.js';

// The files of the Linux devices, read by the programs they are for. A program that is not installed cannot say anything.
const installed = (program: string): boolean => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`]).status === 0;
const dir = mkdtempSync(path.join(tmpdir(), 'client-config-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Writes one file of a rendered configuration; answers where it is. */
function written(device: string, name: string, ending: string): string | undefined {
  const { site, networks } = GOLDEN[name]!;
  const config = clientConfig(device, { site, hash: 'f'.repeat(64), local: { networks } });
  if (isRejection(config)) throw new Error(config.because);
  const file = config.files.find((candidate) => candidate.name.endsWith(ending));
  if (!file) return undefined;
  const at = path.join(dir, `${device}-${name}-${path.basename(ending)}`);
  writeFileSync(at, file.content);
  return at;
}
const reads = (program: string, args: readonly string[], input?: string): void => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input, env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
  expect(`${stdout}${stderr}${status}`.trim().split('\n').at(-1)).toBe('0');
};

describe.each(Object.keys(GOLDEN))('%s', (name) => {
  it.skipIf(!installed('bird'))('BIRD reads its file', () => reads('bird', ['-p', '-c', written('strongswan-bird', name, 'bird.conf')!]));
  it.skipIf(!installed('vtysh'))('FRR reads its file', () => {
    const file = written('strongswan-frr', name, 'frr.conf')!;
    writeFileSync(path.join(dir, 'vtysh.conf'), '');
    // vtysh knows the commands of all daemons and needs none to run; it names the line it does not know.
    const { stdout, stderr } = spawnSync('vtysh', ['-C', '-f', file, '--config_dir', dir], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toBe('');
  });
  it('a shell reads the scripts', () => {
    for (const ending of ['interfaces.sh', 'updown.sh']) {
      const script = written('strongswan-frr', name, ending);
      if (script) execFileSync('sh', ['-n', script]);
    }
  });
});

it.skipIf(!installed('nft') || process.getuid?.() !== 0)('nftables reads its part of the script', () => {
  const script = execFileSync('cat', [written('strongswan-frr', 'two-static-v2-aead', 'interfaces.sh')!], { encoding: 'utf8' });
  reads('nft', ['-c', '-f', '-'], /<<'END'\n([\s\S]*)\nEND\n/.exec(script)![1]);
});

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The worker's credential for the vault, made once per data folder and readable by its owner only. */
export function workerToken(file: string): string {
  if (!existsSync(file)) {
    // beside its place and then renamed: a killed start leaves no half-written credential
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, randomBytes(32).toString('hex'), { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, file);
  }
  return readFileSync(file, 'utf8').trim();
}

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Vault, VaultError } from './vault-crypto.js';
import { loadVaultKeys, parseVaultKeys } from './vault-keys.js';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const [OLD, NEW] = [`old:${key(1)}`, `new:${key(2)}`];
const vault = (keys: string) => new Vault(parseVaultKeys(keys));

describe('a sealed secret', () => {
  it('opens to what was sealed (property)', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, context) => {
      expect(vault(OLD).open(vault(OLD).seal(secret, context), context)).toBe(secret);
    }));
  });

  it('is another one each time, and shows nothing of the secret', () => {
    const [one, two] = [vault(OLD).seal('hunter2hunter2', 'psk-1'), vault(OLD).seal('hunter2hunter2', 'psk-1')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^v1\.old\./);
    expect(one).not.toContain('hunter2');
  });

  it('cannot be changed anywhere, nor moved (property)', () => {
    const sealed = vault(`${OLD},${NEW}`).seal('a secret of some length', 'psk-1');
    fc.assert(fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'AZaz09_-.'), (at, char) => {
      const changed = sealed.slice(0, at) + char + sealed.slice(at + 1);
      // The last characters of base64url may carry bits that decode to nothing: the same bytes are no change.
      if (sameBytes(changed, sealed)) return;
      expect(() => vault(`${OLD},${NEW}`).open(changed, 'psk-1')).toThrow(VaultError);
    }), { numRuns: 500 });
    expect(() => vault(OLD).open(sealed, 'psk-2')).toThrow(VaultError);
    expect(() => vault(OLD).open(sealed.replace('v1.old', 'v1.new'), 'psk-1')).toThrow(VaultError);
    for (const nonsense of ['', 'v1', 'v1.old...', 'a.b.c.d.e']) expect(() => vault(OLD).open(nonsense, 'psk-1')).toThrow(VaultError);
  });

  it('survives a rotation', () => {
    const sealed = vault(OLD).seal('s', 'c');
    const both = vault(`${NEW},${OLD}`);
    expect(both.open(sealed, 'c')).toBe('s');
    const resealed = both.reseal(sealed, 'c');
    expect(both.keyIdOf(resealed)).toBe('new');
    expect(both.reseal(resealed, 'c')).toBe(resealed);
    expect(vault(NEW).open(resealed, 'c')).toBe('s');
    expect(() => vault(NEW).open(sealed, 'c')).toThrow(/no vault key old/);
  });
});

const sameBytes = (a: string, b: string) => {
  const bytes = (text: string) => text.split('.').map((part, n) => (n < 2 ? part : Buffer.from(part, 'base64url').toString('hex'))).join('.');
  return bytes(a) === bytes(b);
};

describe('keys', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-keys-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('come from the environment before the file', () => {
    expect(loadVaultKeys({ env: `${NEW},${OLD}`, file: '/none' }).current).toBe('new');
  });

  it('are made once, for their owner only', () => {
    const file = path.join(dir, 'sub', 'vault.keys');
    const made = loadVaultKeys({ file, create: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadVaultKeys({ file, create: true })).toEqual(made);
    expect(readFileSync(file, 'utf8')).toContain(`${made.current}:`);
  });

  it('are not made up where they should exist', () => {
    expect(() => loadVaultKeys({ file: path.join(dir, 'none') })).toThrow(/ENOENT/);
    expect(() => loadVaultKeys({})).toThrow(/BORDERGATE_VAULT_KEYS/);
  });

  it('are refused when malformed, without being quoted', () => {
    const short = Buffer.alloc(16, 7).toString('base64');
    for (const bad of ['', '  ,', key(1), `a b:${key(1)}`, `k:${short}`, `k:${key(1)}!`, `k:${key(1)},k:${key(2)}`]) {
      expect(() => parseVaultKeys(bad)).toThrow(/vault key/);
      try { parseVaultKeys(bad); } catch (error) { for (const secret of [short, key(1)]) expect((error as Error).message).not.toContain(secret); }
    }
  });
});

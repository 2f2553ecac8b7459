import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Keys that secrets are sealed with: the current one seals, all of them open. */
export interface VaultKeys {
  readonly current: string;
  /** 32 bytes each. */
  readonly byId: ReadonlyMap<string, Buffer>;
}

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const KEY_BYTES = 32;

/**
 * "id:base64,id:base64" (commas or new lines; "#" begins a comment). The first is the current one: to rotate, put a new
 * one in front, restart, reseal, and only then take the old one out.
 * @throws Error that names the key id and the rule, never the key
 */
export function parseVaultKeys(text: string): VaultKeys {
  const entries = text.replace(/#.*/g, '').split(/[\n,]/).map((entry) => entry.trim()).filter(Boolean).map(parseKey);
  const first = entries[0];
  if (!first) throw new Error('no vault key: expected keyId:base64, the current one first');
  const byId = new Map(entries);
  if (byId.size !== entries.length) throw new Error('two vault keys have the same id');
  return { current: first[0], byId };
}

function parseKey(entry: string, index: number): [string, Buffer] {
  const [id = '', base64 = '', ...rest] = entry.split(':');
  const key = Buffer.from(base64, 'base64');
  // The text is not quoted: a misplaced colon would put the key into the log.
  if (!KEY_ID.test(id) || rest.length > 0) throw new Error(`vault key ${index + 1} is not keyId:base64 with an id of 1 to 32 letters, digits, "_" or "-"`);
  if (key.length !== KEY_BYTES || key.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) throw new Error(`vault key ${id} is not ${KEY_BYTES} bytes in base64`);
  return [id, key];
}

export interface VaultKeySource {
  /** BORDERGATE_VAULT_KEYS; goes before the file. */
  readonly env?: string | undefined;
  readonly file?: string;
  /** Embedded mode: makes the file, with a new key, readable by its owner only. Elsewhere a missing key is an error: a made-up one could open nothing. */
  readonly create?: boolean;
}

export function loadVaultKeys({ env, file, create = false }: VaultKeySource): VaultKeys {
  if (env) return parseVaultKeys(env);
  if (!file) throw new Error('no vault keys: set BORDERGATE_VAULT_KEYS (keyId:base64,…) or name a key file');
  if (create && !existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    const id = `k${randomBytes(4).toString('hex')}`;
    // whole or not at all: a start that is killed here must not leave half a key
    const draft = `${file}.${process.pid}.draft`;
    writeFileSync(draft, `# Bordergate vault keys, the current one first. Without them no stored pre-shared key can be read.\n${id}:${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
    linkSync(draft, file);
    rmSync(draft);
  }
  return parseVaultKeys(readFileSync(file, 'utf8'));
}

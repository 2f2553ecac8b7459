import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { VaultKeys } from './vault-keys.js';

/** A sealed secret cannot be opened: its key is unknown, or it, or its context, is not what was sealed. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

const VERSION = 'v1';
const IV_BYTES = 12; // NIST SP 800-38D recommends 96 bits
const TAG_BYTES = 16;

/**
 * Seals secrets with AES-256-GCM. The text form is "v1.<key id>.<iv>.<tag>.<ciphertext>", the last three in base64url.
 * The context (the pskRef) is authenticated and not stored, so a sealed secret cannot be moved to another row.
 */
export class Vault {
  constructor(private readonly keys: VaultKeys) {}

  seal(secret: string, context: string): string {
    const { current } = this.keys;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key(current), iv, { authTagLength: TAG_BYTES }).setAAD(aad(current, context));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return [VERSION, current, ...[iv, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))].join('.');
  }

  /** With any known key. @throws VaultError */
  open(sealed: string, context: string): string {
    const { keyId, iv, tag, text } = parse(sealed);
    const decipher = createDecipheriv('aes-256-gcm', this.#key(keyId), iv, { authTagLength: TAG_BYTES }).setAAD(aad(keyId, context)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new VaultError('the sealed secret is not authentic', { cause });
    }
  }

  /** The id of the key it was sealed with. @throws VaultError when it is no sealed secret */
  keyIdOf(sealed: string): string {
    return parse(sealed).keyId;
  }

  /** The same secret under the current key; itself when it has that already. Rotation runs it over all rows. @throws VaultError */
  reseal(sealed: string, context: string): string {
    return this.keyIdOf(sealed) === this.keys.current ? sealed : this.seal(this.open(sealed, context), context);
  }

  #key(keyId: string): Buffer {
    const key = this.keys.byId.get(keyId);
    if (!key) throw new VaultError(`no vault key ${keyId}`);
    return key;
  }
}

const aad = (keyId: string, context: string): Buffer => Buffer.from(JSON.stringify([VERSION, keyId, context]));

function parse(sealed: string): { keyId: string; iv: Buffer; tag: Buffer; text: Buffer } {
  const [version, keyId, ...parts] = sealed.split('.');
  const [iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (version !== VERSION || !keyId || parts.length !== 3 || iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES || !text) throw new VaultError('not a sealed secret');
  return { keyId, iv, tag, text };
}

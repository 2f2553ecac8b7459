import { randomInt } from 'node:crypto';
import { OptionError, type Sql, type Vault, type VaultKeys } from '@bordergate/platform';

const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 32;

/** 32 alphanumerics from the system's cryptographic source: 190 bits, and no character that any device's command line minds. */
export const generatePsk = (): string => Array.from({ length: LENGTH }, () => ALPHANUMERICS[randomInt(ALPHANUMERICS.length)]).join('');

/** Pre-shared keys at rest: sealed under their reference, in the transaction that decides about them. */
export class PskVault {
  constructor(private readonly vault: Vault) {}

  /** Said at the start, not when a tunnel wants its secret: several processes share the table, and one may have been given other keys. @throws OptionError */
  async mustKnowItsKeys(db: Sql, { byId }: VaultKeys): Promise<void> {
    const rows: { id: string; n: number }[] = await db.query('select key_id as id, count(*)::int as n from psk group by key_id');
    const unknown = rows.filter(({ id }) => !byId.has(id));
    if (unknown.length > 0) throw new OptionError(`BORDERGATE_VAULT_KEYS has no key ${unknown.map(({ id, n }) => `${id} (${n} pre-shared keys are sealed with it)`).join(', nor ')}`);
  }

  async put(tx: Sql, tenant: string, pskRef: string, psk: string): Promise<void> {
    const sealed = this.vault.seal(psk, pskRef);
    await tx.query('insert into psk (ref, tenant, sealed, key_id) values ($1, $2, $3, $4)', [pskRef, tenant, sealed, this.vault.keyIdOf(sealed)]);
  }

  /** The secret; undefined when nothing has this reference (any more). */
  async open(tx: Sql, tenant: string, pskRef: string): Promise<string | undefined> {
    const [row] = await tx.query('select sealed from psk where ref = $1 and tenant = $2', [pskRef, tenant]);
    return row ? this.vault.open(row.sealed, pskRef) : undefined;
  }

  /** A secret that no tunnel uses is not kept. */
  async remove(tx: Sql, pskRefs: readonly string[]): Promise<void> {
    await tx.query('delete from psk where ref = any($1)', [pskRefs]);
  }

  /**
   * Rotation: puts every secret under the current key. In batches, so that no command waits for long; safe to run
   * beside a service, and again after it was interrupted.
   * @returns how many were put under another key
   */
  async reseal(db: { transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> }, currentKeyId: string, batch = 100): Promise<number> {
    for (let total = 0; ; ) {
      const done = await db.transaction(async (tx) => {
        const rows: { ref: string; sealed: string }[] = await tx.query('select ref, sealed from psk where key_id <> $1 order by ref limit $2 for update skip locked', [currentKeyId, batch]);
        for (const { ref, sealed } of rows) await tx.query('update psk set sealed = $2, key_id = $3 where ref = $1', [ref, this.vault.reseal(sealed, ref), currentKeyId]);
        return rows.length;
      });
      total += done;
      if (done < batch) return total;
    }
  }
}

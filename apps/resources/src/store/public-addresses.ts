import type { Sql } from '@bordergate/platform';
import type { Scope } from './region-reader.js';

/**
 * The region, other than this one, whose pool has the address. Regions do not wait for each other's locks, so this takes one that all pools
 * share: until the transaction has ended nobody else adds an address anywhere, and what is read here still holds at the commit (ADR 14).
 */
export async function otherPoolWith(tx: Sql, { tenant, region }: Scope, address: string): Promise<string | undefined> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('bordergate.public-addresses', 0))");
  const [row] = await tx.query("select region from resource where kind = 'publicAddress' and id = $1 and (tenant, region) <> ($2, $3) limit 1", [address, tenant, region]);
  return row?.region;
}

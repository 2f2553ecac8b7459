import type { Sql } from '@bordergate/platform';
import type { Place } from '@bordergate/telemetry-core';

export interface SeriesRow {
  readonly no: number;
  readonly tunnelId: string;
  readonly vpnConnectionId: string;
}
export interface Target {
  readonly region: string;
  readonly tunnelId?: string | undefined;
  readonly vpnConnectionId?: string | undefined;
  readonly bgwId?: string | undefined;
}
/** A sum over tunnels that has points of its own. */
export type TotalKind = 'gateway' | 'region';

/** The numbers of series. They stay, also of what has been removed: its past is looked up as long as it is kept. */
export class Directory {
  readonly #numbers = new Map<string, number>();

  async numbersOf(tx: Sql, places: readonly Place[]): Promise<number[]> {
    await this.#know(tx, places.map((place) => ['tunnel', place.region, place.tunnelId, place.borderGatewayId, place.vpnConnectionId]));
    return places.map(({ region, tunnelId }) => this.#numbers.get(keyOf('tunnel', region, tunnelId))!);
  }

  async totals(tx: Sql, totals: readonly { readonly kind: TotalKind; readonly region: string; readonly id: string }[]): Promise<number[]> {
    await this.#know(tx, totals.map(({ kind, region, id }) => [kind, region, id, kind === 'gateway' ? id : null, null]));
    return totals.map(({ kind, region, id }) => this.#numbers.get(keyOf(kind, region, id))!);
  }

  /** After a transaction that made some was rolled back. */
  forget(): void {
    this.#numbers.clear();
  }

  /** The tunnels of a target that have, or once had, points or changes. */
  async tunnelsOf(db: Sql, { region, tunnelId, vpnConnectionId, bgwId }: Target): Promise<SeriesRow[]> {
    if ([region, tunnelId, vpnConnectionId, bgwId].some((id) => id?.includes('\0'))) return []; // Postgres knows no NUL in text, and so no such id
    const rows: { no: number; id: string; vpn_connection_id: string }[] = await db.query(
      `select no, id, vpn_connection_id from series
       where kind = 'tunnel' and region = $1 and ($2::text is null or id = $2) and ($3::text is null or vpn_connection_id = $3) and ($4::text is null or bgw_id = $4) order by id`,
      [region, tunnelId ?? null, vpnConnectionId ?? null, bgwId ?? null],
    );
    return rows.map(({ no, id, vpn_connection_id }) => ({ no, tunnelId: id, vpnConnectionId: vpn_connection_id }));
  }

  async totalOf(db: Sql, kind: TotalKind, region: string, id: string): Promise<number | undefined> {
    const [row] = await db.query('select no from series where kind = $1 and region = $2 and id = $3', [kind, region, id]);
    return row?.no;
  }

  /** Where each tunnel of these numbers belongs, for the totals. */
  async placesOf(tx: Sql, from: number, to: number): Promise<{ no: number; region: string; bgwId: string }[]> {
    const rows: { no: number; region: string; bgw_id: string }[] = await tx.query("select no, region, bgw_id from series where kind = 'tunnel' and no >= $1 and no < $2", [from, to]);
    return rows.map(({ no, region, bgw_id }) => ({ no, region, bgwId: bgw_id }));
  }

  async #know(tx: Sql, rows: readonly (readonly [kind: string, region: string, id: string, bgwId: string | null, vpnConnectionId: string | null])[]): Promise<void> {
    const news = [...new Map(rows.filter(([kind, region, id]) => !this.#numbers.has(keyOf(kind, region, id))).map((row) => [keyOf(row[0], row[1], row[2]), row])).values()];
    if (news.length === 0) return;
    const columns = [0, 1, 2, 3, 4].map((index) => news.map((row) => row[index]));
    await tx.query('insert into series (kind, region, id, bgw_id, vpn_connection_id) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) on conflict do nothing', columns);
    const known: { no: number; kind: string; region: string; id: string }[] = await tx.query('select no, kind, region, id from series where (kind, region, id) in (select * from unnest($1::text[], $2::text[], $3::text[]))', columns.slice(0, 3));
    for (const { no, kind, region, id } of known) this.#numbers.set(keyOf(kind, region, id), no);
  }
}

const keyOf = (kind: string, region: string, id: string): string => `${kind} ${region} ${id}`;

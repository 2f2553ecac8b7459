import { streamOf, type http, type VpnConnectionDecision } from '@bordergate/contracts';
import { fold } from '@bordergate/kernel';
import { readStream, type Sql } from '@bordergate/platform';
import { vpnConnectionDecider, type Fields } from '@bordergate/resources-core';
import type { Cursor } from './cursor.js';

export interface Scope { readonly tenant: string; readonly region: string }

/** A resource as the view has it: its own fields, not yet joined with what others say. */
export interface StoredResource<K extends http.ResourceKind = http.ResourceKind> {
  readonly kind: K;
  readonly id: string;
  readonly fields: Fields[K];
  readonly version: number;
  readonly firstVersion: number;
  readonly created: string;
  readonly updated: string;
}

/** Fields with exactly these values. */
export type Where = Readonly<Record<string, unknown>>;

/** What an id can look like; anything else names nothing, and need not be asked of the database (which takes no NUL). */
const ID = /^[A-Za-z0-9._-]{1,64}$/;

const COLUMNS = 'kind, id, fields, version, first_version as "firstVersion", created, updated';

/**
 * The resources of one region, through a transaction or the pool. Inside the region's command lock this is where
 * commands find their facts about other aggregates (ADR 3).
 */
export class RegionReader {
  constructor(private readonly db: Sql, readonly scope: Scope) {}

  async find<K extends http.ResourceKind>(kind: K, id: string): Promise<StoredResource<K> | undefined> {
    if (!ID.test(id)) return undefined;
    const [row] = await this.db.query(`select ${COLUMNS} from resource where tenant = $1 and region = $2 and kind = $3 and id = $4`, [...this.#place(kind), id]);
    return row;
  }

  /** All of a kind with these field values, oldest first. */
  async where<K extends http.ResourceKind>(kind: K, where: Where = {}): Promise<StoredResource<K>[]> {
    return this.db.query(
      `select ${COLUMNS} from resource where tenant = $1 and region = $2 and kind = $3 and fields @> $4::jsonb order by created, first_version, id collate "C"`,
      [...this.#place(kind), JSON.stringify(where)],
    );
  }

  /** All of a kind in which a field has one of these values. */
  async whereIn<K extends http.ResourceKind>(kind: K, field: string, values: readonly string[]): Promise<StoredResource<K>[]> {
    if (values.length === 0) return [];
    return this.db.query(
      `select ${COLUMNS} from resource where tenant = $1 and region = $2 and kind = $3 and fields->>$4 = any($5) order by created, first_version, id collate "C"`,
      [...this.#place(kind), field, values],
    );
  }

  /** One page; `after` is the last one of the page before. */
  async page<K extends http.ResourceKind>(kind: K, where: Where, limit: number, after: Cursor | undefined): Promise<StoredResource<K>[]> {
    const { created, firstVersion, id } = after ?? { created: '', firstVersion: 0, id: '' };
    return this.db.query(
      `select ${COLUMNS} from resource
       where tenant = $1 and region = $2 and kind = $3 and fields @> $4::jsonb and (created, first_version, id collate "C") > ($5, $6::int, $7)
       order by created, first_version, id collate "C" limit $8`,
      [...this.#place(kind), JSON.stringify(where), created, firstVersion, id, limit],
    );
  }

  async count(kind: http.ResourceKind, where: Where = {}): Promise<number> {
    const all = Object.keys(where).length === 0; // then the index knows
    const [row] = await this.db.query(`select count(*)::int as n from resource where tenant = $1 and region = $2 and kind = $3${all ? '' : ' and fields @> $4::jsonb'}`, [...this.#place(kind), ...(all ? [] : [JSON.stringify(where)])]);
    return row.n;
  }

  /** By tunnel of a connection, what its secret is called: documents do not say it, the log does. */
  async pskRefs(vpnConnectionId: string): Promise<ReadonlyMap<string, string>> {
    const events = await readStream<VpnConnectionDecision>(this.db, streamOf.vpnConnection(vpnConnectionId));
    const connection = fold(vpnConnectionDecider, events.map(({ decision }) => decision));
    return new Map([...(connection?.tunnels.values() ?? [])].map(({ spec }) => [spec.tunnelId, spec.pskRef]));
  }

  /** How many of a kind name each of these in a field. */
  async countBy(kind: http.ResourceKind, field: string, values: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (values.length === 0) return new Map();
    const rows: { value: string; n: number }[] = await this.db.query(
      'select fields->>$4 as value, count(*)::int as n from resource where tenant = $1 and region = $2 and kind = $3 and fields->>$4 = any($5) group by 1', [...this.#place(kind), field, values],
    );
    return new Map(rows.map(({ value, n }) => [value, n]));
  }

  async ids(kind: http.ResourceKind, where: Where): Promise<string[]> {
    return (await this.where(kind, where)).map(({ id }) => id);
  }

  #place(kind: http.ResourceKind): string[] {
    return [this.scope.tenant, this.scope.region, kind];
  }
}

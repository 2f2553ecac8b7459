// The path of a sample from where it has been parsed to where it is committed, in time that passes as fast as it can.
import { DataSource } from 'typeorm';
import { dataSourceOptions, migrate } from '../../../libs/platform/dist/index.js';
import { LevelBook, MINUTE_MS, NEWS_MS, SampleBook } from '../../../libs/telemetry-core/dist/index.js';
import { Directory } from '../../../apps/telemetry/dist/store/directory.js';
import { HourCloser } from '../../../apps/telemetry/dist/store/hour-closer.js';
import { SCHEMA } from '../../../apps/telemetry/dist/store/migrations.js';
import { Partitions } from '../../../apps/telemetry/dist/store/partitions.js';
import { SeriesStore } from '../../../apps/telemetry/dist/store/series-store.js';

const UP = { reported: { oper: 1, ike: 1, child: 1 }, peering: { bgp: 1, prefixes: 12 } };

export class Ours {
  #book = new SampleBook(10_000);
  #directory = new Directory();
  #store = new SeriesStore(this.#directory);
  #closer = new HourCloser(this.#directory, new Partitions());
  #levels;
  #places;
  #offset = 0;
  #pending = 0;

  static async open(databaseUrl, tunnels, startMs) {
    await migrate(databaseUrl, SCHEMA);
    const ours = new Ours();
    ours.db = await new DataSource(dataSourceOptions(databaseUrl, SCHEMA, 'bench')).initialize();
    ours.#levels = new LevelBook(startMs);
    ours.#places = new Map(tunnels.map(({ ref }) => [ref.tunnelId, ref]));
    for (const { ref } of tunnels) ours.#levels.told(ref.tunnelId, UP, startMs);
    return ours;
  }

  sample(data, at) {
    this.#book.sample(data, at);
    this.#pending++;
  }

  /** What the service does each minute (Ingest), with the same parts. */
  async minute(nowMs) {
    const drawnMs = this.#levels.draw(nowMs);
    const taken = this.#book.take();
    const points = taken.map(({ place, points: of }) => ({ place, points: of }));
    for (const [tunnelId, of] of this.#levels.take()) points.push({ place: this.#places.get(tunnelId), points: of });
    const ranges = [{ topic: 'telemetry.samples.v1', partition: 0, first: this.#offset, next: this.#offset + this.#pending }];
    await this.db.transaction((tx) => this.#store.write(tx, { points, tails: taken, ranges, drawnMs }));
    this.#offset += this.#pending;
    this.#pending = 0;
    for (const hour of await this.#closer.due(this.db, nowMs)) await this.db.transaction((tx) => this.#closer.close(tx, hour));
  }

  async sizes() {
    const [row] = await this.db.query(`select
      (select coalesce(sum(pg_total_relation_size(inhrelid)), 0) from pg_inherits where inhparent = 'hours'::regclass)::float8 as hours,
      (select count(*) from hours join series on no = series and kind = 'tunnel')::float8 as rows,
      (select coalesce(sum(length(minutes)), 0) from hours join series on no = series and kind = 'tunnel')::float8 as minutes,
      pg_total_relation_size('minute_log')::float8 as log`);
    return row;
  }

  close() {
    return this.db.destroy();
  }
}

export { MINUTE_MS, NEWS_MS };

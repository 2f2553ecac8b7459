import { http } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import { etagOf, idempotencyOf, RejectionError, seenVersions, type Handled } from '@bordergate/platform';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { notFound } from '../commands/change-runner.js';
import type { Answer, ChangeContext } from '../commands/commands.js';
import { CONFIG, DATA_SOURCE, type ResourcesConfig } from '../config.js';
import { Presenter } from '../present/presenter.js';
import { formatCursor, parseCursor } from '../store/cursor.js';
import { RegionReader, type StoredResource, type Where } from '../store/region-reader.js';
import { contextOf, type Call } from './call.js';

type KindOf<C extends http.Collection> = (typeof http.COLLECTIONS)[C]['kind'];
/** Makes the command, once it is known who asks for what on which conditions. */
type Make = (context: ChangeContext) => Command<Handled<Answer>>;
type Answered = NonNullable<Answer>;

/** Between HTTP and the command bus: what all collections do alike. */
@Injectable()
export class Door {
  constructor(
    private readonly commands: CommandBus, @InjectDataSource(DATA_SOURCE) private readonly db: DataSource, @Inject(CONFIG) private readonly config: ResourcesConfig, private readonly presenter: Presenter,
  ) {}

  /** POST: 201 with Location and ETag; the answer of before for an Idempotency-Key that has been used. */
  async create(call: Call, collection: http.Collection, id: string, make: Make): Promise<object> {
    const { kind, id: idField } = http.COLLECTIONS[collection];
    const idempotency = idempotencyOf(call.request, this.config, 201);
    const { document, version } = await this.#change(call, make({ ...this.#context(call), target: { kind, id, isNew: true }, seenVersions: undefined, idempotency }));
    const ownId = (document as Record<string, unknown>)[idField];
    call.reply.headers({ location: `/v1/regions/${call.region}/${collection}/${String(ownId)}`, etag: etagOf(version) });
    return document;
  }

  /** PATCH and the custom verbs. */
  async change(call: Call, collection: http.Collection, id: string, make: Make): Promise<object> {
    const { document, version } = await this.#change(call, make({ ...this.#context(call), target: { kind: http.COLLECTIONS[collection].kind, id, isNew: false }, seenVersions: seenVersions(call.request), idempotency: undefined }));
    call.reply.header('etag', etagOf(version));
    return document;
  }

  /** A verb that makes things: repeatable with an Idempotency-Key. */
  async extend(call: Call, collection: http.Collection, id: string, make: Make): Promise<object> {
    const idempotency = idempotencyOf(call.request, this.config, 201);
    const { document } = await this.#change(call, make({ ...this.#context(call), target: { kind: http.COLLECTIONS[collection].kind, id, isNew: false }, seenVersions: seenVersions(call.request), idempotency }));
    return document;
  }

  /** DELETE. */
  async remove(call: Call, collection: http.Collection, id: string, make: Make): Promise<void> {
    await this.commands.execute(make({ ...this.#context(call), target: { kind: http.COLLECTIONS[collection].kind, id, isNew: false }, seenVersions: seenVersions(call.request), idempotency: undefined }));
  }

  async get(call: Call, collection: http.Collection, id: string): Promise<object> {
    const region = this.#region(call);
    const stored = await this.#find(region, collection, id);
    call.reply.header('etag', etagOf(stored.version));
    return this.presenter.one(region, stored);
  }

  async list(call: Call, collection: http.Collection, where: Where, limit: number, cursor: string | undefined): Promise<{ items: object[]; nextCursor: string | null }> {
    const region = this.#region(call);
    const rows = await region.page(http.COLLECTIONS[collection].kind, where, limit + 1, cursor === undefined ? undefined : parseCursor(cursor));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items: await this.presenter.many(region, rows.slice(0, limit)), nextCursor: last ? formatCursor(last) : null };
  }

  /** What is made of stored resources on reading, or the refusal to. */
  async derive<T extends object>(call: Call, make: (region: RegionReader) => Promise<T | Rejection>): Promise<T> {
    const made = await make(this.#region(call));
    if (isRejection(made)) throw new RejectionError(made);
    return made;
  }

  /** The fields of a resource that the path names: where a part's whole is found. A part never changes its whole. */
  async fieldsOf<C extends http.Collection>(call: Call, collection: C, id: string): Promise<StoredResource<KindOf<C>>['fields']> {
    return (await this.#find(this.#region(call), collection, id)).fields;
  }

  /** The same of a resource that the body names in a field. */
  async referred<C extends http.Collection>(call: Call, collection: C, id: string, field: string, code: string): Promise<StoredResource<KindOf<C>>['fields']> {
    const stored = await this.#region(call).find(http.COLLECTIONS[collection].kind as KindOf<C>, id);
    if (!stored) throw new RejectionError(reject(code, 'there is no such resource in the region', field));
    return stored.fields;
  }

  async #find<C extends http.Collection>(region: RegionReader, collection: C, id: string): Promise<StoredResource<KindOf<C>>> {
    const { kind } = http.COLLECTIONS[collection];
    const stored = await region.find(kind as KindOf<C>, id);
    if (!stored) throw new RejectionError(notFound(kind, id));
    return stored;
  }

  /** For changes whose resource exists afterwards. */
  async #change(call: Call, command: Command<Handled<Answer>>): Promise<Answered> {
    const { answer, replayed } = await this.commands.execute(command);
    if (!answer) throw new Error('the changed resource is gone');
    if (replayed) call.reply.header('idempotent-replayed', 'true');
    return answer;
  }

  #region({ region }: Call): RegionReader {
    return new RegionReader(this.db.manager, { tenant: this.config.tenant, region });
  }

  #context(call: Call): ReturnType<typeof contextOf> {
    return contextOf(call, this.config);
  }
}

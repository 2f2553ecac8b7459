import { streamOf } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import { handle, RejectionError, StreamStates, together, Turns, type Handled, type HandleOptions, type UnitOfWork } from '@bordergate/platform';
import { regionDecider } from '@bordergate/resources-core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CONFIG, DATA_SOURCE, type ResourcesConfig } from '../config.js';
import { Presenter } from '../present/presenter.js';
import { RegionReader } from '../store/region-reader.js';
import { inlineResourceView } from '../store/resource-projection.js';
import type { Answer, ChangeContext, SettingsContext, Target } from './commands.js';

/** What a handler does inside the lock: decide on streams, answer a refusal, or an answer that is not the target's document. */
export type Work = (unit: UnitOfWork, region: RegionReader) => Promise<Rejection | { readonly document: object } | undefined>;

/** What all changes have in common: the region's lock, preconditions, the inline view, the answer, and the poke of the relay. */
@Injectable()
export class ChangeRunner {
  readonly #views = inlineResourceView();
  readonly #states = new StreamStates();
  readonly #turns = new Turns();

  constructor(@InjectDataSource(DATA_SOURCE) private readonly db: DataSource, @Inject(CONFIG) private readonly config: ResourcesConfig, private readonly presenter: Presenter) {}

  /** @throws RejectionError when the change is refused */
  async run({ target, seenVersions, idempotency, ...from }: ChangeContext, work: Work): Promise<Handled<Answer>> {
    return this.#handle<Answer>(from, idempotency ? { idempotency } : {}, async (unit, region) => {
      unit.foresee(streamOf.region(region.scope.region), regionDecider);
      const result = (await unmet(region, target, seenVersions)) ?? (await work(unit, region));
      if (isRejection(result)) return result;
      const [, stored] = await together([unit.applyViews(), region.find(target.kind, target.id)]);
      if (!stored) return null;
      return { version: stored.version, document: result?.document ?? (await this.presenter.one(region, stored)) };
    });
  }

  /** A change of settings, which are read elsewhere. @throws RejectionError when the change is refused */
  async runSettings(from: SettingsContext, work: (unit: UnitOfWork, region: RegionReader) => Promise<Rejection | null>): Promise<Handled<null>> {
    return this.#handle<null>(from, {}, work);
  }

  async #handle<T>(
    { scope, meta, abandoned }: Pick<ChangeContext, 'scope' | 'meta' | 'abandoned'>, options: Pick<HandleOptions<T>, 'idempotency'>, work: (unit: UnitOfWork, region: RegionReader) => Promise<T | Rejection>,
  ): Promise<Handled<T>> {
    const handled = await handle<T>(this.db, { lockKey: `${scope.tenant}/${scope.region}`, meta, views: this.#views, states: this.#states, turns: this.#turns, abandoned, ...options, work: (unit) => work(unit, new RegionReader(unit.tx, scope)) });
    if (isRejection(handled)) throw new RejectionError(handled);
    if (handled.events.length > 0) this.config.committed();
    return handled;
  }
}

/**
 * A precondition that does not hold. The version is the resource's own, the one of the event that last changed its
 * document: a change to one tunnel does not invalidate what a caller has seen of another in the same stream.
 */
async function unmet(region: RegionReader, { kind, id, isNew }: Target, seenVersions: readonly number[] | undefined): Promise<Rejection | undefined> {
  if (isNew) return undefined;
  const stored = await region.find(kind, id);
  if (!stored) return notFound(kind, id);
  if (!seenVersions || seenVersions.includes(stored.version)) return undefined;
  return reject('version-mismatch', `the resource is at version ${stored.version}; read it again`, 'If-Match');
}

export const notFound = (kind: string, id: string): Rejection => reject('not-found', `there is no ${kind} ${id.slice(0, 64)} in the region`);

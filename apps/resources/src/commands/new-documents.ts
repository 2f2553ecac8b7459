import type { http } from '@bordergate/contracts';
import type { UnitOfWork } from '@bordergate/platform';
import { Injectable } from '@nestjs/common';
import { Presenter } from '../present/presenter.js';
import type { RegionReader } from '../store/region-reader.js';

/** What a verb that makes several resources answers with: a page of exactly those, in the order they were asked for. */
@Injectable()
export class NewDocuments {
  constructor(private readonly presenter: Presenter) {}

  async of(unit: UnitOfWork, region: RegionReader, kind: http.ResourceKind, ids: readonly string[]): Promise<{ items: object[]; nextCursor: null }> {
    await unit.applyViews();
    const rows = await Promise.all(ids.map((id) => region.find(kind, id)));
    return { items: await this.presenter.many(region, rows.flatMap((row) => row ?? [])), nextCursor: null };
  }
}

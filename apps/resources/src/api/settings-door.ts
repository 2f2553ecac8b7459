import { streamOf } from '@bordergate/contracts';
import { fold, reject } from '@bordergate/kernel';
import { etagOf, readStream, RejectionError, seenVersions } from '@bordergate/platform';
import { regionDecider, type RegionCommand, type RegionSettings } from '@bordergate/resources-core';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ToRegion, type Intent } from '../commands/commands.js';
import { CONFIG, DATA_SOURCE, type ResourcesConfig } from '../config.js';
import { Presenter } from '../present/presenter.js';
import { QuotaUsage } from '../settings/quota-usage.js';
import { LiveRoutes } from '../store/live-routes.js';
import { RegionReader } from '../store/region-reader.js';
import { contextOf, type Call } from './call.js';

/** Between HTTP and the settings of a region. They are one thing: any change of them makes an ETag of before stale. */
@Injectable()
export class SettingsDoor {
  constructor(
    private readonly commands: CommandBus, @InjectDataSource(DATA_SOURCE) private readonly db: DataSource, @Inject(CONFIG) private readonly config: ResourcesConfig,
    private readonly presenter: Presenter, private readonly routes: LiveRoutes,
  ) {}

  /** The settings as they are now; their version goes out as the ETag. */
  async read({ region, reply }: Call): Promise<RegionSettings> {
    const events = await readStream(this.db.manager, streamOf.region(region));
    void reply.header('etag', etagOf(events.length));
    return fold(regionDecider, events.map(({ decision }) => decision as Parameters<typeof regionDecider.evolve>[1]));
  }

  async change(call: Call, intent: Intent<RegionCommand>): Promise<RegionSettings> {
    await this.commands.execute(new ToRegion({ ...contextOf(call, this.config), seenVersions: seenVersions(call.request) }, intent));
    return this.read(call);
  }

  usage({ region }: Call, { quotas }: RegionSettings): QuotaUsage {
    return new QuotaUsage(new RegionReader(this.db.manager, { tenant: this.config.tenant, region }), quotas, this.routes, this.presenter);
  }
}

export const noSuchQuota = (what: string): RejectionError => new RejectionError(reject('not-found', `there is no quota of ${what.slice(0, 64)} in the region`));

import { createHash } from 'node:crypto';
import type { http } from '@bordergate/contracts';
import { clientConfig, type LocalAnswers } from '@bordergate/client-config';
import { canonicalJson, isRejection, type Rejection } from '@bordergate/kernel';
import type { Fields } from '@bordergate/resources-core';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Presenter } from '../present/presenter.js';
import type { RegionReader } from '../store/region-reader.js';
import { clientSite } from './client-site.js';

export type ClientConfigDocument = z.infer<typeof http.ClientConfig>;

/** What a request for a configuration says. */
export interface ClientConfigAsk {
  readonly device: string;
  /** One tunnel; else the whole connection. */
  readonly tunnelId: string | undefined;
  readonly local: LocalAnswers;
  readonly knownHash: string | undefined;
}

/** Configurations of customers' routers, from what is stored now: nothing of them is kept. */
@Injectable()
export class ClientConfigs {
  constructor(private readonly presenter: Presenter) {}

  /** @param psks by tunnel; without them every key is a placeholder */
  async make(region: RegionReader, connection: Fields['vpnConnection'], ask: ClientConfigAsk, psks?: ReadonlyMap<string, string>): Promise<ClientConfigDocument | Rejection> {
    const site = await clientSite(region, this.presenter, connection, ask.tunnelId);
    if (isRejection(site)) return site;
    // A key's reference changes with the key, and says nothing of it.
    const pskRefs = await region.pskRefs(connection.vpnConnectionId);
    const hash = createHash('sha256').update(canonicalJson({ site, pskRefs: site.tunnels.map(({ tunnelId }) => pskRefs.get(tunnelId)) })).digest('hex');
    const config = clientConfig(ask.device, { site, hash, local: ask.local, ...(psks ? { psks } : {}) });
    if (isRejection(config)) return config;
    const { device, files, notes } = config;
    return { device, hash, ...(ask.knownHash === undefined ? {} : { outOfDate: !hash.startsWith(ask.knownHash) }), files: [...files], notes: [...notes] };
  }
}

import type { http } from '@bordergate/contracts';
import { isRejection, reject } from '@bordergate/kernel';
import { RejectionError, type Clock } from '@bordergate/platform';
import { columnsOf, stepsOf, type TunnelStates } from '@bordergate/telemetry-core';
import type { DataSource } from 'typeorm';
import type { Directory, Target } from '../store/directory.js';
import { answerOf, metricsOf, tooLarge, type Source } from './metrics-answer.js';
import type { Asked, SeriesReader, Total } from './series-reader.js';

const NOUN = { tunnelId: 'VPN tunnel', vpnConnectionId: 'VPN connection', bgwId: 'border gateway' } as const;

/** Answers what charts ask. */
export class MetricsService {
  constructor(
    private readonly db: DataSource, private readonly directory: Directory, private readonly reader: SeriesReader, private readonly states: TunnelStates, private readonly clock: Clock,
  ) {}

  async metrics(target: Target, query: http.MetricsQuery): Promise<http.Metrics> {
    const tunnels = await this.mustKnow(target);
    const steps = stepsOf(query, this.clock.now());
    if (isRejection(steps)) throw new RejectionError(steps);
    const metrics = metricsOf(query);
    const by = query.by ?? (target.tunnelId !== undefined || target.vpnConnectionId !== undefined ? 'tunnel' : 'total');
    const refused = tooLarge(by === 'total' ? 1 : tunnels.length, metrics.length, steps);
    if (refused) throw new RejectionError(refused);
    if (by === 'total') {
      const points = await this.reader.together(tunnels, await this.#total(target), steps, columnsOf(metrics));
      return answerOf([{ vpnTunnelId: target.tunnelId ?? null, vpnConnectionId: target.vpnConnectionId ?? null, points }], metrics, query.statistic, steps);
    }
    const points = await this.reader.ofTunnels(tunnels, steps, columnsOf(metrics));
    // One that was removed is drawn as long as it was there.
    const sources = tunnels.map(({ tunnelId, vpnConnectionId }): Source => ({ vpnTunnelId: tunnelId, vpnConnectionId, points: points.get(tunnelId)! }))
      .filter(({ vpnTunnelId, points }) => target.tunnelId !== undefined || this.states.placeOf(vpnTunnelId!) !== undefined || points.some((point) => point !== undefined));
    return answerOf(sources, metrics, query.statistic, steps);
  }

  /** The tunnels of a target, removed ones included. @throws RejectionError when there is and was no such thing */
  async mustKnow(target: Target): Promise<Asked[]> {
    const { region, tunnelId, vpnConnectionId, bgwId } = target;
    const rows = new Map<string, Asked>((await this.directory.tunnelsOf(this.db.manager, target)).map((row) => [row.tunnelId, row]));
    const configured = tunnelId !== undefined ? (this.states.placeOf(tunnelId)?.region === region ? [tunnelId] : []) : this.states.idsOf({ region, vpnConnectionId, bgwId });
    for (const id of configured) if (!rows.has(id)) rows.set(id, { no: undefined, tunnelId: id, vpnConnectionId: this.states.placeOf(id)!.vpnConnectionId });
    if (rows.size === 0 && (tunnelId !== undefined || !this.states.isConfigured({ region, vpnConnectionId, bgwId }))) {
      const [name, id] = Object.entries({ tunnelId, vpnConnectionId, bgwId }).find(([, value]) => value !== undefined) as [keyof typeof NOUN, string];
      throw new RejectionError(reject('not-found', `there is no ${NOUN[name]} ${id} in ${region}`));
    }
    return [...rows.values()].sort((a, b) => (a.tunnelId < b.tunnelId ? -1 : 1));
  }

  async #total({ region, tunnelId, vpnConnectionId, bgwId }: Target): Promise<Total | undefined> {
    if (tunnelId !== undefined || vpnConnectionId !== undefined) return undefined;
    const kind = bgwId === undefined ? 'region' : 'gateway';
    return { name: `${kind} ${region} ${bgwId ?? ''}`, no: await this.directory.totalOf(this.db.manager, kind, region, bgwId ?? region) };
  }
}

import type { TunnelSpec } from '@bordergate/contracts';
import type { Clock, Log } from '@bordergate/platform';
import type { WantedTunnel } from '@bordergate/tunnel-core';
import type { DataPlane, TunnelPort } from './data-plane.js';
import type { WorkerMetrics } from './metrics.js';
import type { FetchPsk } from './psk-source.js';
import type { Publisher } from './publisher.js';

/** What every runner of a worker works with. */
export interface Context {
  readonly region: string;
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly dataPlane: DataPlane;
  readonly publisher: Publisher;
  readonly metrics: WorkerMetrics;
  readonly fetchPsk: FetchPsk;
}

export const tunnelPort = (borderGatewayId: string, spec: TunnelSpec): TunnelPort => ({
  tunnelId: spec.tunnelId, borderGatewayId, cloudPublicIp: spec.cloudPublicIp, customerIp: spec.customerIp,
  localTunnelIp: spec.localTunnelIp, remoteTunnelIp: spec.remoteTunnelIp, bandwidthMbps: spec.options.bandwidthMbps,
});

export const portOf = ({ ref, spec }: WantedTunnel): TunnelPort => tunnelPort(ref.borderGatewayId, spec);

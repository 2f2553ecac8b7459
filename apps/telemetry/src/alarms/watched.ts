import type { http } from '@bordergate/contracts';
import { grouped } from '@bordergate/kernel';
import type { TunnelOverview, TunnelStates } from '@bordergate/telemetry-core';

/** A resource as alarms see it: the tunnels it stands on. */
export interface WatchedResource {
  readonly id: string;
  /** Those that are enabled. */
  readonly tunnelIds: readonly string[];
  /** Why there is nothing to watch. */
  readonly off: string | null;
  /** What is known of it now, for people. */
  readonly because: string;
}

const SAID = 4;

/** All resources of a kind in a region, by id. */
export type WatchedRegion = Readonly<Record<http.AlarmResourceKind, ReadonlyMap<string, WatchedResource>>>;

export function watchedIn(states: TunnelStates, region: string): WatchedRegion {
  const tunnels = states.list({ region });
  const resources = (keyOf: (tunnel: TunnelOverview) => string) => new Map([...grouped(tunnels, keyOf)].map(([id, group]) => [id, resourceOf(id, group)]));
  return {
    vpnTunnel: resources(({ tunnel }) => tunnel.spec.tunnelId), vpnConnection: resources(({ connection }) => connection.vpnConnectionId),
    borderGateway: resources(({ connection }) => connection.borderGatewayId),
  };
}

function resourceOf(id: string, group: readonly TunnelOverview[]): WatchedResource {
  const enabled = group.filter(({ state }) => state.adminStatus === 'UP');
  const off = enabled.length > 0 ? null : group.length === 1 ? 'the tunnel is disabled by its owner' : 'all its tunnels are disabled by their owner';
  return { id, tunnelIds: enabled.map(({ state }) => state.vpnTunnelId), off, because: saidOf(enabled) };
}

/** "tun-1 is DOWN (dpd-timeout: the peer does not answer)": of those that are not as they should be. */
function saidOf(tunnels: readonly TunnelOverview[]): string {
  const said = tunnels.flatMap(({ state: { vpnTunnelId, opStatus, opReason, opDetail, bgpStatus } }) => {
    if (opStatus === 'DOWN') return [`${vpnTunnelId} is DOWN (${opDetail === '' || opDetail === opReason ? opReason : `${opReason}: ${opDetail}`})`];
    return bgpStatus === 'down' ? [`${vpnTunnelId} is UP, its BGP session is down`] : [];
  });
  return said.length > SAID ? `${said.slice(0, SAID).join('; ')}; and ${said.length - SAID} more` : said.join('; ');
}

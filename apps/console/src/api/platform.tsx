import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { ApiClient } from './client.js';
import { LiveConnection, type LiveStatus } from './live.js';
import type { TunnelState } from './types.js';

/** What is known before the first request: /config.json, beside the console's files. */
export interface Config {
  /** Where the API is; '' is the console's own origin. */
  readonly api: string;
  /** The region that is shown first. */
  readonly region: string;
  readonly simulated?: boolean;
}

interface Platform {
  readonly api: ApiClient;
  readonly config: Config;
  readonly region: string;
  readonly live: LiveConnection;
}

const Platform = createContext<Platform | null>(null);

/** The API and the live stream of one region, for all that is drawn inside. */
export function PlatformProvider({ api, config, region, children }: { readonly api: ApiClient; readonly config: Config; readonly region: string; readonly children: ReactNode }) {
  const queries = useQueryClient();
  const [live] = useState(() => new LiveConnection(api.url(`/v1/regions/${region}/live`), {
    // after a pause anything may have changed, also what has no stream; else only the lists that a state is a part of
    onOld: (again) => void queries.invalidateQueries(again ? {} : { predicate: ({ queryKey: [, at, collection] }) => at === region && (collection === 'vpnTunnels' || collection === 'vpnConnections') }),
  }));
  useEffect(() => live.start(), [live]);
  const platform = useMemo(() => ({ api, config, region, live }), [api, config, region, live]);
  return <Platform value={platform}>{children}</Platform>;
}

export function usePlatform(): Platform {
  const platform = use(Platform);
  if (!platform) throw new Error('outside of PlatformProvider');
  return platform;
}

export function useLiveStatus(): LiveStatus {
  const { live } = usePlatform();
  return useSyncExternalStore(live.subscribe, live.status);
}

/** The present state of a tunnel; only who asks for a tunnel that changed is drawn anew. */
export function useTunnelState(id: string): TunnelState | undefined {
  const { live } = usePlatform();
  return useSyncExternalStore(live.subscribe, () => live.state(id));
}

/** Of all tunnels; another map after each change. */
export function useTunnelStates(): ReadonlyMap<string, TunnelState> {
  const { live } = usePlatform();
  return useSyncExternalStore(live.subscribe, live.all);
}

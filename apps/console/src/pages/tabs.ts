import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Collection, Row } from '../api/types.js';
import type { Texts } from '../i18n/index.js';

export interface TabProps {
  readonly collection: Collection;
  readonly id: string;
  readonly row: Row;
}

/** A view of a resource, at /r/{region}/{slug}/{id}/{tab}. */
export interface Tab {
  readonly id: string;
  readonly label: (t: Texts) => string;
  readonly view: LazyExoticComponent<ComponentType<TabProps>>;
}

const details: Tab = { id: 'details', label: (t) => t.detail.details, view: lazy(() => import('./details-tab.js').then(({ DetailsTab }) => ({ default: DetailsTab }))) };

const gatewayRoutes: Tab = { id: 'routes', label: (t) => t.routes.tab, view: lazy(() => import('../routes/gateway-routes.js').then(({ GatewayRoutes }) => ({ default: GatewayRoutes }))) };
const network: Tab = { id: 'network', label: (t) => t.network.tab, view: lazy(() => import('../network/network-pages.js').then(({ GatewayNetwork }) => ({ default: GatewayNetwork }))) };
const charts: Tab = { id: 'charts', label: (t) => t.charts.tab, view: lazy(() => import('../charts/charts-tab.js').then(({ Charts }) => ({ default: Charts }))) };
const timeline: Tab = { id: 'timeline', label: (t) => t.timeline.tab, view: lazy(() => import('../timeline/timeline-tab.js').then(({ Timeline }) => ({ default: Timeline }))) };
const alarms: Tab = { id: 'alarms', label: (t) => t.alarms.tab, view: lazy(() => import('../alarms/resource-alarms.js').then(({ ResourceAlarms }) => ({ default: ResourceAlarms }))) };
const peerRoutes: Tab = { id: 'routes', label: (t) => t.routes.tab, view: lazy(() => import('../routes/peer-routes.js').then(({ PeerRoutes }) => ({ default: PeerRoutes }))) };
const vpcRoutes: Tab = { id: 'routes', label: (t) => t.routes.tab, view: lazy(() => import('../routes/vpc-routes.js').then(({ VpcRoutes }) => ({ default: VpcRoutes }))) };

/**
 * The views of each kind of resource, in order; the first is shown when the address names none. After them come the lists of what belongs
 * to it (`children` of the registry). A new view is a line here and a component.
 */
const OWN: Partial<Record<Collection, readonly Tab[]>> = {
  borderGateways: [network, gatewayRoutes, charts, timeline, alarms, details],
  virtualInterfaces: [
    { id: 'state', label: (t) => t.tunnels.life, view: lazy(() => import('./virtual-interface/vif-state.js').then(({ VifStateTab }) => ({ default: VifStateTab }))) },
    peerRoutes, details,
  ],
  vpcs: [details, vpcRoutes],
  routeTables: [vpcRoutes, details],
  vpnConnections: [
    { id: 'resources', label: (t) => t.detail.resourceInfo, view: lazy(() => import('./vpn-connection/resource-information.js').then(({ ResourceInformation }) => ({ default: ResourceInformation }))) },
    charts, timeline, alarms,
    { id: 'client-configuration', label: (t) => t.detail.clientConfig, view: lazy(() => import('./vpn-connection/client-configuration.js').then(({ ClientConfiguration }) => ({ default: ClientConfiguration }))) },
    details,
  ],
  vpnTunnels: [
    { id: 'state', label: (t) => t.tunnels.life, view: lazy(() => import('./vpn-tunnel/tunnel-state.js').then(({ TunnelStateTab }) => ({ default: TunnelStateTab }))) },
    charts, timeline, alarms, peerRoutes,
    { id: 'client-configuration', label: (t) => t.detail.clientConfig, view: lazy(() => import('./vpn-connection/client-configuration.js').then(({ TunnelConfiguration }) => ({ default: TunnelConfiguration }))) },
    details,
  ],
};

export const tabsOf = (collection: Collection): readonly Tab[] => OWN[collection] ?? [details];

import type { Collection } from '../api/types.js';
import type { Texts } from '../i18n/index.js';
import { paths } from './routes.js';

export interface NavLink { readonly href: string; readonly label: (t: Texts) => string }
export interface NavSection { readonly title: ((t: Texts) => string) | null; readonly links: readonly NavLink[] }

const of = (collection: Collection): NavLink => ({ href: paths.list(collection), label: (t) => t.resources[collection].many });

/** The main navigation, in the order of the tutorial. */
export const NAV: readonly NavSection[] = [
  { title: null, links: [{ href: paths.overview, label: (t) => t.nav.overview }, { href: paths.network, label: (t) => t.network.tab }, { href: paths.first, label: (t) => t.nav.first }] },
  { title: (t) => t.nav.sections.gateways, links: [of('borderGateways'), of('vpcAttachments'), of('staticRoutes'), of('virtualInterfaces')] },
  { title: (t) => t.nav.sections.vpn, links: [of('customerGateways'), of('vpnConnections'), of('vpnTunnels')] },
  { title: (t) => t.nav.sections.vpc, links: [of('vpcs'), of('subnets'), of('routeTables'), of('routePropagations'), of('vpcRoutes')] },
  { title: (t) => t.nav.sections.monitoring, links: [{ href: paths.alarms, label: (t) => t.alarms.title }, { href: paths.alarmRules, label: (t) => t.alarms.rules.many }] },
  { title: (t) => t.nav.sections.region, links: [of('publicAddresses'), { href: paths.quotas, label: (t) => t.nav.quotas }, { href: paths.policy, label: (t) => t.nav.policy }, { href: paths.parked, label: (t) => t.nav.parked }] },
];

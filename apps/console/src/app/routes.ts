import type { Collection } from '../api/types.js';
import { RESOURCES } from '../resources/registry.js';

/** Addresses of pages, below /r/{region}: the router is nested there. */
export const paths = {
  overview: '/',
  first: '/first-steps',
  network: '/network',
  list: (collection: Collection): string => `/${RESOURCES[collection].slug}`,
  one: (collection: Collection, id: string, tab?: string): string => `/${RESOURCES[collection].slug}/${encodeURIComponent(id)}${tab ? `/${tab}` : ''}`,
  alarms: '/alarms',
  alarmRules: '/alarm-rules',
  alarmRule: (id: string, tab?: string): string => `/alarm-rules/${encodeURIComponent(id)}${tab ? `/${tab}` : ''}`,
  quotas: '/quotas',
  policy: '/policy',
  parked: '/parked-records',
} as const;

import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { paths } from '../app/routes.js';

/** Pages that are no list and no details of a resource, below /r/{region}; each is loaded when it is opened. */
export const PAGES: readonly { readonly path: string; readonly page: LazyExoticComponent<ComponentType> }[] = [
  { path: paths.overview, page: lazy(() => import('./overview.js').then(({ Overview }) => ({ default: Overview }))) },
  { path: paths.first, page: lazy(() => import('./first-steps/first-steps.js').then(({ FirstSteps }) => ({ default: FirstSteps }))) },
  { path: paths.quotas, page: lazy(() => import('./quotas.js').then(({ Quotas }) => ({ default: Quotas }))) },
  { path: paths.policy, page: lazy(() => import('./policy.js').then(({ Policy }) => ({ default: Policy }))) },
  { path: paths.parked, page: lazy(() => import('./parked-records.js').then(({ ParkedRecords }) => ({ default: ParkedRecords }))) },
  { path: paths.alarms, page: lazy(() => import('../alarms/alarms-page.js').then(({ AlarmsPage }) => ({ default: AlarmsPage }))) },
  { path: paths.alarmRules, page: lazy(() => import('../alarms/rules-page.js').then(({ AlarmRules }) => ({ default: AlarmRules }))) },
  { path: `${paths.alarmRules}/:id/:tab?`, page: lazy(() => import('../alarms/rule-page.js').then(({ AlarmRulePage }) => ({ default: AlarmRulePage }))) },
  { path: paths.network, page: lazy(() => import('../network/network-pages.js').then(({ RegionNetwork }) => ({ default: RegionNetwork }))) },
];

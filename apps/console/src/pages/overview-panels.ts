import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/** What the overview of a region shows below its figures: one line for each, loaded when it is drawn. */
export const OVERVIEW_PANELS: readonly { readonly id: string; readonly panel: LazyExoticComponent<ComponentType> }[] = [
  { id: 'network', panel: lazy(() => import('../network/network-pages.js').then(({ NetworkPanel }) => ({ default: NetworkPanel }))) },
];

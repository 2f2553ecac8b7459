import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { paths } from '../app/routes.js';

/** Pages that are no list and no details of a resource, below /r/{region}; each is loaded when it is opened. */
export const PAGES: readonly { readonly path: string; readonly page: LazyExoticComponent<ComponentType> }[] = [
  { path: paths.overview, page: lazy(() => import('./overview.js').then(({ Overview }) => ({ default: Overview }))) },
];

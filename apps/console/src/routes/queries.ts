import { useQuery } from '@tanstack/react-query';
import { usePlatform } from '../api/platform.js';
import { usePages, type List } from '../api/queries.js';
import type { Page } from '../api/types.js';
import type { Explanation, FibComparison } from './types.js';

/** Routes move by themselves, and have no stream: an open table is asked for so often. */
const POLL_MS = 5_000;

/** Where a "why?" is asked: the table of a gateway, or those of a VPC. */
export interface Place {
  readonly kind: 'borderGateways' | 'vpcs';
  readonly id: string;
  /** One table of a VPC. */
  readonly routeTableId?: string | undefined;
}
/** Exactly this destination, or the longest match of an address. */
export type Question = { readonly prefix: string } | { readonly address: string };

const pathOf = (region: string, collection: string, id: string, what: string) => `/v1/regions/${region}/${collection}/${encodeURIComponent(id)}/${what}`;

export function useRoutes<T, P extends Page<T> = Page<T>>(collection: string, id: string, what: string, where: Readonly<Record<string, string>>): List<T, P> {
  const { region } = usePlatform();
  return usePages<T, P>(pathOf(region, collection, id, what), ['routes', region, collection, id, what, where], where, POLL_MS);
}

export function useFib(id: string): FibComparison | undefined {
  const { api, region } = usePlatform();
  return useQuery({ queryKey: ['fib', region, id], queryFn: ({ signal }) => api.get<FibComparison>(pathOf(region, 'borderGateways', id, 'fib'), undefined, signal), refetchInterval: POLL_MS }).data;
}

export function useExplanation({ kind, id, routeTableId }: Place, question: Question) {
  const { api, region } = usePlatform();
  return useQuery({
    queryKey: ['explain', region, kind, id, routeTableId, question], queryFn: ({ signal }) => api.get<Explanation>(pathOf(region, kind, id, 'explain'), { ...question, routeTableId }, signal), refetchInterval: POLL_MS,
  });
}

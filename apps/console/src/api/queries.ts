import { useInfiniteQuery, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { fieldOf, type Collection, type Documents, type Page } from './types.js';
import { usePlatform } from './platform.js';
import { RESOURCES } from '../resources/registry.js';

/** Filters of a list, as the API has them. */
export type Where = Readonly<Record<string, string>>;

/** The API's largest page. */
const PAGE = 200;
/** So many rows are read by themselves; beyond that somebody has to ask. */
const ROWS = 10_000;
/** What has no stream is asked for so often. */
export const POLL_MS = 15_000;

const NOWHERE: Where = {};

export interface List<T, P extends Page<T> = Page<T>> {
  readonly rows: readonly T[];
  /** The first page is not there yet. */
  readonly loading: boolean;
  /** The first page as it was answered: what a list says beside its rows. */
  readonly first: P | undefined;
  /** There are more pages. */
  readonly more: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
}

/** Keys: what, region, collection, then the id or the filter. */
export const listKey = (region: string, collection: string, where: Where = NOWHERE) => ['list', region, collection, where] as const;
export const oneKey = (region: string, collection: string, id: string) => ['one', region, collection, id] as const;

const NO_ROWS: readonly never[] = [];
/** Whoever asks for the same list gets the same rows: made once for each answer. */
const rowsOf = onceFor(<T,>(data: { readonly pages: readonly Page<T>[] }): readonly T[] => data.pages.flatMap(({ items }) => items)) as <T>(data: { readonly pages: readonly Page<T>[] }) => readonly T[];

function onceFor<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}

/** All pages of a list, one after another; what has been read is there at once. */
export function usePages<T, P extends Page<T> = Page<T>>(path: string, key: readonly unknown[], where: Where = NOWHERE, pollMs = POLL_MS): List<T, P> {
  const { api } = usePlatform();
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => api.get<P>(path, { ...where, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: pollMs,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage, refetch } = query;
  const rows = data ? rowsOf<T>(data) : NO_ROWS;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && rows.length < ROWS) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, rows.length, fetchNextPage]);
  return { rows, loading: query.isPending, first: data?.pages[0], more: hasNextPage, error: query.error, refetch: () => void refetch() };
}

export function useList<C extends Collection>(collection: C, where: Where = NOWHERE): List<Documents[C]> {
  const { region } = usePlatform();
  return usePages<Documents[C]>(`/v1/regions/${region}/${collection}`, listKey(region, collection, where), where);
}

export interface One<T> {
  readonly data: T | undefined;
  readonly etag: string | null;
  readonly loading: boolean;
  readonly error: Error | null;
}

export function useOne<C extends Collection>(collection: C, id: string): One<Documents[C]> {
  const { api, region } = usePlatform();
  const query = useQuery({
    queryKey: oneKey(region, collection, id),
    queryFn: ({ signal }) => api.send<Documents[C]>(`/v1/regions/${region}/${collection}/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: POLL_MS,
  });
  return { data: query.data?.data, etag: query.data?.etag ?? null, loading: query.isPending, error: query.error };
}

/** The names of a collection's resources by id; those without a name have none. */
export function useNames(collection: Collection): ReadonlyMap<string, string> {
  const { rows } = useList(collection);
  return useMemo(() => {
    const { id, name } = RESOURCES[collection];
    return new Map(rows.map((row) => [String(fieldOf(row, id)), String(fieldOf(row, name ?? id))]));
  }, [rows, collection]);
}

/** After a change of anything: what is shown is read again, and other collections too, since resources tell of each other. */
export const refresh = (queries: QueryClient): Promise<void> => queries.invalidateQueries();

export const useRefresh = (): (() => Promise<void>) => {
  const queries = useQueryClient();
  return () => refresh(queries);
};

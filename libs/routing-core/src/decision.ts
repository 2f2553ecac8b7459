import { NEXT_HOP_TYPE, ROUTE_TYPE, type NextHopType, type RouteType } from '@bordergate/contracts';

/**
 * Which of several paths to one destination counts (semantics 3.2; the shape is RFC 4271 section 9.1.2.2). Selection is
 * by elimination over the whole set, never by comparing a newcomer with the best so far: each step is a function of a
 * set, so the order of arrival cannot matter, and the step that removed a path is the reason it lost.
 *
 * There is no "oldest wins" or "lowest router id" step: what survives is the equal-cost set.
 */
export interface Comparable {
  readonly nextHopType: NextHopType;
  readonly routeType: RouteType;
  readonly asPathLength: number;
}

export type LosingStep = 'next-hop-type' | 'route-type' | 'as-path-length';

interface Step {
  readonly because: LosingStep;
  /** The lower wins. */
  readonly rank: (path: Comparable) => number;
}

/** Static beats BGP within a next-hop type and not across types, because the next-hop type is asked first. */
const STEPS: readonly Step[] = [
  { because: 'next-hop-type', rank: (path) => NEXT_HOP_TYPE[path.nextHopType] },
  { because: 'route-type', rank: (path) => ROUTE_TYPE[path.routeType] },
  { because: 'as-path-length', rank: (path) => path.asPathLength },
];

export interface Selection<P> {
  /** The equal-cost set, in the order the candidates were given. */
  readonly best: readonly P[];
  readonly because: 'only-path' | 'best' | 'equal-cost';
  /** Every other candidate and the step it was lost at. */
  readonly lost: ReadonlyMap<P, LosingStep>;
}

const NOBODY: ReadonlyMap<any, LosingStep> = new Map();

/** The equal-cost set of the candidates; undefined when there is none. */
export function select<P extends Comparable>(candidates: readonly P[]): Selection<P> | undefined {
  if (candidates.length === 0) return undefined;
  if (candidates.length === 1) return { best: candidates, because: 'only-path', lost: NOBODY }; // nearly every prefix
  const lost = new Map<P, LosingStep>();
  let best = candidates;
  for (const step of STEPS) {
    const lowest = Math.min(...best.map(step.rank));
    for (const path of best) if (step.rank(path) > lowest) lost.set(path, step.because);
    best = best.filter((path) => !lost.has(path));
    if (best.length === 1) break;
  }
  return { best, because: best.length > 1 ? 'equal-cost' : 'best', lost };
}

/** How a candidate ranks, for people: "140/150/2". */
export const priorityText = (path: Comparable): string => `${NEXT_HOP_TYPE[path.nextHopType]}/${ROUTE_TYPE[path.routeType]}/${path.asPathLength}`;

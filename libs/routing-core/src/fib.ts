import type { FibEntryInstalled, FibNextHop, SelectionReason } from '@bordergate/contracts';
import type { Prefix } from '@bordergate/kernel';
import { select } from './decision.js';
import { nextHopSet, type Path } from './path.js';

/** Why a path is no candidate at all. */
export type NotACandidate = Extract<SelectionReason, 'overlaps-earlier-attachment' | 'no-usable-next-hop' | 'session-down' | 'martian' | 'own-asn' | 'over-limit'>;

/** What a path is worth now: the next hops that can carry packets, at least one; or why it does not count. */
export type Standing = { readonly nextHops: readonly FibNextHop[] } | { readonly because: NotACandidate };
export type StandingOf = (path: Path, prefix: Prefix) => Standing;

/** A path and what became of it. */
export interface Verdict {
  readonly path: Path;
  readonly nextHops: readonly FibNextHop[];
  readonly effective: boolean;
  readonly because: SelectionReason;
}

/**
 * What becomes of every path to a destination. A path without a usable next hop is not a candidate, so it loses to
 * nobody and hides nobody: when the tunnels of a static route's connection are all down, BGP over another connection
 * gets its turn (design 4: "none usable means the route is not installed").
 */
export function judge(prefix: Prefix, paths: readonly Path[], standingOf: StandingOf): Verdict[] {
  const standings = new Map(paths.map((path) => [path, standingOf(path, prefix)]));
  const selection = select(paths.filter((path) => 'nextHops' in standings.get(path)!));
  return paths.map((path): Verdict => {
    const standing = standings.get(path)!;
    if (!('nextHops' in standing)) return { path, nextHops: [], effective: false, because: standing.because };
    const lostBy = selection!.lost.get(path);
    return { path, nextHops: standing.nextHops, effective: lostBy === undefined, because: lostBy ?? selection!.because };
  });
}

/** A FIB entry without its prefix: as many as there are sets of next hops and reasons, whatever the number of prefixes. */
export type FibBody = Omit<FibEntryInstalled, 'prefix'>;

/**
 * What the FIB has for the effective paths; undefined when there is none. All of them share next-hop type and route type.
 * @param nodeOf where a leg ends
 */
export function fibBody(region: string, borderGatewayId: string, verdicts: readonly Verdict[], nodeOf: (legId: string) => string | undefined): FibBody | undefined {
  const best = verdicts.filter((verdict) => verdict.effective);
  const first = best[0];
  if (!first) return undefined;
  const nextHops = nextHopSet(best.flatMap((verdict) => verdict.nextHops));
  return {
    type: 'FibEntryInstalled', region, borderGatewayId, nextHopType: first.path.nextHopType, routeType: first.path.routeType,
    nextHops, because: first.because, nodes: [...new Set(nextHops.flatMap((hop) => nodeOf(hop.id) ?? []))].sort(),
  };
}

import type { BirdGateway } from '@bordergate/bird';
import { comparePrefixes, isMartian, prefixOf } from '@bordergate/kernel';
import type { KernelRoute } from '../data-plane.js';

/** What BIRD has to choose from besides its configuration. */
export interface BirdInputs {
  deviceUp(device: string): boolean;
  /** Routes of an established session; empty for one that is not. */
  learned(protocol: string): readonly { readonly prefix: string; readonly asPath: readonly number[] }[];
}

interface Candidate { prefix: string; preference: number; asPathLength: number; hop: KernelRoute['nextHops'][number] }

/**
 * What BIRD would put into the kernel: highest preference, then the shortest AS_PATH, and what is equal after that is
 * merged. Everything else of BIRD's selection is made equal by the configuration (libs/bird, IMPORT_FILTER).
 */
export function selectRoutes(config: BirdGateway, inputs: BirdInputs): KernelRoute[] {
  const best = new Map<string, Candidate[]>();
  for (const candidate of candidates(config, inputs)) {
    const standing = best.get(candidate.prefix);
    const order = standing ? candidate.preference - standing[0]!.preference || standing[0]!.asPathLength - candidate.asPathLength : 1;
    if (order > 0) best.set(candidate.prefix, [candidate]);
    else if (order === 0) standing!.push(candidate);
  }
  return [...best]
    .map(([prefix, equal]) => ({ prefix, nextHops: equal.map(({ hop }) => hop) }))
    .sort((a, b) => comparePrefixes(prefixOf(a.prefix), prefixOf(b.prefix)));
}

/** The import filter: martians, what has been here, and what is over the limit. */
export const accepts = ({ refused, ownAsns }: BirdGateway, { prefix, asPath }: { prefix: string; asPath: readonly number[] }): boolean =>
  !isMartian(prefixOf(prefix)) && !asPath.some(asn => ownAsns.includes(asn)) && !refused.includes(prefix);

function* candidates(config: BirdGateway, { deviceUp, learned }: BirdInputs): Generator<Candidate> {
  for (const { prefix, preference, device, via } of config.attachmentRoutes) {
    if (deviceUp(device)) yield { prefix, preference, asPathLength: 0, hop: { device, via: via ?? null } };
  }
  for (const { prefix, preference, nextHops } of [...config.staticRoutes, ...(config.directRoutes ?? [])]) {
    for (const { device, via } of nextHops) if (deviceUp(device)) yield { prefix, preference, asPathLength: 0, hop: { device, via } };
  }
  for (const { name, preference, device, neighborAddress } of config.bgp) {
    for (const { prefix, asPath } of learned(name).filter(route => accepts(config, route))) {
      yield { prefix, preference, asPathLength: asPath.length, hop: { device, via: neighborAddress } };
    }
  }
}

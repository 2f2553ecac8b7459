import { DataPlaneError } from '../data-plane.js';
import { ipBatch } from '../linux/exec.js';
import { CHARON_TUN } from './tun-device.js';

/** What charon says when it has no address inside the local traffic selector of a CHILD SA: "10.1.1.0/24 === 10.2.0.0/24". */
const REFUSED = /error installing route with policy (\d+\.\d+\.\d+\.\d+)\S* === /;

/** The first address of the selector that a line of charon's log complains about. */
export const refusedSelector = (line: string): string | undefined => REFUSED.exec(line)?.[1];

/**
 * kernel-libipsec routes a policy through its TUN "from" a local address inside the local selector, and fails the CHILD SA
 * when its host has none. A gateway that forwards has none, for the networks are behind it: so the namespace, in which
 * nothing uses that route, is given one. Which it must be only the negotiation tells, since a customer may narrow (RFC 7296,
 * 2.9); so it is learned from the refusal, and the negotiation repeated.
 */
export async function ensureSelectorAddress(outer: string, address: string): Promise<void> {
  await ipBatch(outer, [`addr replace ${address}/32 dev ${CHARON_TUN}`]);
}

/** The selectors that made a negotiation fail, from its error. */
export const refusedSelectors = (error: unknown): string[] =>
  error instanceof DataPlaneError ? error.detail.split('\n').flatMap(line => refusedSelector(line) ?? []) : [];

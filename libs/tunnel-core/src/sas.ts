import type { ChildSa, IkeSa } from '@bordergate/vici';

/** A CHILD SA that carries packets. REKEYED ones still receive what the peer sent before it switched. */
export const isUsable = (child: ChildSa): boolean => child.state === 'INSTALLED' || child.state === 'REKEYING' || child.state === 'REKEYED';

export const isUsableSa = (sa: IkeSa): boolean => sa.childSas.some(isUsable);

/** On its way up by itself: charon repeats on silence for ever, so nobody needs to start it again. */
export const isNegotiating = (sa: IkeSa): boolean =>
  sa.state === 'CREATED' || sa.state === 'CONNECTING' || sa.childSas.some(child => child.state === 'INSTALLING');

/** Agreed with the peer and not on its way out. */
export const isEstablished = (sa: IkeSa): boolean => sa.state === 'ESTABLISHED' || sa.state === 'REKEYING' || sa.state === 'REKEYED';

/**
 * Of several usable SAs the youngest: the one both ends agreed on last. Two that were made at once (both ends called)
 * are told apart by their SPIs, which both ends see alike; else each end might keep what the other ends.
 */
export function newestUsable(sas: readonly IkeSa[]): IkeSa | undefined {
  let newest: IkeSa | undefined;
  for (const sa of sas) if (isUsableSa(sa) && (!newest || isNewer(sa, newest))) newest = sa;
  return newest;
}

const AT_ONCE_SEC = 2;
const isNewer = (a: IkeSa, b: IkeSa): boolean => (Math.abs(age(a) - age(b)) > AT_ONCE_SEC ? age(a) < age(b) : spisOf(a) > spisOf(b));

const spisOf = (sa: IkeSa): string => sa.childSas.filter(isUsable).flatMap(({ spiIn, spiOut }) => [spiIn, spiOut]).sort().join();

export const age = (sa: IkeSa): number => sa.establishedSeconds ?? 0;

/** As charon names it: "AES_CBC_128/HMAC_SHA2_256_128", "AES_GCM_16_128", with the PFS group when there was one. */
export const cipherOf = ({ encrAlg, encrKeySize, integAlg, dhGroup }: ChildSa): string =>
  [encrKeySize === undefined ? encrAlg : `${encrAlg}_${encrKeySize}`, integAlg, dhGroup].filter(part => part !== undefined).join('/');

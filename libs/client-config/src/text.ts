import { formatIpv4, maskOf, prefixOf, toIpv4 } from '@bordergate/kernel';
import type { Job } from './device.js';

type Lines = string | readonly Lines[];

/** A file out of lines and blocks of lines; it ends its last line. */
export const fileOf = (...parts: readonly Lines[]): string => `${flat(parts).join('\n')}\n`;

const flat = (part: Lines): string[] => (typeof part === 'string' ? [part] : part.flatMap(flat));

/** The network address and mask of a prefix, for devices that do not write lengths. */
export function networkAndMask(prefix: string): { readonly network: string; readonly mask: string } {
  const { address, length } = prefixOf(prefix);
  return { network: formatIpv4(address), mask: formatIpv4(toIpv4(maskOf(length))) };
}

/** The customer's networks as lines of the device; a commented example where none was told. */
export const announced = (networks: readonly string[], line: (prefix: string) => string, example: string): string[] =>
  networks.length > 0 ? networks.map(line) : [example];

/** Notes that hold for every device. */
export function commonNotes({ site, local: { networks } }: Job): string[] {
  const { bgp } = site;
  const limited = site.tunnels.some(({ options }) => options.ipsecSaLifepkt > 0 || options.ipsecSaLifebyte > 0);
  return [
    'The router must own the customer addresses named here. Behind NAT, put the private address where the file has the public one as a source, and leave the identities as they are.',
    'Let IKE (UDP 500 and 4500) and ESP (IP protocol 50) through to the cloud addresses.',
    ...(bgp && networks.length === 0 ? ['No network was given, so nothing is announced: ask again with networks=…, or fill in the commented line.'] : []),
    ...(!bgp && site.cloudPrefixes.length === 0 ? ['The border gateway has no VPC prefixes yet, so there are no routes in the files.'] : []),
    ...(limited ? ['The cloud rekeys by volume itself (bytes, packets): life times are local to each end (RFC 7296, 2.8), and the files set time only.'] : []),
  ];
}

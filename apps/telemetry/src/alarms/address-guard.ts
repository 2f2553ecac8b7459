import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * Where no webhook may lead: this machine and its segment, where cloud platforms have the services that tell a machine its secrets, and what is no
 * single machine. Anybody may make a rule; without this, anybody could have this process send requests there.
 */
const FORBIDDEN: readonly [string, number][] = [
  ['0.0.0.0', 8], ['127.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3], ['100.100.100.200', 32], ['192.0.0.192', 32],
  ['::', 128], ['::1', 128], ['fe80::', 10], ['ff00::', 8], ['fd00:ec2::254', 128],
];
/** Addresses that stand for an IPv4 one: mapped, NAT64, 6to4 (RFC 4291 2.5.5, 6052, 3056). */
const EMBEDDED: readonly [string, number][] = [['::', 96], ['::ffff:0:0', 96], ['64:ff9b::', 96], ['2002::', 16]];

export class AddressGuard {
  readonly #forbidden = listOf(FORBIDDEN);
  readonly #embedded = listOf(EMBEDDED);
  readonly #allowed: BlockList;

  /** @param allowed prefixes that are allowed all the same */
  constructor(allowed: readonly string[] = []) {
    this.#allowed = listOf(allowed.map((prefix) => {
      const [address = '', length] = prefix.split('/');
      return [address, length === undefined ? (isIPv4(address) ? 32 : 128) : Number(length)];
    }));
  }

  allows(address: string): boolean {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (this.#allowed.check(address, family)) return true;
    if (this.#forbidden.check(address, family)) return false;
    // What hides an IPv4 address may go anywhere.
    return family === 'ipv4' || !this.#embedded.check(address, family);
  }
}

/** The address that a URL has in place of a name. */
export function addressesIn(url: string): string[] {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) ? [host] : [];
}

export const isPrefix = (text: string): boolean => {
  const [address = '', length, ...rest] = text.split('/');
  const most = isIPv4(address) ? 32 : isIP(address) ? 128 : -1;
  return rest.length === 0 && most > 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= most));
};

function listOf(prefixes: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, length] of prefixes) list.addSubnet(address, length, isIPv4(address) ? 'ipv4' : 'ipv6');
  return list;
}

import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * Where no webhook may lead, besides what the interfaces have: this machine and its segment, where cloud platforms have the services that tell a machine its secrets, and what is no
 * single machine. Anybody may make a rule; without this, anybody could have this process send requests there.
 */
const FORBIDDEN: readonly [string, number][] = [
  ['0.0.0.0', 8], ['127.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3], ['100.100.100.200', 32], ['168.63.129.16', 32], ['192.0.0.192', 32],
  ['::', 128], ['::1', 128], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8], ['fd00:ec2::254', 128],
];
/** Addresses that stand for an IPv4 one: mapped, SIIT, NAT64, Teredo, 6to4 (RFC 4291 2.5.5, 2765, 6052 and 8215, 4380, 3056). */
const EMBEDDED: readonly [string, number][] = [['::', 96], ['::ffff:0:0', 96], ['::ffff:0:0:0', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['2001::', 32], ['2002::', 16]];

export class AddressGuard {
  readonly #forbidden = listOf(FORBIDDEN);
  readonly #embedded = listOf(EMBEDDED);
  readonly #allowed: BlockList;

  /**
   * @param allowed prefixes that are allowed all the same
   * @param interfaces asked each time: addresses come and go
   */
  constructor(allowed: readonly string[] = [], private readonly interfaces: typeof networkInterfaces = networkInterfaces) {
    this.#allowed = listOf(allowed.map(prefixOf));
  }

  allows(address: string): boolean {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (this.#allowed.check(address, family)) return true;
    if (this.#forbidden.check(address, family) || this.#onLink().check(address, family)) return false;
    // What hides an IPv4 address may go anywhere.
    return family === 'ipv4' || !this.#embedded.check(address, family);
  }

  /** This machine's own addresses, and who is reached from them without a router. */
  #onLink(): BlockList {
    return listOf(Object.values(this.interfaces()).flatMap((addresses = []) => addresses.map(({ cidr, address }) => prefixOf(cidr ?? address))));
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

function prefixOf(text: string): [string, number] {
  const [address = '', length] = text.split('/');
  return [address, length === undefined ? (isIPv4(address) ? 32 : 128) : Number(length)];
}

function listOf(prefixes: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, length] of prefixes) list.addSubnet(address, length, isIPv4(address) ? 'ipv4' : 'ipv6');
  return list;
}

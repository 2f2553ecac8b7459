import { run, type Customer, type CustomerTunnel, type Host } from '../index.js';

/** Addresses of the bench; public ones are documentation ranges (RFC 5737). */
export const SITE = {
  cloudPublic: ['203.0.113.1', '203.0.113.2'],
  customerPublic: ['198.51.100.1', '198.51.100.2'],
  cloudAsn: 65_000,
  customerAsn: 65_010,
  vpcCidr: '10.1.0.0/16',
  subnet: '10.1.1.0/24',
  subnetRouter: '10.1.1.1',
  vm: '10.1.1.10',
  lan: '10.20.1.0/24',
  lanRouter: '10.20.1.1',
  lanHost: '10.20.1.10',
  bfd: { intervalMs: 100, multiplier: 3 },
} as const;

/** Two tunnels for a cloud that is built by hand; what the API answers takes their place with the platform. */
export const handBuiltTunnel = (number: 1 | 2): CustomerTunnel => ({
  name: `wan${number}`, customerIp: SITE.customerPublic[number - 1]!, cloudIp: SITE.cloudPublic[number - 1]!, psk: `benchmark secret ${number}`,
  localId: SITE.customerPublic[number - 1]!, remoteId: SITE.cloudPublic[number - 1]!, innerCustomer: `169.254.${number}.1`, innerCloud: `169.254.${number}.2`, innerLength: 30,
  ikeVersion: 2, ikeProposal: 'aes128-sha256-ecp256', espProposal: 'aes128-sha256', ikeLifeSeconds: 14_400, espLifeSeconds: 3_600, cloudAsn: SITE.cloudAsn, initiate: false,
});

/** Host routes of the customer, from 10.64.0.0 on. */
export const customerPrefix = (i: number): string => `10.64.${i >> 8}.${i & 255}`;

/** Flows go to addresses all over the table: what moves last is what is measured. */
export const destinations = (routes: number, flows: number): string[] =>
  [...new Set(Array.from({ length: flows }, (_, i) => customerPrefix(Math.floor((i * (routes - 1)) / Math.max(1, flows - 1)))))];

/** `routes` host routes in the customer's router, all to a machine that takes them; the router tells them by BGP. */
export async function giveRoutes(customer: Customer, routes: number): Promise<void> {
  const lines = Array.from({ length: routes }, (_, i) => `route add ${customerPrefix(i)}/32 via ${SITE.lanHost} dev lan0`);
  await run(['ip', '-n', customer.router, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  await run(['ip', '-n', customer.host.netns, 'route', 'add', 'local', '10.64.0.0/14', 'dev', 'lo']);
}

interface Route { readonly dst: string; readonly dev?: string; readonly nexthops?: readonly { readonly dev: string; readonly flags?: readonly string[] }[] }

/** The devices of a route that the kernel uses. */
export const usedDevices = ({ dev, nexthops }: Pick<Route, 'dev' | 'nexthops'>): string[] =>
  (nexthops ?? (dev === undefined ? [] : [{ dev, flags: [] }])).filter(({ flags = [] }) => !flags.includes('dead')).map(hop => hop.dev);

/** Selected by `ip route show`: asked for one prefix it prints one, which matters where it is asked often and has 10,000. */
export const routesOf = async (netns: string, ...selector: string[]): Promise<Route[]> =>
  JSON.parse((await run(['ip', '-n', netns, '-4', '-j', 'route', 'show', ...selector])) || '[]') as Route[];

/** How many of the customer's routes the kernel of a namespace sends over each device. */
export async function carriers(netns: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const device of (await routesOf(netns, 'root', '10.64.0.0/14')).flatMap(usedDevices)) counts.set(device, (counts.get(device) ?? 0) + 1);
  return counts;
}

/** The devices over which a namespace reaches a prefix. */
export const carriersOf = async (netns: string, prefix: string): Promise<string[]> => (await routesOf(netns, 'exact', prefix)).flatMap(usedDevices);

export interface Ends { readonly vm: Host; readonly customer: Customer }

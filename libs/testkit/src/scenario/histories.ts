import type { World } from '../world/world.js';

/** A working world, so that what happens next happens to something: two gateways, three VPCs, overlaps, three customers. */
export const BEGINNING: readonly string[] = [
  'vpc vpc1 10.1.0.0/16', 'subnet vpc1 s1 10.1.1.0/24', 'vpc vpc2 10.1.0.0/16', 'subnet vpc2 s2 10.1.1.0/25', 'vpc vpc3 10.3.0.0/16', 'subnet vpc3 s3 10.3.1.0/24',
  'gateway gw1', 'gateway gw2', 'attach gw1 vpc1', 'attach gw1 vpc3', 'attach gw2 vpc2', 'propagate gw1 -> vpc1', 'propagate gw2 -> vpc2',
  'customer idc1 198.51.100.1 198.51.100.2 asn 65010', 'customer idc2 198.51.100.65 asn 65020', 'customer idc3 198.51.100.129 198.51.100.130 asn 65030',
  'connect c1 gw1 idc1 bgp bfd', 'tunnels c1', 'connect c2 gw1 idc2 bgp', 'tunnels c2', 'connect c3 gw1 idc3 static', 'tunnels c3', 'connect c4 gw2 idc2 bgp', 'tunnels c4',
  'idc1 answers', 'idc2 answers', 'idc3 answers', 'idc1 announces 10.20.0.0/16', 'idc2 announces 10.20.0.0/16',
];

export type Numbers = readonly [number, number, number, number];
type Draw = (world: World, numbers: Numbers) => string;

const of = <T>(from: readonly T[], n: number): T => from[n % from.length]!;
const PREFIXES = ['10.20.0.0/16', '10.20.1.0/24', '10.1.1.0/24', '10.3.1.0/24', '0.0.0.0/0', '10.30.0.0/16', '169.254.77.0/24'];
const SUBNETS = ['10.1.1.0/24', '10.1.2.0/24', '10.1.1.0/25', '10.3.1.0/24', '10.3.2.0/24'];
const vpc = (n: number): string => of(['vpc1', 'vpc2', 'vpc3'], n);
const gateway = (n: number): string => of(['gw1', 'gw1', 'gw2'], n);
const customer = (n: number): string => of(['idc1', 'idc2', 'idc3'], n);
const connection = (n: number): string => of(['c1', 'c2', 'c3', 'c4', 'c5'], n);
const prefix = (n: number): string => of(PREFIXES, n);
const tunnel = (world: World, n: number): string => of([...tunnels(world), 't0'], n);
const tunnels = (world: World): string[] => [...world.resources.vpnConnections.all()].flatMap((one) => [...one.tunnels.keys()]);
/** An event needs a tunnel that is there; without one, time passes instead. */
const happensTo = (write: (tunnelId: string, numbers: Numbers, world: World) => string): Draw => (world, numbers) => {
  const all = tunnels(world);
  return all.length > 0 ? write(of(all, numbers[1]), numbers, world) : 'wait 1s';
};

const often = (times: number, draw: Draw): Draw[] => Array<Draw>(times).fill(draw);
/** All that can happen; the frequent ones stand more than once. Much of it is refused, and must then change nothing. */
const HAPPENINGS: readonly Draw[] = [
  ...often(4, (_, [, a]) => `wait ${of(['100ms', '1s', '5s', '20s', '2m'], a)}`), // the first: what a failure shrinks to
  ...often(6, (_, [, a, b, c]) => `${customer(a)} announces ${prefix(b)}${c % 3 === 0 ? ` path ${of(['65099', '65098 65097', '65000'], c >> 2)}` : ''}${c % 2 === 0 ? ` on t${1 + (c % 9)}` : ''}`),
  ...often(3, (_, [, a, b]) => `${customer(a)} withdraws ${prefix(b)}`),
  ...often(4, happensTo((id) => `cut ${id}`)), ...often(5, happensTo((id) => `mend ${id}`)),
  ...often(3, (world, [, a]) => `disable ${tunnel(world, a)}`), ...often(4, (world, [, a]) => `enable ${tunnel(world, a)}`),
  ...often(4, (_, [, a]) => `${customer(a)} answers`), (_, [, a]) => `${customer(a)} vanishes`, (_, [, a]) => `${customer(a)} stops BGP`, (_, [, a]) => `${customer(a)} starts BGP`,
  (_, [, a]) => `${customer(a)} hangs up`, (_, [, a, b]) => `${customer(a)} sets ${of(['psk=wrong-secret', 'ike=aes256-sha512-ecp384', 'esp=aes256-sha512', 'ownId=somebody'], b)}`,
  ...often(3, (_, [, a, b, c]) => `static ${gateway(a)} ${prefix(b)} via ${c % 4 === 0 ? vpc(c) : connection(c)}`), ...often(2, (_, [, a, b, c]) => `unstatic ${gateway(a)} ${prefix(b)} via ${connection(c)}`),
  (_, [, a, b, c]) => `attach ${gateway(a)} ${vpc(b)}${of(['', ' none', ' all', ''], c)}`, (_, [, a, b, c]) => `reattach ${gateway(a)} ${vpc(b)} ${of(['none', 'all', `partial s${1 + (b % 3)}`], c)}`,
  (_, [, a, b]) => `detach ${gateway(a)} ${vpc(b)}`, (_, [, a, b, c]) => `propagate ${gateway(a)} -> ${vpc(b)}${of(['', ' 10.0.0.0/8', ' 10.20.0.0/15'], c)}`, (_, [, a, b]) => `unpropagate ${gateway(a)} -> ${vpc(b)}`,
  (_, [, a, b, c]) => `vpc-static ${vpc(a)} ${prefix(b)} via ${gateway(c)}`, (_, [, a, b]) => `subnet ${vpc(a)} s${4 + (b % 4)} ${of(SUBNETS, b)}`, (_, [, a, b]) => `delete subnet ${vpc(a)} s${1 + (b % 7)}`,
  (world, [, a]) => `reconfigure ${tunnel(world, a)} ikeCipher=${of(['aes128', 'aes256'], a >> 4)}`, (world, [, a]) => `new-psk ${tunnel(world, a)} secret-${a % 2}-of-many`,
  (_, [, a, b]) => `mode ${connection(a)} ${of(['bgp', 'static'], b)}`, (world, [, a]) => `delete tunnel ${tunnel(world, a)}`, (_, [, a]) => `delete connection ${connection(a)}`,
  (_, [, a, b, c]) => `connect ${connection(a)} ${gateway(b)} ${customer(c)} ${of(['bgp', 'bgp bfd', 'static'], c >> 3)}`, ...often(2, (_, [, a]) => `tunnels ${connection(a)}`),
  ...often(2, (_, [, a, b]) => `transit ${gateway(a)} ${of(['on', 'on', 'off'], b)}`),
  ...often(2, (_, [, a, b]) => `quota ${of(['bgw_propagated_route', 'vpc_propagated_route'], a)} ${of(['1', '2', '3', 'default'], b)}${of(['', ' of gw1', ' of vpc1-main'], a >> 2)}`),
  (_, [, a]) => `delete gateway ${gateway(a)}`, (_, [, a]) => `gateway ${gateway(a)}`, (_, [, a]) => `delete vpc ${vpc(a)}`, (_, [, a]) => `vpc ${vpc(a)} ${of(['10.1.0.0/16', '10.3.0.0/16'], a)}`,
  ...often(2, happensTo((id) => `charon ${id} dies`)), ...often(2, (_, [, a]) => `worker node-${1 + (a % 2)} restarts`), (_, [, a]) => `worker node-${1 + (a % 2)} dies`, () => 'router restarts', () => 'everything arrives twice',
];

/** The next line of a random scenario; what it speaks of is drawn from what there is. */
export const nextLine = (world: World, numbers: Numbers): string => of(HAPPENINGS, numbers[0])(world, numbers);

import { comparePrefixes, formatPrefix, prefixOf, toIpv4 } from '@bordergate/kernel';
import { explainInGateway, explainInVpc, questionOf } from '@bordergate/routing-core';
import { pairOf, type PeerTunnel } from '../world/internet.js';
import type { World } from '../world/world.js';
import type { Stage } from './decisions.js';

/** What happens without anybody asking the API: time, lines, processes that die, and customers at their devices. */
export function happen(stage: Stage, words: readonly string[]): boolean {
  const [first = '', second = '', ...rest] = words;
  if (customersOf(stage.world).includes(first)) {
    const deed = CUSTOMER[second];
    if (!deed) return false;
    deed(stage.world, tunnelsOf(stage.world, first, rest), rest);
    return true;
  }
  const event = EVENTS[first];
  if (event) event(stage, words.slice(1));
  return event !== undefined;
}

/** Ids, positions and times of an explanation are the run's, and not what a scenario is about. */
const INCIDENTAL = /,? (at|since) \d{4}-[\d-]+T[\d:.]+Z|, event \S+ for request \S+, position \d+|, session epoch \d+/g;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const EVENTS: Readonly<Record<string, (stage: Stage, words: readonly string[]) => void>> = {
  wait: ({ world }, [text = '']) => {
    const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
    if (amount === undefined || unit === undefined) throw new Error(`how long is ${text}?`);
    world.advance(Number(amount) * UNITS[unit]!);
  },
  /** Packets are dropped in silence, in both directions. */
  cut: ({ world }, words) => {
    for (const tunnelId of words) world.internet.cut(lineOf(world, tunnelId), true);
  },
  mend: ({ world }, words) => {
    for (const tunnelId of words) world.internet.cut(lineOf(world, tunnelId), false);
  },
  /** charon t1 dies */
  charon: ({ world }, [tunnelId = '']) => world.nodes.get(world.specOf(tunnelId)!.node)!.killCharon(tunnelId),
  /** worker node-1 dies | restarts */
  worker: ({ world, say }, [node = '', what]) => {
    if (what === 'dies') return world.killWorker(node);
    const worker = world.restartWorker(node);
    world.settle();
    say(`${node} ${worker.deeds.length > 0 ? `did: ${worker.deeds.join(', ')}` : 'adopted what it found and did nothing'}`);
  },
  /** router restarts */
  router: ({ world }) => world.restartRouter(),
  /** everything arrives twice */
  everything: ({ world }) => world.deliverAgain(),
  /** What a worker did to its node for a tunnel since it was last asked. */
  deeds: ({ world, say }, [tunnelId = '']) => {
    world.settle();
    const { deeds } = world.workers.get(world.specOf(tunnelId)!.node)!;
    say(`did for ${tunnelId}: ${deeds.filter((deed) => deed.startsWith(`${tunnelId} `)).map((deed) => deed.slice(tunnelId.length + 1)).join(', ') || 'nothing'}`);
    deeds.length = 0;
  },
  /** kernel gw1 node-1 : the FIB of one node */
  kernel: ({ world, say }, [gateway = '', node = '']) => {
    world.settle();
    const routes = world.nodes.get(node)?.birds.get(gateway)?.fib() ?? [];
    for (const { prefix, nextHops } of routes.sort((a, b) => comparePrefixes(prefixOf(a.prefix), prefixOf(b.prefix)))) {
      say(`kernel ${gateway}@${node} ${prefix} via ${nextHops.map(({ device }) => device.slice(device.lastIndexOf('-') + 1)).join(' ')}`);
    }
  },
  /** From here on `deeds` counts. */
  forget: ({ world }) => {
    for (const worker of world.workers.values()) worker.deeds.length = 0;
  },
  /** explain gw1 10.20.0.5 | explain vpc1 10.20.0.0/16 : the answer for people */
  explain: ({ world, say }, [id = '', what = '']) => {
    world.settle();
    const question = questionOf(what.includes('/') ? { prefix: what } : { address: what });
    const answer = explainInGateway(world.router, id, question) ?? explainInVpc(world.router, id, undefined, question);
    if (!answer) throw new Error(`there is no gateway or VPC ${id}`);
    for (const line of answer.text.replace(INCIDENTAL, '').split('\n')) if (line !== '') say(line); // an empty line would end the block
  },
};

const CUSTOMER: Readonly<Record<string, (world: World, tunnelIds: readonly string[], words: readonly string[]) => void>> = {
  /** Configures its device as the console shows it, and switches it on. */
  answers: (world, tunnelIds) => {
    for (const tunnelId of tunnelIds) world.configureCustomer(tunnelId);
  },
  /** The device is off: nobody says good-bye. */
  vanishes: (world, tunnelIds) => {
    for (const tunnelId of tunnelIds) world.internet.configure(lineOf(world, tunnelId), undefined);
  },
  /** idc1 hangs up t1 */
  hangs: (world, tunnelIds) => {
    for (const tunnelId of tunnelIds) world.internet.hangUp(lineOf(world, tunnelId));
  },
  announces: (world, tunnelIds, words) => {
    const beyond = words.includes('path') ? words.slice(words.indexOf('path') + 1).filter((word) => /^\d+$/.test(word)).map(Number) : [];
    for (const tunnelId of tunnelIds) for (const prefix of prefixesIn(words)) world.internet.announce(lineOf(world, tunnelId), prefix, beyond);
  },
  withdraws: (world, tunnelIds, words) => {
    for (const tunnelId of tunnelIds) for (const prefix of prefixesIn(words)) world.internet.announce(lineOf(world, tunnelId), prefix, null);
  },
  /** As the console shows it but for this: idc1 sets t1 psk=... | ike=aes256-sha256-modp2048 | esp=... | ownId=... */
  sets: (world, tunnelIds, words) => {
    const settings = Object.fromEntries(words.filter((word) => word.includes('=')).map((word) => word.split('='))) as Partial<PeerTunnel>;
    changePeer(world, tunnelIds, (peer) => ({ ...peer, ...settings }));
  },
  /** idc1 stops BGP [on t1] */
  stops: (world, tunnelIds) => changePeer(world, tunnelIds, (peer) => ({ ...peer, bgp: null })),
  starts: (world, tunnelIds) => changePeer(world, tunnelIds, (peer, tunnelId) => {
    const connection = world.resources.connectionOf(tunnelId)!;
    return { ...peer, bgp: { asn: connection.customerAsn, cloudAsn: connection.localAsn } };
  }),
};

function changePeer(world: World, tunnelIds: readonly string[], change: (peer: PeerTunnel, tunnelId: string) => PeerTunnel): void {
  for (const tunnelId of tunnelIds) {
    if (!world.internet.peer(lineOf(world, tunnelId))) world.configureCustomer(tunnelId);
    const peer = world.internet.peer(lineOf(world, tunnelId));
    if (peer) world.internet.configure(lineOf(world, tunnelId), change(peer, tunnelId));
  }
}

/** "10.64.0.0/24 x200" are two hundred, one after the other. */
const prefixesIn = (words: readonly string[]): string[] => words.flatMap((word, index) => {
  if (!/^[\d.]+\/\d+$/.test(word)) return [];
  const { address, length } = prefixOf(word);
  const times = Number(/^x(\d+)$/.exec(words[index + 1] ?? '')?.[1] ?? 1);
  return Array.from({ length: times }, (_, n) => formatPrefix({ address: toIpv4(address + n * 2 ** (32 - length)), length }));
});
const customersOf = (world: World): string[] => [...world.resources.customerGateways.states.keys()];

export function lineOf(world: World, tunnelId: string): string {
  const spec = world.specOf(tunnelId);
  if (!spec) throw new Error(`there is no tunnel ${tunnelId}`);
  return pairOf(spec);
}

/** The tunnels that are named, or all of the customer's. */
function tunnelsOf(world: World, customer: string, words: readonly string[]): string[] {
  const connections = [...world.resources.vpnConnections.all()].filter((connection) => connection.customerGatewayId === customer);
  const own = connections.flatMap((connection) => [...connection.tunnels.keys()]);
  const named = own.filter((tunnelId) => words.includes(tunnelId));
  return named.length > 0 ? named : own;
}

import { describe, expect, it } from 'vitest';
import { BEGINNING } from '../scenario/histories.js';
import { perform } from '../scenario/run.js';
import { violations } from './checks.js';
import { names } from './node.js';
import { REGION, World } from './world.js';

function settledWorld(): World {
  const world = new World();
  for (const line of BEGINNING) perform({ world, say: (refused) => expect.fail(refused) }, line);
  world.settle();
  return world;
}

/** Who watches the watchers: each check is shown a world that breaks it. */
describe('what must hold in a settled world', () => {
  it('holds', () => expect(violations(settledWorld(), 1)).toEqual([]));

  it('notices a kernel that forwards otherwise', () => {
    const world = settledWorld();
    world.nodes.get('node-1')!.setDevice('t1', false); // behind everybody's back: no worker looks before we do
    expect(violations(world, 1).join('\n')).toMatch(/FIB gw1@node-1 10.20.0.0\/16: the kernel has "t-t3", the router expects "t-t1 t-t3"/);
  });

  it('notices a router that knows what nobody told', () => {
    const world = settledWorld();
    const ref = { region: REGION, borderGatewayId: 'gw1', vpnConnectionId: 'c1', tunnelId: 't1', node: 'node-1' };
    world.router.apply([{ kind: 'tunnel', at: world.agenda.time, observation: { type: 'TunnelGone', ...ref } }]);
    const found = violations(world, 1).join('\n');
    expect(found).toMatch(/^FIB gw1@node-1/m);
    expect(found).toMatch(/^comparison gw1@node-1/m);
    expect(found).toMatch(/^the router, in one batch, reads otherwise/m);
  });

  it('notices a peer that is told the wrong routes', () => {
    const world = settledWorld();
    const wanted = world.workers.get('node-1')!.facts.wanted(REGION, 'node-1').gateways.get('gw1')!;
    const bird = world.nodes.get('node-1')!.bird('gw1');
    const [session] = bird.gateway!.bgp;
    bird.configure({ ...bird.gateway!, bgp: bird.gateway!.bgp.map((one) => (one === session ? { ...one, advertise: [] } : one)) });
    const owner = wanted.tunnels.find(({ spec }) => names.bgpProtocol(spec.tunnelId) === session!.name)!.spec.tunnelId;
    expect(violations(world, 1)).toEqual([expect.stringMatching(`told ${owner}: hears nothing`)]);
  });

  it('notices work that was left', () => {
    const world = settledWorld();
    world.nodes.get('node-1')!.charon('t1').secrets.clear();
    expect(violations(world, 1)).toEqual(['node-1 rests with work for t1: load-shared']);
  });
});

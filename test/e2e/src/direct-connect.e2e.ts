import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observe, type Step } from './demo/failover.js';
import { RealWorld } from './demo/real-world.js';
import { Reporter } from './demo/report.js';
import { createStage, stageFolder, type Stage } from './demo/stage.js';
import { carriers, eventually, fibsAgree, pings, ROUTE_HEADER, routes, tutorial, type Site } from './demo/walk.js';
import { PLAN } from './demo/world.js';
import { inNetns, run } from './index.js';
import { Tutorial } from './recipes/tutorial.js';

// Recipe "direct connection with VPN standby" (semantics 7.4): docs/tutorials/direct-connect.md, played as it stands on real tunnels and a real line.
let stage: Stage;
let world: RealWorld;
let site: Site;
let recipe: Tutorial;
let vifId: string;
const report = new Reporter((line) => console.log(line));
const allPassed = () => expect(report.checks.filter((c) => !c.ok)).toEqual([]);

/** What the cable between the data centre and the cloud's node is called at its two ends. */
const LINE = { name: 'line', nodeInterface: 'dx0', device: 'line0' };

beforeAll(async () => {
  stage = await createStage({ dir: stageFolder('direct-connect'), name: 'dxc', simulated: false });
  if (!(stage.world instanceof RealWorld)) throw new Error('a direct connection wants a real line');
  world = stage.world;
  world.lines = [{ ...LINE, innerCustomer: '10.255.0.1', innerCloud: '10.255.0.2', innerLength: 30, cloudAsn: 64512 }];
  await stage.platform.start();
  site = await tutorial(stage.api, world, report);
  recipe = await Tutorial.open({
    name: 'direct-connect.md', env: { BORDERGATE_URL: stage.platform.url }, dir: path.join(path.dirname(stage.dataDir), 'tutorial'), say: (line) => report.say(line),
    remotes: { router: (command) => run(inNetns(world.router, ['sh', '-c', command])) },
  });
  allPassed();
});
afterAll(async () => {
  recipe?.close();
  await stage?.destroy();
});

const overDirect = async () => (await carriers(stage.api, site.bgwId, PLAN.idcLan)).join() === vifId;
const overVpn = async () => (await carriers(stage.api, site.bgwId, PLAN.idcLan)).join() === [...site.tunnelIds].sort().join();
const state = () => stage.api.get(`virtualInterfaces/${vifId}`);
const settle = async (what: string) => {
  await fibsAgree(stage.api, world, report, site.bgwId, what);
  await pings(world, report);
};
/** Candidates for the data centre's network: who is effective, and by which step the others lost. */
async function candidates(): Promise<Record<string, string>> {
  const rows = [...(await routes(stage.api, site.bgwId, 'static')), ...(await routes(stage.api, site.bgwId, 'propagated'))].filter((r) => r.bgwRouteDestination === PLAN.idcLan);
  report.table(ROUTE_HEADER, rows.map((r) => [r.bgwRouteDestination, r.origin, r.routeType, r.bgwRouteNexthop, r.asPath.join(' '), r.effective ? 'yes' : 'no', r.because]));
  return Object.fromEntries(rows.map((r) => [r.source, `${r.bgwRoutePriority} ${r.because}`]));
}
const moves = (name: string, cause: Step['cause'], moved: Step['moved'], limit: Step['limit']) => observe(world, report, { name, cause, moved, limit });

describe('a direct connection with VPN standby', () => {
  it('takes over as soon as it is there, and both are visible with their reasons', async () => {
    await recipe.play('Before');
    await moves('direct connection added', async () => {
      await recipe.play('The line');
      vifId = await recipe.variable('VIF');
    }, overDirect, { lost: 0 });
    expect(await recipe.play('What came up')).toMatch(/Lost at step 1, next-hop type: VPN connection \(140\) yields to direct connection \(120\)/);
    expect(await state()).toMatchObject({ status: 'Active', opStatus: 'UP', bgpStatus: 'established', driver: 'linux', localVifIp: '10.255.0.2' });
    const [first, second] = site.tunnelIds as [string, string];
    expect(await candidates()).toEqual({ [vifId]: '120/150/1 best', [first]: '140/150/1 next-hop-type', [second]: '140/150/1 next-hop-type' });
    await settle('direct connection up');
    allPassed();
  });

  it('the line is cut: the VPN carries, and gives back', async () => {
    await moves('line cut', () => recipe.play('The line is cut'), overVpn, { downMs: 1_000 });
    expect(await state()).toMatchObject({ status: 'Down', opStatus: 'DOWN', opReason: 'no-carrier', bgpStatus: 'down' });
    await settle('line cut');
    await moves('line mended', () => recipe.play('The line is mended'), overDirect, { downMs: 1_000 });
    await settle('line mended');
    allPassed();
  });

  it('its BGP session is broken: the VPN carries, and gives back', async () => {
    await moves('direct session broken', () => world.customerRouter.breakBgpSession(LINE.name), overVpn, { downMs: 1_000 });
    expect(await state()).toMatchObject({ status: 'Active', bgpStatus: 'down' });
    await settle('direct session broken');
    await moves('direct session restored', () => world.customerRouter.restoreBgpSession(LINE.name), overDirect, { downMs: 1_000 });
    await settle('direct session restored');
    allPassed();
  });

  it('maintenance: disabled and enabled, nothing is lost', async () => {
    await moves('direct connection disabled', async () => {
      await recipe.play('Maintenance');
      await eventually('the interface is down', async () => (await state()).status === 'InActive' && (await state()).opReason === 'admin-down');
    }, overVpn, { lost: 0 });
    await settle('direct connection disabled');
    await moves('direct connection enabled', () => recipe.play('After the maintenance'), overDirect, { lost: 0 });
    await settle('direct connection enabled');
    allPassed();
  });

  it('a static route over the VPN loses to BGP over the line, and beats BGP over the VPN (the exceptions table)', async () => {
    await recipe.play('A static route over the VPN');
    const [first, second] = site.tunnelIds as [string, string];
    const route = await recipe.variable('ROUTE');
    expect(await candidates()).toEqual({ [route]: '140/100/0 next-hop-type', [vifId]: '120/150/1 best', [first]: '140/150/1 next-hop-type', [second]: '140/150/1 next-hop-type' });
    await settle('static over the VPN, direct connection up');
    await moves('line cut, static standby', () => world.customerRouter.cutLine(LINE.name), overVpn, { downMs: 1_000 });
    expect(await candidates()).toMatchObject({ [route]: '140/100/0 best', [first]: '140/150/1 route-type', [second]: '140/150/1 route-type' });
    await settle('line cut, static over the VPN');
    await moves('line mended, static standby', () => world.customerRouter.restoreLine(LINE.name), overDirect, { downMs: 1_000 });
    await recipe.play('A static route over the line');
    const direct = await recipe.variable('DIRECT');
    await eventually('the static route over the line is effective', async () => (await routes(stage.api, site.bgwId, 'effective')).some((r) => r.source === direct));
    expect(await candidates()).toMatchObject({ [direct]: '120/100/0 best', [vifId]: '120/150/1 route-type', [route]: '140/100/0 next-hop-type' });
    await settle('static over the line and over the VPN');
    await recipe.play('Without static routes');
    await settle('static routes removed');
    allPassed();
  });

  it('outlives the worker, which adopts it when it is back', async () => {
    const { opSince } = await state();
    await moves('platform killed and started', async () => {
      await stage.platform.kill();
      await stage.platform.start();
    }, async () => (await overDirect()) && (await state()).status === 'Active', { lost: 0 });
    report.say(`UP since ${opSince} before, since ${(await state()).opSince} as the new worker says`);
    await settle('after kill -9 of the platform');
    const { counters, bgpStatus, learnedPrefixes } = await eventually('counters', async () => {
      const now = await stage.api.get(`virtualInterfaces/${vifId}/state`);
      return now.counters?.packetsOut > 0 && now;
    });
    expect([bgpStatus, learnedPrefixes, counters.packetsIn > 0]).toEqual(['established', 2, true]);
    allPassed();
  });

  it('is given back to the node when it is deleted', async () => {
    await moves('direct connection deleted', () => recipe.play('Clean up'), overVpn, { lost: 0 });
    await eventually('the interface is back', () => run(['ip', '-n', world.uplink, 'link', 'show', LINE.nodeInterface]).then(() => true, () => false));
    await settle('direct connection deleted');
    expect(recipe.unplayed).toEqual([]);
    report.summary();
    allPassed();
    expect(report.fibComparisons.length).toBeGreaterThanOrEqual(13);
  });
});

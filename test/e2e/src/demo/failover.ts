import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Document } from './api.js';
import type { Reporter, Switchover } from './report.js';
import { carriers, eventually, fibsAgree, pings, ROUTE_HEADER, routes, type Site } from './walk.js';
import { PLAN, type World } from './world.js';

export interface Step {
  readonly name: string;
  readonly cause: () => Promise<unknown>;
  /** True when traffic has moved. */
  readonly moved: () => Promise<boolean>;
  /** What the gaps must not exceed: lost packets in both directions, or milliseconds from cloud to customer. */
  readonly limit: { lost: number } | { downMs: number };
}

/** Does something while one-way streams run in both directions, waits until routes have moved, and reports what was lost. */
export async function observe(world: World, report: Reporter, step: Step): Promise<Switchover> {
  const probe = await world.startProbe();
  await sleep(300);
  const began = Date.now();
  await step.cause();
  await eventually(`${step.name}: routes moved`, step.moved, 60_000);
  const movedMs = Date.now() - began;
  await sleep(1_500);
  const loss = await probe.stop();
  const switchover = { name: step.name, loss, movedMs };
  report.switchovers.push(switchover);
  const { cloudToCustomer: down, customerToCloud: up } = loss;
  const ok = 'lost' in step.limit ? down.lost + up.lost <= step.limit.lost : down.longestGapMs < step.limit.downMs;
  const limit = 'lost' in step.limit ? `at most ${step.limit.lost} lost` : `under ${step.limit.downMs} ms from the cloud`;
  report.check(step.name, ok, `gap ${down.longestGapMs} ms to the customer (${down.lost}/${down.sent} lost), ${up.longestGapMs} ms from it (${up.lost}/${up.sent} lost); ${limit}${world.probeNote}`);
  return switchover;
}

/** A static route wins over BGP for the same prefix, says why, and BGP takes over again when it goes. */
export async function staticBeatsBgp(api: Api, world: World, report: Reporter, site: Site): Promise<void> {
  report.step('Static beats BGP for the same prefix');
  const effectiveTypes = async () => (await routes(api, site.bgwId, 'effective')).filter((r) => r.bgwRouteDestination === PLAN.idcLan).map((r) => String(r.routeType));
  let route: Document = {};
  await observe(world, report, {
    name: 'static route added', limit: { lost: 0 }, moved: async () => (await effectiveTypes()).join() === 'static',
    cause: async () => {
      route = await api.post('staticRoutes', { bgwId: site.bgwId, bgwRouteDestination: PLAN.idcLan, bgwRouteNexthop: site.vpnConnectionId });
    },
  });
  const rows = await eventually('the static route effective', async () => {
    const all = [...(await routes(api, site.bgwId, 'static')), ...(await routes(api, site.bgwId, 'propagated'))].filter((r) => r.bgwRouteDestination === PLAN.idcLan);
    return all.some((r) => r.routeType === 'static' && r.effective) && all;
  });
  report.table(ROUTE_HEADER, rows.map((r) => [r.bgwRouteDestination, r.origin, r.routeType, r.bgwRouteNexthop, r.asPath.join(' '), r.effective ? 'yes' : 'no', r.because]));
  const losers = rows.filter((r) => r.routeType === 'ebgp');
  report.check('static wins, and the BGP routes say why they lost', losers.length === 2 && losers.every((r) => !r.effective && r.because === 'route-type'), losers.map((r) => r.because).join(', '));
  await fibsAgree(api, world, report, site.bgwId, 'static route added');
  await pings(world, report);
  await observe(world, report, {
    name: 'static route removed', limit: { lost: 0 }, cause: () => api.delete(`staticRoutes/${route.bgwRouteId}`),
    moved: async () => (await effectiveTypes()).every((type) => type === 'ebgp') && (await carriers(api, site.bgwId, PLAN.idcLan)).length === site.tunnelIds.length,
  });
  await fibsAgree(api, world, report, site.bgwId, 'static route removed');
}

/**
 * Tutorial step 10 and step 9 of the high-availability one: traffic moves when a tunnel goes, and comes back.
 * @param downMs what a failure may cost from cloud to customer: where nodes share the tunnels, the VPC's fabric has to be told
 */
export async function failovers(api: Api, world: World, report: Reporter, site: Site, downMs = 1_000): Promise<void> {
  const [first] = site.tunnelIds as [string];
  const others = site.tunnelIds.slice(1);
  const movedAway = async () => (await carriers(api, site.bgwId, PLAN.idcLan)).join() === others.join();
  const isBack = async () => (await carriers(api, site.bgwId, PLAN.idcLan)).length === site.tunnelIds.length;
  const settle = async (state: string) => {
    await fibsAgree(api, world, report, site.bgwId, state);
    await pings(world, report);
  };

  report.step(`Maintenance: disable and enable ${first}`);
  await observe(world, report, { name: 'tunnel disabled', cause: () => api.post(`vpnTunnels/${first}:disable`), moved: async () => (await movedAway()) && (await api.get(`vpnTunnels/${first}`)).opStatus === 'DOWN', limit: { lost: 0 } });
  await settle('tunnel disabled');
  await observe(world, report, { name: 'tunnel enabled', cause: () => api.post(`vpnTunnels/${first}:enable`), moved: isBack, limit: { lost: 0 } });
  await settle('tunnel enabled');

  report.step('The customer breaks a BGP session');
  await observe(world, report, { name: 'BGP session broken', cause: () => world.breakBgpSession(0), moved: movedAway, limit: { downMs } });
  await settle('BGP session broken');
  await observe(world, report, { name: 'BGP session restored', cause: () => world.restoreBgpSession(0), moved: isBack, limit: { downMs } });
  await settle('BGP session restored');

  report.step("One of the customer's internet links is cut");
  await observe(world, report, { name: 'client link cut', cause: () => world.cutLink(0), moved: movedAway, limit: { downMs } });
  await settle('client link cut');
  await observe(world, report, { name: 'client link restored', cause: () => world.restoreLink(0), moved: isBack, limit: { downMs } });
  await settle('client link restored');
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carriers, eventually } from './demo/walk.js';
import { type DownloadedCustomer, type Host, TrafficProbe } from './index.js';
import { machineLacks } from './machine/kernel.js';
import { Kitchen } from './recipes/kitchen.js';
import type { Tutorial } from './recipes/tutorial.js';

// The recipes with a customer: each tutorial is run as it stands, and its router is configured from the download.
const lacking = machineLacks();
if (lacking !== undefined) console.log(`no virtual machine for the customers: ${lacking} is not there`);

/** The VM of every tutorial, in its subnet 10.1.1.0/24. */
const VM = '10.1.1.10';
const SUBNET = '10.1.1.0/24';
/** All there is to know at a customer's router, whichever daemon it has. */
const LOOK = 'date; uptime; ip route; swanctl --list-sas; if [ -d /run/frr ]; then vtysh -c "show bfd peers" -c "show ip bgp summary" -c "show ip bgp"; else birdc show protocols all; fi';

describe.skipIf(lacking !== undefined)('recipes', () => {
  let kitchen: Kitchen;
  beforeAll(async () => {
    kitchen = await Kitchen.open('rcp', { machine: true });
  });
  afterAll(() => kitchen?.close());

  interface Recipe { readonly tutorial: Tutorial; readonly router: DownloadedCustomer; readonly vm: Host; readonly gateway: string }

  /** Plays a tutorial up to where packets flow, hands over to what is special about it, and sees it cleaned up. */
  async function cook(file: string, name: string, publicAddresses: string[], lan: string, special: (recipe: Recipe) => Promise<void>): Promise<void> {
    let vm: Host;
    const router = await kitchen.customer({ name, publicAddresses, lan: { prefix: `${lan}.0/24`, routerAddress: `${lan}.1`, hostAddress: `${lan}.10` } });
    const tutorial = await kitchen.tutorial(file, { router: () => router, host: () => router.host, vm: () => vm });
    const seen = kitchen.report.checks.length;
    try {
      await tutorial.play('The VPC and its border gateway');
      vm = await kitchen.vm(tutorial, VM);
      const gateway = await tutorial.variable('GATEWAY');
      await tutorial.play('The connection');
      await special({ tutorial, router, vm, gateway });
    } catch (error) {
      kitchen.report.say(await router.exec(LOOK).catch(String));
      await kitchen.clear();
      await router.switchOff();
      throw error;
    }
    await tutorial.play('Clean up');
    await router.switchOff();
    expect(tutorial.unplayed).toEqual([]);
    expect(await kitchen.api.list('vpnTunnels')).toEqual([]);
    expect(kitchen.report.checks.slice(seen).filter((check) => !check.ok)).toEqual([]);
  }

  /** The router is configured, and in the end packets flow both ways and the FIBs agree. */
  async function upAndRunning({ tutorial, router, vm, gateway }: Recipe, state: string): Promise<void> {
    await tutorial.play('The router');
    await tutorial.play('What came up');
    await kitchen.pings(vm, router.host);
    await kitchen.settled(gateway, state);
    await tutorial.play('Packets');
  }

  const tunnelsTo = async ({ router }: Recipe, prefix: string): Promise<string[]> => {
    const route = (await router.kernelRoutes()).find((candidate) => candidate.dst === prefix);
    return (route?.nexthops?.map((hop) => hop.dev) ?? (route?.dev ? [route.dev] : [])).sort();
  };

  /** Which addresses the tunnels join: the last numbers of the cloud's and of the customer's. */
  const pairs = async (): Promise<string[]> => (await kitchen.api.list('vpnTunnels')).map((tunnel) => [tunnel.cloudPublicIp, tunnel.customerIp].map((address) => /\d+$/.exec(address)![0]).join('-')).sort();

  it('a data centre by BGP', () => cook('data-centre-by-bgp.md', 'bgp', ['198.51.100.1'], '192.168.10', async (recipe) => {
    await upAndRunning(recipe, 'data centre by BGP');
    expect(await pairs()).toEqual(['1-1', '2-1']);
    await eventually("both tunnels in the router's kernel", async () => (await tunnelsTo(recipe, SUBNET)).length === 2);
  }));

  it('a data centre by static routes, with FRR and with BIRD', () => cook('data-centre-by-static-routes.md', 'static', ['198.51.100.21'], '192.168.20', async (recipe) => {
    await upAndRunning(recipe, 'data centre by static routes');
    expect(await tunnelsTo(recipe, SUBNET)).toHaveLength(2);
    await recipe.tutorial.play('One tunnel less');
    await kitchen.settled(recipe.gateway, 'a tunnel disabled and enabled again');
    await recipe.tutorial.play('The same with BIRD');
    expect(await tunnelsTo(recipe, SUBNET)).toHaveLength(2);
    await kitchen.pings(recipe.vm, recipe.router.host);
    await kitchen.settled(recipe.gateway, 'the router with BIRD');
  }));

  it('high availability: one line goes silent and traffic moves', () => cook('high-availability.md', 'ha', ['198.51.100.31', '198.51.100.32'], '192.168.30', async (recipe) => {
    const { tutorial, gateway, vm, router } = recipe;
    await upAndRunning(recipe, 'high availability');
    expect(await pairs()).toEqual(['1-31', '2-32']);
    const before = await carriers(kitchen.api, gateway, '192.168.30.0/24');
    expect(before).toHaveLength(2);
    // few packets: they all go through an emulated processor
    const probe = await TrafficProbe.start({ cloud: vm, customer: router.host, intervalMs: 50, flows: 8 });
    await tutorial.play('One line goes silent');
    const { cloudToCustomer: down, customerToCloud: up } = await probe.stop();
    const first = await tutorial.variable('FIRST');
    expect(await carriers(kitchen.api, gateway, '192.168.30.0/24')).toEqual(before.filter((id) => id !== first));
    expect(await tunnelsTo(recipe, SUBNET)).toEqual(before.filter((id) => id !== first));
    kitchen.report.check('traffic moved to the other line', Math.max(down.longestGapMs, up.longestGapMs) < 10_000,
      `gap ${down.longestGapMs} ms to the customer (${down.lost}/${down.sent} lost), ${up.longestGapMs} ms from it (${up.lost}/${up.sent} lost); the hold time is 30 s`);
    await kitchen.settled(gateway, 'one line silent');
    await tutorial.play('The line is back');
    await eventually('both tunnels carry again', async () => (await carriers(kitchen.api, gateway, '192.168.30.0/24')).length === 2);
    await kitchen.settled(gateway, 'both lines again');
    await kitchen.pings(vm, router.host);
  }));

  it('four addresses, as another cloud has them', () => cook('four-addresses.md', 'four', [41, 42, 43, 44].map((n) => `198.51.100.${n}`), '192.168.40', async (recipe) => {
    await recipe.tutorial.play("The other side's addresses");
    await upAndRunning(recipe, 'four tunnels');
    expect(await pairs()).toEqual(['1-41', '1-42', '2-43', '2-44']);
    await eventually('four tunnels carry', async () => (await carriers(kitchen.api, recipe.gateway, '192.168.40.0/24')).length === 4);
    await eventually("four tunnels in the router's kernel", async () => (await tunnelsTo(recipe, SUBNET)).length === 4);
  }));
});

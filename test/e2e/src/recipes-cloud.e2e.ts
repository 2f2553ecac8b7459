import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Host } from './index.js';
import { Kitchen, real } from './recipes/kitchen.js';

// The recipes in which both ends are ours: no download, and no machine for a customer.
let kitchen: Kitchen;
beforeAll(async () => {
  kitchen = await Kitchen.open('rcc', { machine: false });
});
afterAll(() => kitchen?.close());
const allPassed = () => expect(kitchen.report.checks.filter((check) => !check.ok)).toEqual([]);

it('VPC to VPC through one border gateway', async () => {
  let vm: Host, vm2: Host;
  const tutorial = await kitchen.tutorial('vpc-to-vpc.md', { vm: () => vm, vm2: () => vm2 });
  await tutorial.play('Two VPCs, one gateway');
  const gateway = await tutorial.variable('GATEWAY');
  await tutorial.play('Attach and propagate');
  vm = await kitchen.vm(tutorial, '10.1.1.10');
  vm2 = await kitchen.vm(tutorial, '10.2.1.10', { vpc: 'VPC2', subnet: 'SUBNET2', world: kitchen.world });
  await kitchen.pings(vm, vm2);
  await kitchen.settled(gateway, 'two VPCs attached');
  await tutorial.play('Packets');
  const explained = await tutorial.play('Detach');
  expect(explained).toContain('10.2.1.10');
  await kitchen.settled(gateway, 'one VPC detached');
  expect((await vm.ping(vm2.address, { count: 2 })).received).toBe(0);
  await tutorial.play('Clean up');
  expect(tutorial.unplayed).toEqual([]);
  allPassed();
});

it('cross-region, both ends ours: addresses swapped after creation, static routes', async () => {
  let vm: Host, vm2: Host;
  const east = await kitchen.beside('east');
  const tutorial = await kitchen.tutorial('cross-region.md', { vm: () => vm, vm2: () => vm2 }, { WEST_URL: kitchen.stage.platform.url, EAST_URL: east.platform.url });
  await tutorial.play('Two regions');
  await tutorial.play('Gateways and VPCs');
  vm = await kitchen.vm(tutorial, '10.1.1.10');
  vm2 = await kitchen.vm(tutorial, '10.2.1.10', { vpc: 'VPC2', subnet: 'SUBNET2', world: real(east.world) });
  await tutorial.play('Connections, and addresses swapped');
  await tutorial.play('Tunnels on both sides');
  await tutorial.play('Routes');
  await kitchen.pings(vm, vm2);
  await kitchen.settled(await tutorial.variable('GATEWAY'), 'west');
  await kitchen.settled(await tutorial.variable('GATEWAY2'), 'east', east);
  // c1-c1 and c2-c2 (seed 002, step 12)
  const pairs = async (api: typeof east.api) => (await api.list('vpnTunnels')).map((t) => `${t.cloudPublicIp} ${t.customerIp}`).sort();
  expect(await pairs(kitchen.api)).toEqual(['203.0.113.1 203.0.113.11', '203.0.113.2 203.0.113.12']);
  expect(await pairs(east.api)).toEqual(['203.0.113.11 203.0.113.1', '203.0.113.12 203.0.113.2']);
  await tutorial.play('Packets');
  await tutorial.play('Clean up');
  expect(tutorial.unplayed).toEqual([]);
  allPassed();
});

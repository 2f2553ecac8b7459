import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DownloadedCustomer, Host } from './index.js';
import { machineLacks } from './machine/kernel.js';
import { Kitchen } from './recipes/kitchen.js';

// The recipes: each tutorial is run as it stands, and the customer's router is configured from the download.
const lacking = machineLacks();
if (lacking !== undefined) console.log(`no virtual machine for the customers: ${lacking} is not there`);

describe.skipIf(lacking !== undefined)('recipes', () => {
  let kitchen: Kitchen;
  beforeAll(async () => {
    kitchen = await Kitchen.open('recipes');
  });
  afterAll(() => kitchen?.close());
  const allPassed = () => expect(kitchen.report.checks.filter((check) => !check.ok)).toEqual([]);

  it('a data centre by BGP', async () => {
    let vm: Host;
    const router: DownloadedCustomer = await kitchen.customer({
      name: 'bgp', publicAddresses: ['198.51.100.1'], lan: { prefix: '192.168.10.0/24', routerAddress: '192.168.10.1', hostAddress: '192.168.10.10' },
    });
    const tutorial = await kitchen.tutorial('data-centre-by-bgp.md', { router: () => router, host: () => router.host, vm: () => vm });
    await tutorial.play('The VPC and its border gateway');
    vm = await kitchen.vm(await tutorial.variable('VPC'), await tutorial.variable('SUBNET'), '10.1.1.10/24', '10.1.1.1');
    const gateway = await tutorial.variable('GATEWAY');
    await tutorial.play('The connection');
    await tutorial.play('The router');
    await tutorial.play('What came up');
    await kitchen.pings(vm, router.host);
    await kitchen.settled(gateway, 'data centre by BGP');
    await tutorial.play('Packets');
    await tutorial.play('Clean up');
    expect(tutorial.unplayed).toEqual([]);
    allPassed();
  });
});

import path from 'node:path';
import { Lab } from '../index.js';
import { FakeCloud } from '../lab/fake-cloud.js';
import { FrrCloud } from './frr-cloud.js';
import { CLONE } from '../demo/stage.js';
import { giveRoutes, handBuiltTunnel, SITE } from './plan.js';
import type { Setting, Subject } from './subject.js';

/** What someone builds by hand: strongSwan with BIRD or FRR from configuration files, and nobody who watches over it. */
export async function handBuiltSubject(bgp: 'bird' | 'frr', { dir, instance, routes, bfd }: Setting): Promise<Subject> {
  const [labPrefix, cloudPrefix] = [`bgh${instance}${CLONE}l-`, `bgh${instance}${CLONE}c-`];
  const [labDir, cloudDir] = [path.join(dir, 'lab'), path.join(dir, 'cloud')];
  await Lab.cleanup(cloudDir, cloudPrefix);
  await Lab.cleanup(labDir, labPrefix);
  const lab = await Lab.create({ dir: labDir, prefix: labPrefix });
  const tunnels = [handBuiltTunnel(1), handBuiltTunnel(2)];
  const kind = bgp === 'bird' ? FakeCloud : FrrCloud;
  const cloud = await kind.create({
    dir: cloudDir, prefix: cloudPrefix, inet: lab.inet, tunnels, customerAsn: SITE.customerAsn, bfd: SITE.bfd, vpc: { prefix: SITE.subnet, gateway: `${SITE.subnetRouter}/24` },
  });
  const destroy = async (): Promise<void> => {
    await cloud.destroy();
    await lab.destroy();
  };
  try {
    const customer = await lab.addCustomer({
      name: 'idc', asn: SITE.customerAsn, routing: 'bgp', announce: [SITE.lan], redistributeKernel: true, ...(bfd ? { bfd: SITE.bfd } : {}),
      lan: { prefix: SITE.lan, routerAddress: SITE.lanRouter, hostAddress: SITE.lanHost }, tunnels,
    });
    await giveRoutes(customer, routes);
    const vm = await lab.addVm({ name: 'vm', vpcNetns: cloud.gateway, bridge: 'br0', address: `${SITE.vm}/24`, gateway: SITE.subnetRouter });
    await cloud.start();
    await customer.start();
    return {
      name: `strongSwan + ${bgp === 'bird' ? 'BIRD' : 'FRR'}`, ends: { vm, customer }, gateway: cloud.gateway, devices: ['t0', 't1'], destroy,
      disable: async i => void (await cloud.end(i).terminate()),
      enable: async i => void (await cloud.end(i).initiate()),
      killCharon: i => cloud.end(i).crash(),
      repairCharon: i => cloud.end(i).start(),
      agree: async () => {},
    };
  } catch (error) {
    await destroy();
    throw error;
  }
}

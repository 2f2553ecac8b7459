import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from './index.js';
import { Site } from './tunnels/site.js';

// How customers behave: dead, late, calling first, behind a NAT.
const [DPD, NO_DPD, NATTED] = [0, 1, 2] as const;
let site: Site;

beforeAll(async () => {
  site = await Site.create({
    name: 'bgc', bgp: false, customerIps: [1, 2, 3, 4].map((n) => `198.51.100.${n}`),
    tunnels: [{ ikeDpdSec: 10 }, { ikeDpdSec: 0 }, { ikeVersion: 'v2' }, { ikeVersion: 'v1' }],
  });
  await site.addCustomer((index) => (index === NATTED ? { behindNat: true, initiate: true } : {}));
});
afterAll(() => site?.destroy());

const established = async (index: number) => (await site.charon(index).sas()).filter(({ state }) => state === 'ESTABLISHED');
const reason = async (index: number) => { const { opStatus, opReason } = await site.tunnel(index); return `${opStatus} ${opReason}`; };

it('a customer that comes up late is met: until then the tunnel says that it does not answer', async () => {
  await Promise.all([DPD, NO_DPD].map((index) => site.untilTunnel(index, 'told as silent', (tunnel) => tunnel.opReason === 'peer-not-responding' && /UDP 500/.test(tunnel.opDetail))));
  await site.customer.start();
  await site.untilUp();
});

it('behind a NAT with its public address as identity: it calls, and one IKE SA stands', async () => {
  const [sa, ...others] = await until('one SA', async () => { const all = await established(NATTED); return all.length > 0 && all; }, { timeoutMs: 30_000 });
  expect(others).toEqual([]);
  expect(sa).toMatchObject({ initiator: false, remoteHost: site.tunnels[NATTED]!.customerIp, remoteId: site.tunnels[NATTED]!.customerIp });
  // the NAT gave it another port
  expect(sa!.remotePort).not.toBe('4500');
  expect(await site.pingThrough(NATTED)).toBe(3);
});

it('both sides calling at once settle in one IKE SA (IKEv1)', async () => {
  const index = 3;
  const end = site.end(index);
  await end.reconfigure({ initiate: true });
  for (let round = 0; round < 3; round++) {
    await site.api.post(`vpnTunnels/${site.id(index)}:disable`);
    await site.untilTunnel(index, 'disabled', (tunnel) => tunnel.opReason === 'admin-down');
    const ours = site.api.post(`vpnTunnels/${site.id(index)}:enable`);
    // the customer's call may be refused while we are not there yet: that is not what is tested
    await Promise.all([ours, end.initiate(20).catch(() => undefined)]);
    await site.untilUp([index]);
    await until('one IKE SA with one CHILD SA', async () => {
      const all = await site.charon(index).sas();
      return all.length === 1 && all[0]!.children.filter(({ state }) => state === 'INSTALLED').length === 1;
    }, { timeoutMs: 60_000, intervalMs: 250 });
    await until('three answers', async () => (await site.pingThrough(index)) === 3, { timeoutMs: 20_000 });
  }
});

it('DPD on: a dead customer is noticed, and the tunnel negotiates again when it is back; DPD off: IKE never asks', async () => {
  const [asked, silent] = [DPD, NO_DPD].map((index) => site.cloudLog(index).length) as [number, number];
  const before = await Promise.all([established(DPD), established(NO_DPD)]);
  await Promise.all([DPD, NO_DPD].map((index) => site.end(index).crash()));
  const probes = (index: number, from: number) => site.cloudLog(index).slice(from).match(/sending DPD request/g)?.length ?? 0;
  await until('the dead customer found by DPD', async () => /giving up after \d+ retransmits/.test(site.cloudLog(DPD).slice(asked)), { timeoutMs: 60_000, intervalMs: 200 });
  await until('its tunnel DOWN', async () => (await reason(DPD)).startsWith('DOWN'), { timeoutMs: 20_000 });
  expect(probes(DPD, asked)).toBeGreaterThanOrEqual(1);
  expect(probes(NO_DPD, silent)).toBe(0);
  // IKE knows nothing of its death
  expect((await established(NO_DPD)).map(({ uniqueId }) => uniqueId)).toEqual(before[1].map(({ uniqueId }) => uniqueId));
  console.log(`   with DPD: ${await reason(DPD)}, ${probes(DPD, asked)} probes; without: ${await reason(NO_DPD)}, 0 probes`);
  await site.end(DPD).start();
  await site.untilUp([DPD]);
  expect((await established(DPD)).map(({ uniqueId }) => uniqueId)).not.toEqual(before[0].map(({ uniqueId }) => uniqueId));
  expect(await site.pingThrough(DPD)).toBe(3);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from './index.js';
import { Site } from './tunnels/site.js';

// How customers behave: dead, late, calling first or at the same time, behind a NAT that forgets them. Four addresses, and six of the eight tunnels they can have.
const DPD = 0, NO_DPD = 1;
const NATTED = [['IKEv2', 2], ['IKEv1', 4]] as const;
const CALLING = [['IKEv1', 3], ['IKEv2', 5]] as const;
const [C1, C2] = ['203.0.113.1', '203.0.113.2'] as const;
const CUSTOMER_IPS = [1, 2, 3, 4].map((n) => `198.51.100.${n}`);
let site: Site;

beforeAll(async () => {
  site = await Site.create({ name: 'bgc', bgp: false, customerIps: CUSTOMER_IPS, tunnels: [{ ikeDpdSec: 10 }, { ikeDpdSec: 0 }, { ikeVersion: 'v2' }, { ikeVersion: 'v1' }] });
  await site.addTunnel({ cloudPublicIp: C1, customerIp: CUSTOMER_IPS[2], ikeVersion: 'v1' });
  await site.addTunnel({ cloudPublicIp: C1, customerIp: CUSTOMER_IPS[3], ikeVersion: 'v2' });
  await site.addCustomer((index) => (NATTED.some(([, natted]) => natted === index) ? { behindNat: true, initiate: true } : {}));
});
afterAll(() => site?.destroy());

const established = async (index: number) => (await site.charon(index).sas()).filter(({ state }) => state === 'ESTABLISHED');
const reason = async (index: number) => { const { opStatus, opReason } = await site.tunnel(index); return `${opStatus} ${opReason}`; };
const answers = (index: number) => until('three answers', async () => (await site.pingThrough(index)) === 3, { timeoutMs: 20_000 });

it('a customer with four addresses that comes up late is met: until then each tunnel says that it does not answer', async () => {
  expect(site.tunnels.slice(0, 4).map(({ cloudPublicIp, customerIp }) => [cloudPublicIp, customerIp])).toEqual([[C1, CUSTOMER_IPS[0]], [C1, CUSTOMER_IPS[1]], [C2, CUSTOMER_IPS[2]], [C2, CUSTOMER_IPS[3]]]);
  await Promise.all(site.tunnels.map((_, index) => site.untilTunnel(index, 'told as silent', (tunnel) => tunnel.opReason === 'peer-not-responding' && /UDP 500/.test(tunnel.opDetail))));
  await site.customer.start();
  await site.untilUp();
});

it.each(NATTED)('behind a NAT with its public address as identity: it calls, and one IKE SA stands (%s)', async (_, index) => {
  const [sa, ...others] = await until('one SA', async () => { const all = await established(index); return all.length > 0 && all; }, { timeoutMs: 30_000 });
  expect(others).toEqual([]);
  expect(sa).toMatchObject({ initiator: false, remoteHost: site.tunnels[index]!.customerIp, remoteId: site.tunnels[index]!.customerIp });
  // the NAT gave it another port
  expect(sa!.remotePort).not.toBe('4500');
  await answers(index);
});

it('a NAT that starts anew gives the customer another port: the tunnel follows it there, in the same IKE SA (IKEv2 and IKEv1)', async () => {
  await Promise.all(NATTED.map(async ([version, index]) => {
    const [before] = await established(index);
    await site.end(index).link.restart();
    const after = await until(`another port (${version})`, async () => { const [sa] = await established(index); return sa !== undefined && sa.remotePort !== before!.remotePort && sa; }, { timeoutMs: 30_000 });
    expect(after).toMatchObject({ uniqueId: before!.uniqueId, remoteHost: before!.remoteHost, initiator: false });
    await answers(index);
    await site.untilUp([index]);
  }));
});

it.each(CALLING)('both sides calling at once settle in one IKE SA (%s)', async (_, index) => {
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
    await answers(index);
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

it.each(NATTED)('our own call to a customer behind a NAT, which it cannot hear, has ended: no half-open IKE SA is left (%s)', async (_, index) => {
  await until('the only SA', async () => {
    const all = await site.charon(index).sas();
    return all.length === 1 && all[0]!.state === 'ESTABLISHED';
  }, { timeoutMs: 30_000, intervalMs: 250 });
});

import { http } from '@bordergate/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connected, regionOf, testResources, type TestRegion, type TestResources } from './region.test-support.js';

const PSK = 'correct-horse-battery';
let resources: TestResources;
let region: TestRegion;
let connection: string;
let tunnels: string[];
let count = 0;
beforeAll(async () => { resources = await testResources(); });
afterAll(() => resources.close());
beforeEach(async () => {
  region = regionOf(resources.app, `r${++count}`);
  const made = await connected(region);
  connection = made.connection.vpnConnectionId;
  const page = await region.send('POST', `vpnConnections/${connection}:addTunnels`, { tunnels: [{ psk: PSK }] });
  tunnels = page.body.items.map(({ vpnTunnelId }: { vpnTunnelId: string }) => vpnTunnelId);
});

const ofConnection = (query: string) => region.get(`vpnConnections/${connection}/clientConfig?${query}`);
const contents = (config: { files: { content: string }[] }) => config.files.map(({ content }) => content).join('');
const shown = async (): Promise<string[]> =>
  (await resources.db.query("select decision->>'tunnelId' as id from events where type = 'TunnelPskRevealed'")).map(({ id }: { id: string }) => id).filter((id: string) => tunnels.includes(id));

describe('a client configuration', () => {
  it('is made from the effective options, with placeholders for the keys', async () => {
    const config = await ofConnection('device=cisco-ios&networks=192.168.10.0/24');
    expect(http.ClientConfig.parse(config)).toEqual(config);
    expect(config.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(contents(config)).toContain(`generated from options ${config.hash.slice(0, 8)}\n`);
    expect(contents(config)).toContain('network 192.168.10.0 mask 255.255.255.0');
    for (const tunnel of tunnels) expect(contents(config)).toContain(`pre-shared-key <PSK of ${tunnel}>`);
    expect(await shown()).toEqual([]);
  });

  it('is of one tunnel, with the numbers it has in the whole', async () => {
    const config = await region.get(`vpnTunnels/${tunnels[1]}/clientConfig?device=cisco-ios`);
    expect(contents(config)).toContain(tunnels[1]);
    expect(contents(config)).not.toContain(tunnels[0]);
    expect(contents(await ofConnection('device=cisco-ios'))).toContain(/interface Tunnel\d+/.exec(contents(config))![0]);
  });

  it('is out of date when options change, and only then', async () => {
    const { hash } = await ofConnection('device=cisco-ios');
    const outOfDate = async () => (await ofConnection(`device=huawei-usg&networks=10.9.0.0/16&knownHash=${hash.slice(0, 8)}`)).outOfDate;
    expect(await outOfDate()).toBe(false);
    await region.change(`vpnConnections/${connection}`, { description: 'nothing a router knows' });
    expect(await outOfDate()).toBe(false);
    await region.change(`vpnTunnels/${tunnels[0]}`, { ipsecKeyExchange: 'modp2048' });
    expect(await outOfDate()).toBe(true);
  });

  it('is out of date when a key changes, and not when the same one is given again', async () => {
    const { hash } = await ofConnection('device=cisco-ios');
    const outOfDate = async () => (await ofConnection(`device=cisco-ios&knownHash=${hash}`)).outOfDate;
    await region.change(`vpnTunnels/${tunnels[0]}`, { psk: PSK });
    expect(await outOfDate()).toBe(false);
    await region.change(`vpnTunnels/${tunnels[0]}`, { psk: 'quite another key' });
    expect(await outOfDate()).toBe(true);
    await region.change(`vpnTunnels/${tunnels[0]}`, { psk: PSK });
    expect(await outOfDate()).toBe(true); // a key is known by its reference only: this is a third one
  });

  it('routes what the cloud propagates when routing is static', async () => {
    const { bgwId } = await region.get(`vpnConnections/${connection}`);
    const vpc = await region.make('vpcs', { vpcName: 'v', cidr: '10.1.0.0/16' });
    await region.make('subnets', { vpcId: vpc.vpcId, subnetName: 's', cidr: '10.1.7.0/24' });
    await region.make('vpcAttachments', { vpcAttachmentName: 'a', bgwId, vpcId: vpc.vpcId });
    expect(contents(await ofConnection('device=strongswan-frr'))).not.toContain('10.1.7.0');
    await region.change(`vpnConnections/${connection}`, { bgpEnabled: false });
    const { hash, ...config } = await ofConnection('device=strongswan-frr');
    expect(contents(config)).toContain(`ip route 10.1.7.0/24 169.254.0.2 ${tunnels[0]}`);
    await region.make('subnets', { vpcId: vpc.vpcId, subnetName: 't', cidr: '10.1.8.0/24' });
    expect((await ofConnection(`device=strongswan-frr&knownHash=${hash}`)).outOfDate).toBe(true);
  });

  it('has the keys by POST, which is remembered for each tunnel', async () => {
    const answer = await region.send('POST', `vpnConnections/${connection}:clientConfig?device=strongswan-bird`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(contents(answer.body)).toContain(`secret = 0x${Buffer.from(PSK).toString('hex')}`);
    expect((await shown()).sort()).toEqual([...tunnels].sort());
    const one = await region.verb(`vpnTunnels/${tunnels[0]}:clientConfig?device=fortigate`);
    expect(contents(one)).toContain(`set psksecret "${PSK}"`);
    expect(await shown()).toHaveLength(3);
    expect(resources.lines.join('')).not.toContain(PSK);
  });

  it('is plain text for who asks for that', async () => {
    const get = (device: string, accept = 'text/plain') => resources.app.inject({ url: `/v1/regions/${region.region}/vpnConnections/${connection}/clientConfig?device=${device}`, headers: { accept } });
    const single = await get('juniper-srx');
    expect([single.headers['content-type'], single.body.startsWith('# Bordergate: Juniper SRX')]).toEqual(['text/plain; charset=utf-8', true]);
    expect((await get('juniper-srx', 'application/json, text/plain;q=0.1')).headers['content-type']).toBe('application/json; charset=utf-8');
    expect((await get('strongswan-frr')).body).toMatch(/^### etc\/swanctl\/[\s\S]*\n### etc\/frr\/frr\.conf\n/);
  });
});

describe('is refused', () => {
  it('when the device cannot do an option: and then no key was shown', async () => {
    await region.change(`vpnTunnels/${tunnels[0]}`, { ikeKeyExchange: 'curve25519' });
    expect(await region.refused('GET', `vpnConnections/${connection}/clientConfig?device=cisco-ios`)).toEqual([422, 'device-cannot', 'ikeKeyExchange']);
    expect(await region.refused('POST', `vpnConnections/${connection}:clientConfig?device=cisco-ios`)).toEqual([422, 'device-cannot', 'ikeKeyExchange']);
    expect(await shown()).toEqual([]);
    expect(contents(await ofConnection('device=fortigate'))).toContain('set dhgrp 31');
  });
  it.each([
    ['device=pix', 422, 'unknown-device', 'device'],
    ['', 400, 'invalid-request', 'device'],
    ['device=cisco-ios&colour=red', 400, 'invalid-request', 'colour'],
    ['device=cisco-ios&networks=10.0.0.1/8', 400, 'invalid-request', 'networks'],
    ['device=cisco-ios&knownHash=zz', 400, 'invalid-request', 'knownHash'],
    ['device=fortigate&outsideInterface=a%22%0Aend', 400, 'invalid-request', 'outsideInterface'],
  ])('"%s"', async (query, status, code, field) => {
    expect(await region.refused('GET', `vpnConnections/${connection}/clientConfig?${query}`)).toEqual([status, code, field]);
  });
  it('for what does not exist, and for a connection without tunnels', async () => {
    expect((await region.refused('GET', 'vpnConnections/vpn-none/clientConfig?device=cisco-ios'))[0]).toBe(404);
    expect((await region.refused('POST', 'vpnTunnels/tun-none:clientConfig?device=cisco-ios'))[0]).toBe(404);
    for (const tunnel of tunnels) {
      await region.verb(`vpnTunnels/${tunnel}:disable`);
      await region.drop(`vpnTunnels/${tunnel}`);
    }
    expect(await region.refused('GET', `vpnConnections/${connection}/clientConfig?device=cisco-ios`)).toEqual([422, 'no-tunnels', 'vpnTunnelIds']);
    expect(await region.refused('POST', `vpnConnections/${connection}:clientConfig?device=cisco-ios`)).toEqual([422, 'no-tunnels', 'vpnTunnelIds']);
  });
});

it('devices are listed', async () => {
  const answer = await resources.app.inject({ url: '/v1/clientDevices' });
  expect(http.ClientDevices.parse(answer.json()).items.map(({ id }) => id)).toEqual(['strongswan-frr', 'strongswan-bird', 'cisco-ios', 'huawei-usg', 'h3c-msr', 'juniper-srx', 'fortigate']);
});

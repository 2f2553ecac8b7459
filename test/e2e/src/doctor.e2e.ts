import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Document } from './demo/api.js';
import { Reporter } from './demo/report.js';
import { negotiation, Site } from './tunnels/site.js';

// A negotiation that fails says in the tunnel's opDetail what its operator must change. Real daemons on both sides, each fault with both versions of IKE.
const report = new Reporter((line) => console.log(line));
const seen: string[][] = [];
let site: Site;
/** One tunnel with each version. */
const VERSIONS = [{ index: 0, version: 'IKEv1' }, { index: 1, version: 'IKEv2' }];

beforeAll(async () => {
  site = await Site.create({ name: 'bgd', bgp: false, customerIps: ['198.51.100.1', '198.51.100.2'], tunnels: [{ ikeVersion: 'v1' }, { ikeVersion: 'v2' }] });
  await site.addCustomer();
  await site.customer.start();
  await site.untilUp();
});
afterAll(async () => {
  report.table(['fault', 'version', 'opReason', 'opDetail'], seen);
  await site?.destroy();
});

interface Fault {
  readonly fault: string;
  /** What the customer has wrong. */
  readonly mistake: (tunnel: Document) => Record<string, unknown>;
  readonly reason: string;
  readonly advice: RegExp;
}
const FAULTS: Fault[] = [
  { fault: 'wrong pre-shared key', mistake: () => ({ psk: 'another-secret-than-ours' }), reason: 'authentication-failed', advice: /pre-shared key/ },
  { fault: 'no proposal chosen in phase 1', mistake: () => ({ ikeProposal: 'aes256-sha512-modp4096' }), reason: 'no-proposal-chosen', advice: /Phase 1 .*cipher/ },
  { fault: 'no proposal chosen in phase 2', mistake: () => ({ espProposal: 'aes256-sha512' }), reason: 'child-no-proposal-chosen', advice: /phase 2 .*IPsec cipher/ },
  { fault: 'wrong identity', mistake: () => ({ localId: 'cpe.example' }), reason: 'authentication-failed', advice: /remoteId/ },
  { fault: 'traffic selectors unacceptable', mistake: () => ({ localTs: ['10.99.0.0/24'], remoteTs: ['10.98.0.0/24'] }), reason: 'ts-unacceptable', advice: /traffic selectors/ },
];

it.each(FAULTS)('$fault: the tunnel says so, with IKEv1 and IKEv2', async ({ fault, mistake, reason, advice }) => {
  await Promise.all(VERSIONS.map(async ({ index, version }) => {
    const tunnel = site.tunnels[index]!;
    // Traffic selectors are the cloud's, too: any to any would be narrowed to whatever the customer has.
    if (fault.startsWith('traffic')) return;
    await site.end(index).reconfigure(mistake(tunnel) as never);
    // Renegotiated by disabling and enabling, as an operator would try.
    await site.api.post(`vpnTunnels/${tunnel.vpnTunnelId}:disable`);
    await site.untilTunnel(index, 'DOWN', (t) => t.opStatus === 'DOWN' && t.opReason === 'admin-down');
    await site.api.post(`vpnTunnels/${tunnel.vpnTunnelId}:enable`);
    const found = await site.untilTunnel(index, `${fault} with ${version} told as ${reason}`, (t) => t.opReason === reason && advice.test(t.opDetail));
    seen.push([fault, version, found.opReason, found.opDetail]);
    expect(found.opStatus).toBe('DOWN');
    const { psk } = await site.api.post(`vpnTunnels/${tunnel.vpnTunnelId}:revealPsk`);
    await site.end(index).reconfigure({ ...negotiation(tunnel), psk, localId: tunnel.remoteId });
  }));
  if (fault.startsWith('traffic')) {
    await site.api.patch(`vpnConnections/${site.connectionId}`, { trafficSelectors: [{ localSubnet: '10.1.1.0/24', remoteSubnets: ['10.20.1.0/24'] }] });
    await Promise.all(VERSIONS.map(async ({ index, version }) => {
      await site.end(index).reconfigure(mistake({}) as never);
      const found = await site.untilTunnel(index, `${fault} with ${version} told as ${reason}`, (t) => t.opReason === reason && advice.test(t.opDetail));
      seen.push([fault, version, found.opReason, found.opDetail]);
    }));
    return;
  }
  await site.untilUp();
});

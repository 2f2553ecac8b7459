import { expect, it } from 'vitest';
import { lostCommands } from './acknowledged.js';
import type { Api, Document } from './api.js';

const there: Record<string, Document[]> = {
  vpcs: [{ vpcId: 'v1', vpcName: 'one' }], customerGateways: [{ customerGatewayId: 'c1', customerGatewayName: 'a', description: 'old' }], vpnTunnels: [{ vpnTunnelId: 't1', adminStatus: 'UP', tunnelIp: 'i' }],
  quotas: [{ type: 'vpc', maxLimit: 7 }], subnets: [{ subnetId: 's1' }],
};
const api = (...acknowledged: Api['acknowledged']) => ({ acknowledged, list: async (path: string) => there[path] ?? [] }) as unknown as Api;
const command = (method: string, path: string, answer?: Document) => ({ method, path, answer });

it.each<[string, Api['acknowledged'], string[]]>([
  ['nothing, when all is as it was answered', [command('POST', 'vpcs', { vpcId: 'v1', vpcName: 'one' }), command('PATCH', 'quotas/vpc', { type: 'vpc', maxLimit: 7 })], []],
  ['what is gone', [command('POST', 'vpcs', { vpcId: 'v2', vpcName: 'two' })], ['vpcs/v2 is gone']],
  ['a change that is not there', [command('PATCH', 'customerGateways/c1', { description: 'new' })], ['customerGateways/c1.description is old, and new was acknowledged']],
  ['a verb', [command('POST', 'vpnConnections/n1:addTunnels', { items: [{ vpnTunnelId: 't1', tunnelIp: 'i', adminStatus: 'UP' }] }), command('POST', 'vpnTunnels/t1:disable', {})], ['vpnTunnels/t1.adminStatus is UP, and DOWN was acknowledged']],
  ['the last of several counts', [command('POST', 'vpnTunnels/t1:disable', {}), command('POST', 'vpnTunnels/t1:enable', {})], []],
  ['what is there though deleted', [command('DELETE', 'subnets/s1'), command('DELETE', 'subnets/s2')], ['subnets/s1 is there though deleted']],
  ['a secret that was shown is no change', [command('POST', 'vpnTunnels/t9:revealPsk', { psk: 'x' })], []],
])('finds %s', async (_, acknowledged, lost) => expect(await lostCommands(api(...acknowledged))).toEqual(lost));

import { http } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { fieldsOf, startValues } from '../../forms/schema-fields.js';
import { effectiveValues, requestedTunnels, type Draft } from './tunnel-drafts.js';

const fields = fieldsOf(http.CreateVpnTunnel).filter(({ name }) => !['vpnConnectionId', 'cloudPublicIp', 'customerIp'].includes(name));
const standard = startValues(fields, { ipsecAuth: 'sha256' });
const pair = (n: number) => ({ cloudPublicIp: `203.0.113.${n}`, customerIp: `198.51.100.${n}` });
const draft = (n: number, values = {}, same = true): Draft => ({ pair: pair(n), same, values: { ...standard, ...values } });

describe('the request for tunnels', () => {
  it('says the parameters once where the others are as the first', () => {
    const [first, second] = requestedTunnels([draft(1, { ikeCipher: 'aes256', psk: 'first-key' }), draft(2, { ikeCipher: '3des', psk: 'other-key', remoteId: 'idc.example' })], fields);
    expect(first).toMatchObject({ ...pair(1), ikeCipher: 'aes256', psk: 'first-key', ipsecAuth: 'sha256', ikeSaLifeSec: 14_400 });
    expect(second).toEqual({ ...pair(2), psk: 'other-key', remoteId: 'idc.example' });
  });

  it('says everything of a tunnel of its own kind, so that nothing comes from the first', () =>
    expect(Object.keys(requestedTunnels([draft(1, { ikeCipher: 'aes256' }), draft(2, {}, false)], fields)[1]!)).toEqual(expect.arrayContaining(['ikeCipher', 'ipsecAuth', 'ipsecKeyExchange', 'bandwidthMbps'])));

  it('names no integrity beside a GCM cipher', () => expect(requestedTunnels([draft(1, { ipsecCipher: 'aes256gcm16' })], fields)[0]!.ipsecAuth).toBeNull());

  it('is one that the API’s schema takes', () => expect(http.AddTunnels.safeParse({ tunnels: requestedTunnels([draft(1), draft(2), draft(3, { ipsecCipher: 'aes128gcm16' }, false)], fields) }).error).toBeUndefined());
});

it('knows what a tunnel will have', () => {
  const drafts = [draft(1, { ikeAuth: 'sha1' }), draft(2), draft(3, {}, false)];
  expect(drafts.map((_, n) => effectiveValues(drafts, n).ikeAuth)).toEqual(['sha1', 'sha1', 'sha256']);
});

import { expect, it } from 'vitest';
import { classify, summarize } from './wire-summary.js';

const LINES = {
  ike: 'w20000 In  IP 198.51.100.1.500 > 203.0.113.1.500: isakmp: parent_sa ikev2_init[I]',
  ikeNatT: 'w20000 In  IP 198.51.100.1.4500 > 203.0.113.1.4500: NONESP-encap: isakmp: child_sa  ikev2_auth[I]',
  espInUdp: 'IP 203.0.113.1.4500 > 198.51.100.1.4500: UDP-encap: ESP(spi=0xc1d2,seq=0x1), length 132',
  nativeEsp: 'w20000 In  IP 203.0.113.1 > 198.51.100.1: ESP(spi=0xc1d2,seq=0x1), length 132',
  keepalive: 'w20000 In  IP 203.0.113.1.4500 > 198.51.100.1.4500: isakmp-nat-keep-alive',
  arp: 'w20000 In  ARP, Request who-has 203.0.113.1 tell 100.64.0.1, length 28',
  other: 'w20000 In  IP 10.1.0.10 > 10.2.0.10: ICMP echo request, id 1, seq 1, length 64',
} as const;

it.each(Object.entries(LINES))('knows %s', (kind, line) => {
  expect(classify(line)).toBe(kind);
});

it('does not take ESP on a port other than 4500 for the tunnel', () => {
  expect(classify('IP 203.0.113.1.4501 > 198.51.100.1.4501: UDP-encap: ESP(spi=0x1,seq=0x1), length 132')).toBe('other');
});

it('counts every line once and keeps samples of the unknown', () => {
  const summary = summarize(`${Object.values(LINES).join('\n')}\n`, 3);
  expect(summary).toMatchObject({ packets: 7, ike: 1, ikeNatT: 1, espInUdp: 1, nativeEsp: 1, keepalive: 1, arp: 1, other: 1, dropped: 3 });
  expect(summary.otherSamples).toEqual([LINES.other]);
});

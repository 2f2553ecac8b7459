import { expect, it } from 'vitest';
import { bytesByPair } from './wire-bytes.js';

it('adds up the lengths of IP packets by source and destination, whatever is in them', () => {
  const lines = [
    'w20000 In  IP (tos 0x0, ttl 63, id 4242, offset 0, flags [DF], proto UDP (17), length 160)',
    '    203.0.113.1.4500 > 198.51.100.1.4500: UDP-encap: ESP(spi=0xc1d2,seq=0x1), length 132',
    'w20000 In  IP (tos 0x0, ttl 63, id 4243, offset 0, flags [DF], proto UDP (17), length 32)',
    '    203.0.113.1.4500 > 198.51.100.1.4500: [no cksum] NONESP-encap: isakmp 2.0 msgid 00000002 cookie 0->0: parent_sa  inf2[I]',
    'w20000 In  ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 203.0.113.1 tell 100.64.0.1, length 28',
    'w20001 In  IP (tos 0xc0, ttl 63, id 1, offset 0, flags [none], proto ESP (50), length 200)',
    '    198.51.100.1 > 203.0.113.1: ESP(spi=0xc1d2,seq=0x1), length 180',
  ];
  expect(Object.fromEntries(bytesByPair(`${lines.join('\n')}\n`))).toEqual({ '203.0.113.1 > 198.51.100.1': 192, '198.51.100.1 > 203.0.113.1': 200 });
});

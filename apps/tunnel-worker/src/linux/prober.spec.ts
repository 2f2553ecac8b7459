import { describe, expect, it } from 'vitest';
import { echoRequests, packets, parseFpingLine } from './prober.js';

describe('what the prober reads', () => {
  it.each([
    ['[1795253813.61032] 169.254.0.1 : [0], 32 bytes, 0.258 ms (0.258 avg, 0% loss)', { address: '169.254.0.1', at: 1795253813610.32, rttMs: 0.258 }],
    ['[1795253815.41026] 169.254.0.1   : [13], timed out (0.060 avg, 7% loss)', { address: '169.254.0.1', at: 1795253815410.26, rttMs: null }],
    ['ICMP Host Unreachable from 169.254.0.2 for ICMP Echo sent to 169.254.0.1', undefined],
  ])('%s', (line, expected) => expect(parseFpingLine(line)).toEqual(expected));

  it('counters of the kernel', () => {
    expect(echoRequests('Ip: A B\nIp: 1 2\nIcmp: InMsgs OutEchos\nIcmp: 3 17\n')).toBe(17);
    const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  t-one:  12345     67    0    0    0     0          0         0    89000     123    0    0    0     0       0          0
`;
    expect(packets(dev).get('t-one')).toEqual({ packetsIn: 67, packetsOut: 123 });
  });
});

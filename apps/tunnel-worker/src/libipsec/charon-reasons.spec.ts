import { describe, expect, it } from 'vitest';
import { CharonReasons } from './charon-reasons.js';

describe('why a tunnel was lost', () => {
  const line = (id: string, msg: string) => ({ group: 'IKE', level: '1', 'ikesa-name': 'tun', 'ikesa-uniqueid': id, msg });

  it.each([
    ['the peer closed it', 'received DELETE for IKE_SA tun[7]', 'down: received DELETE for IKE_SA tun[7]'],
    ['the peer closed the child', 'received DELETE for ESP CHILD_SA with SPI 14619424', 'down: received DELETE for ESP CHILD_SA with SPI 14619424'],
    ['IKEv1 found the peer dead', 'DPD check timed out, enforcing DPD action', 'down: DPD check timed out, enforcing DPD action'],
    ['IKEv2 found the peer dead', 'giving up after 3 retransmits', 'down: DPD check timed out, giving up after 3 retransmits'],
    ['any other line', 'sending DPD request', 'down'],
  ])('%s', (_, msg, told) => {
    const reasons = new CharonReasons();
    expect(reasons.noted(line('7', msg), 1000)).toBeUndefined();
    expect(reasons.explained('down', '7', 1002)).toBe(told);
  });

  it('is told again when the line comes after the event', () => {
    const reasons = new CharonReasons();
    expect(reasons.explained('down', '7', 1000)).toBe('down');
    expect(reasons.noted(line('7', 'received DELETE for IKE_SA tun[7]'), 1001)).toBe('down: received DELETE for IKE_SA tun[7]');
    expect(reasons.noted(line('7', 'received DELETE for IKE_SA tun[7]'), 1001)).toBeUndefined();
  });

  it('is not that of another SA, nor an old one', () => {
    const reasons = new CharonReasons();
    reasons.noted(line('7', 'received DELETE for IKE_SA tun[7]'), 1000);
    expect(reasons.explained('down', '8', 1001)).toBe('down');
    expect(reasons.explained('down', '7', 2002)).toBe('down');
    expect(reasons.noted(line('7', 'received DELETE for IKE_SA tun[7]'), 2300)).toBeUndefined();
  });
});

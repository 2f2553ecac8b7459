import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLogLine } from './index.js';

const events = readFileSync(new URL('./fixtures/bird.log', import.meta.url), 'utf8').split('\n').map(parseLogLine).filter(event => event !== undefined);

describe('parseLogLine', () => {
  it.each([
    ['b_t1: State changed to stop', { type: 'protocol-state', protocol: 'b_t1', state: 'stop' }],
    ['b_t1: BGP session established', { type: 'bgp-session', protocol: 'b_t1', state: 'established' }],
    ['b_t1: BGP session closed', { type: 'bgp-session', protocol: 'b_t1', state: 'closed' }],
    ['b_t1: Link down', { type: 'bgp-lost', protocol: 'b_t1', reason: 'link-down' }],
    ['bfd1: Session to 169.254.1.2 changed state from AdminDown to Init', { type: 'bfd', neighborAddress: '169.254.1.2', from: 'admin-down', to: 'init' }],
    ['bfd1: Session to 169.254.1.2 added', undefined],
    ['b_t1: toString', undefined],
  ])('%s', (text, event) => {
    expect(parseLogLine(`2026-11-21 02:29:03.617 <TRACE> ${text}\n`)).toEqual(event);
  });

  it('reads the peer', () => {
    expect(parseLogLine('2026-11-21 02:33:03.661 <RMT> b_t1: Received: Administrative shutdown: "maintenance window"'))
      .toEqual({ type: 'remote', protocol: 'b_t1', message: 'Received: Administrative shutdown: "maintenance window"' });
  });

  it('reads that more prefixes come than are taken in', () => {
    expect(parseLogLine('2026-11-21 09:52:27.834 <WARN> Protocol b_t1 hits route receive limit (3), action: block')).toEqual({ type: 'receive-limit', protocol: 'b_t1', limit: 3 });
  });

  it('finds the other kinds in a real log', () => {
    expect(new Set(events.map(event => event.type))).toEqual(
      new Set(['protocol-state', 'bgp-session', 'bgp-lost', 'remote', 'bfd']));
    expect(new Set(events.filter(event => event.type === 'bgp-lost').map(event => event.reason))).toEqual(new Set(['neighbor-lost', 'link-down', 'bfd-down']));
  });

  it.each(['', 'no level', '2026 <TRACE> no subject', '<INFO> Reconfigured'])('passes over %j', line => {
    expect(parseLogLine(line)).toBeUndefined();
  });
});

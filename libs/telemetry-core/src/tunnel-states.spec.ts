import { keyOf, TunnelOptions, type BgpObservation, type CloudEvent, type Decision, type TunnelCountersSampled, type TunnelObservation } from '@bordergate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTORY_LENGTH } from './history.js';
import { TunnelStates } from './tunnel-states.js';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000).toISOString();
const ref = (tunnelId: string) => ({ region: 'region-1', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId, node: 'node-1' });

let lastId = 0;
const fact = <D extends { type: string }>(data: D, seconds = 0): CloudEvent<D> => ({
  specversion: '1.0', id: `e${++lastId}`, source: 'test', type: data.type, subject: 'x', time: at(seconds), data,
  tenant: 'default', actor: 'alice', correlationid: 'c', causationid: 'c', partitionkey: 'bgw-1',
});

type Step = (states: TunnelStates) => readonly string[];
const decided = (decision: Decision, seconds?: number): Step => { const event = fact(decision, seconds); return (s) => s.decision(event); };
const observed = (observation: TunnelObservation, seconds?: number): Step => { const event = fact(observation, seconds); return (s) => s.tunnelObservation(event); };
const ribIn = (key: string, observation: BgpObservation | null): Step => { const event = observation && fact(observation); return (s) => s.ribIn({ key, event }); };
const sampled = (seconds: number, bytesIn: number, counterEpoch = 'a', tunnelId = 'tun-1'): Step => {
  const io = { bytesIn, bytesOut: 0, packetsIn: 0, packetsOut: 0 };
  const event = fact<TunnelCountersSampled>({ type: 'TunnelCountersSampled', ...ref(tunnelId), counterEpoch, original: io, encrypted: io }, seconds);
  return (s) => s.sample(event);
};

const connection = decided({
  type: 'VpnConnectionCreated', vpnConnectionId: 'vpn-1', region: 'region-1', name: 'idc', description: '', borderGatewayId: 'bgw-1', customerGatewayId: 'cgw-1', bgpEnabled: true,
  localAsn: 65000 as never, customerAsn: 65010 as never, cloudPublicIps: [], bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 },
});
const added = (tunnelId: string, seconds?: number) => decided({
  type: 'TunnelAdded', vpnConnectionId: 'vpn-1',
  tunnel: {
    tunnelId, cloudPublicIp: '203.0.113.1', node: 'node-1', customerIp: '198.51.100.1', tunnelIp: '169.254.0.0/30', localTunnelIp: '169.254.0.2', remoteTunnelIp: '169.254.0.1',
    localId: '203.0.113.1', remoteId: '198.51.100.1', pskRef: 'psk-1', options: TunnelOptions.parse({}),
  },
}, seconds);
const oper = (operStatus: 'UP' | 'DOWN', reason: 'established' | 'dpd-timeout' | 'draining' | 'charon-not-running', seconds: number, tunnelId = 'tun-1') =>
  observed({ type: 'TunnelOperStatusChanged', ...ref(tunnelId), operStatus, reason, detail: '', since: at(seconds), driver: 'xfrm' }, seconds);
const sa = (type: 'IkeSaDeleted' | 'ChildSaDeleted', uniqueId: string) => observed({ type, ...ref('tun-1'), uniqueId });
const ike = (uniqueId: string) => observed({ type: 'IkeSaEstablished', ...ref('tun-1'), uniqueId, ikeVersion: '2', initiator: true, remoteHost: '198.51.100.1' });
const child = (type: 'ChildSaInstalled' | 'ChildSaRekeyed', uniqueId: string) => observed({ type, ...ref('tun-1'), uniqueId, spiIn: 'a', spiOut: 'b', cipher: 'aes128' });
const SESSION = keyOf.bgpSession('bgw-1', 'tun-1');
const session = (epoch: number, seconds: number) =>
  ribIn(SESSION, { type: 'BgpSessionEstablished', ...ref('tun-1'), epoch, neighborAddress: '169.254.0.1', neighborAsn: 65010, since: at(seconds) });
const closed = (epoch: number, seconds: number) => ribIn(SESSION, { type: 'BgpSessionClosed', ...ref('tun-1'), epoch, reason: 'hold timer expired', since: at(seconds) });
const route = (prefix: string, epoch: number | null) => ribIn(keyOf.bgpRoute('bgw-1', 'tun-1', prefix),
  epoch === null ? null : { type: 'BgpRouteAnnounced', ...ref('tun-1'), epoch, prefix, asPath: [65010], asPathLength: 1, since: '2026-01-01T00:00:00.000Z', origin: 'igp', med: null, communities: [] });

const after = (...steps: Step[]): TunnelStates => {
  const states = new TunnelStates(10_000);
  for (const step of steps) step(states);
  return states;
};
const stateAfter = (...steps: Step[]) => after(connection, added('tun-1'), ...steps).get('tun-1')!.state;

describe('tunnel states', () => {
  it('of a node that is not heard: down because of that, and as reported when it is heard again; what is disabled stays so', () => {
    const states = after(connection, added('tun-1'), added('tun-2'), oper('UP', 'established', 5), session(1, 6), decided({ type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-2' }));
    const before = states.list().map(({ state }) => state);
    expect(before[0]).toMatchObject({ opStatus: 'UP', bgpStatus: 'established' });
    expect(states.nodes(new Map([['region-1/node-9', at(7)], ['region-2/node-1', at(7)]]))).toEqual([]);
    expect(states.nodes(new Map([['region-1/node-1', at(9)]]))).toEqual(['tun-1', 'tun-2']);
    expect(states.nodes(new Map([['region-1/node-1', at(9)]]))).toEqual([]);
    expect(states.get('tun-1')!.state).toMatchObject({
      opStatus: 'DOWN', opReason: 'node-silent', opSince: at(9), bgpStatus: 'down', driver: 'xfrm', opDetail: `node-1 has not been heard since ${at(9)}; whether the tunnel carries is not known`,
    });
    expect(states.get('tun-2')!.state).toMatchObject({ opStatus: 'DOWN', opReason: 'admin-down' });
    expect(states.nodes(new Map())).toEqual(['tun-1', 'tun-2']);
    expect(states.list().map(({ state }) => state)).toEqual(before);
  });

  it('a configured tunnel is there before anyone reports it, DOWN and saying so', () => {
    expect(stateAfter()).toMatchObject({ opStatus: 'DOWN', opReason: 'unknown', opDetail: 'no report from node-1', opSince: null, driver: null, adminStatus: 'UP', bgpStatus: 'down', counters: null, rates: null });
  });

  it('decisions set admin status, and each is in the history with its author', () => {
    const state = stateAfter(decided({ type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' }, 5));
    expect(state).toMatchObject({ adminStatus: 'DOWN', opReason: 'admin-down' });
    expect(state.history).toEqual([{ at: at(5), what: 'admin DOWN', detail: 'by alice' }, { at: at(0), what: 'added', detail: 'by alice' }]);
  });

  it('SAs and rekeys are counted; the loss of the CHILD SA with its device clears what nobody took back', () => {
    const up = [ike('1'), child('ChildSaInstalled', '2'), oper('UP', 'established', 1), child('ChildSaRekeyed', '3')];
    expect(stateAfter(...up, sa('ChildSaDeleted', '2'))).toMatchObject({ opStatus: 'UP', ikeSas: 1, childSas: 1, rekeys: 1 });
    expect(stateAfter(...up, oper('DOWN', 'draining', 2))).toMatchObject({ childSas: 2 });
    expect(stateAfter(...up, oper('DOWN', 'dpd-timeout', 2))).toMatchObject({ ikeSas: 1, childSas: 0 });
    expect(stateAfter(...up, oper('DOWN', 'charon-not-running', 2))).toMatchObject({ ikeSas: 0, childSas: 0 });
  });

  it('a worker that starts tells its SAs anew: what it missed is not counted for ever', () => {
    const before = [child('ChildSaInstalled', '2'), oper('UP', 'established', 1)];
    expect(stateAfter(...before, child('ChildSaInstalled', '9'), oper('UP', 'established', 1))).toMatchObject({ childSas: 1 });
    expect(stateAfter(oper('UP', 'established', 1))).toMatchObject({ childSas: 1 });
  });

  it('another reason for the same status is told when it came, and is no flap', () => {
    const states = after(connection, added('tun-1'), oper('DOWN', 'dpd-timeout', 1), oper('DOWN', 'charon-not-running', 5));
    expect(states.get('tun-1')!.state.history.slice(0, 2)).toEqual([{ at: at(5), what: 'oper DOWN', detail: 'charon-not-running' }, { at: at(1), what: 'oper DOWN', detail: 'dpd-timeout' }]);
    expect(states.get('tun-1')!.flaps).toBe(0);
  });

  it('a status told again is neither a change nor a flap', () => {
    const states = after(connection, added('tun-1'), oper('UP', 'established', 1), oper('UP', 'established', 2), oper('DOWN', 'dpd-timeout', 3), oper('UP', 'established', 4));
    expect(states.get('tun-1')!.state.history.map((change) => change.what)).toEqual(['oper UP', 'oper DOWN', 'oper UP', 'added']);
    expect(states.get('tun-1')!.flaps).toBe(1);
  });

  it('a BGP session that ends is a flap, whoever ends it; told again it is none', () => {
    const flaps = (...steps: Step[]) => after(connection, added('tun-1'), ...steps).get('tun-1')!.bgpFlaps;
    expect(flaps(closed(1, 1), session(1, 2))).toBe(0);
    expect(flaps(session(1, 1), closed(1, 2), closed(1, 2), session(2, 3), ribIn(SESSION, null))).toBe(2);
  });

  it('a tunnel its worker gave up is DOWN again', () => {
    expect(stateAfter(oper('UP', 'established', 1), observed({ type: 'TunnelGone', ...ref('tun-1') }, 2))).toMatchObject({ opStatus: 'DOWN', opReason: 'unknown', driver: null });
  });

  it('routes count only under the established session', () => {
    const learned = [session(1, 1), route('10.1.0.0/16', 1), route('10.2.0.0/16', 1), route('10.3.0.0/16', 1), route('10.3.0.0/16', null)];
    expect(stateAfter(...learned)).toMatchObject({ bgpStatus: 'established', bgpSince: at(1), learnedPrefixes: 2 });
    expect(stateAfter(...learned, closed(1, 5))).toMatchObject({ bgpStatus: 'down', bgpSince: at(5), learnedPrefixes: 0 });
    expect(stateAfter(...learned, closed(1, 5), session(6, 6), route('10.1.0.0/16', 6))).toMatchObject({ learnedPrefixes: 1 });
    expect(stateAfter(...learned, ribIn(SESSION, null))).toMatchObject({ bgpStatus: 'down', bgpSince: null });
  });

  it('BGP is off when its connection has it off', () => {
    const off = decided({ type: 'VpnConnectionUpdated', vpnConnectionId: 'vpn-1', name: 'idc', description: '', bgpEnabled: false, bgpOptions: { holdSec: 30, keepaliveSec: 10, bfdEnabled: true, bfdIntervalMs: 100, bfdMultiplier: 3 } });
    expect(stateAfter(session(1, 1), off)).toMatchObject({ bgpStatus: 'off', bgpSince: null, learnedPrefixes: 0 });
  });

  it('time withdraws rates and says whose', () => {
    const states = after(connection, added('tun-1'), sampled(0, 0), sampled(10, 1_000));
    expect(states.get('tun-1')!.state.rates?.originalInBps).toBe(800);
    expect(states.passTime(Date.parse(at(60)))).toEqual(['tun-1']);
    expect(states.get('tun-1')!.state.rates).toBeNull();
    expect(states.passTime(Date.parse(at(70)))).toEqual([]);
  });

  it('a removed tunnel is gone, and what still arrives about it does not bring it back', () => {
    const removed = decided({ type: 'TunnelRemoved', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' });
    expect(after(connection, added('tun-1'), added('tun-2'), removed, oper('UP', 'established', 9), sampled(9, 1)).list().map(({ state }) => state.vpnTunnelId)).toEqual(['tun-2']);
    expect(after(connection, added('tun-1'), decided({ type: 'VpnConnectionDeleted', vpnConnectionId: 'vpn-1' })).list()).toEqual([]);
  });

  it('the history keeps its bound, newest first', () => {
    const flapping = Array.from({ length: 80 }, (_, i) => oper(i % 2 ? 'DOWN' : 'UP', i % 2 ? 'dpd-timeout' : 'established', i + 1));
    const { history } = stateAfter(...flapping);
    expect(history).toHaveLength(HISTORY_LENGTH);
    expect(history[0]!.at).toBe(at(80));
  });

  it('lists by region, connection and gateway', () => {
    const states = after(connection, added('tun-1'));
    expect(states.list({ region: 'region-1', vpnConnectionId: 'vpn-1', bgwId: 'bgw-1' })).toHaveLength(1);
    for (const filter of [{ region: 'region-2' }, { vpnConnectionId: 'vpn-2' }, { bgwId: 'bgw-2' }]) expect(states.list(filter)).toEqual([]);
  });

  it('property: neither the order between sources nor redelivery matters', () => {
    const sources: Step[][] = [
      [connection, added('tun-1', 1), added('tun-2', 2), decided({ type: 'TunnelDisabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' }, 3), decided({ type: 'TunnelEnabled', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1' }, 4), decided({ type: 'TunnelRemoved', vpnConnectionId: 'vpn-1', tunnelId: 'tun-2' }, 9)],
      [ike('1'), child('ChildSaInstalled', '2'), oper('UP', 'established', 5), oper('DOWN', 'dpd-timeout', 6), ike('3'), sa('IkeSaDeleted', '1'), oper('UP', 'established', 7), child('ChildSaRekeyed', '4')],
      [oper('UP', 'established', 5, 'tun-2'), observed({ type: 'TunnelGone', ...ref('tun-2') }, 9)],
      [session(1, 5), route('10.1.0.0/16', 1), closed(1, 6), session(7, 7), route('10.1.0.0/16', 7), route('10.2.0.0/16', 7), route('10.2.0.0/16', null)],
      [sampled(5, 0), sampled(10, 500), sampled(20, 100, 'b'), sampled(30, 900, 'b')],
    ];
    const told = (steps: Step[]) => after(...steps).list().map(({ state, flaps }) => ({ state, flaps }));
    const expected = told(sources.flat());
    // Each source is delivered in runs; a run may come twice. A schedule picks whose turn it is.
    const delivered = (steps: Step[]) => fc.array(fc.tuple(fc.integer({ min: 1, max: steps.length }), fc.boolean()), { minLength: steps.length, maxLength: steps.length })
      .map((runs) => {
        const out: Step[] = [];
        let from = 0;
        for (const [length, twice] of runs) {
          const run = steps.slice(from, from + length);
          from += length;
          out.push(...run, ...(twice ? run : []));
        }
        return out;
      });
    fc.assert(fc.property(fc.tuple(...sources.map(delivered)), fc.infiniteStream(fc.nat()), (queues, schedule) => {
      const waiting = queues.map((queue) => [...queue]);
      const steps: Step[] = [];
      while (waiting.some((queue) => queue.length > 0)) {
        const open = waiting.filter((queue) => queue.length > 0);
        steps.push(open[schedule.next().value! % open.length]!.shift()!);
      }
      expect(told(steps)).toEqual(expected);
    }));
  });
});

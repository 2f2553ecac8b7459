import type { CloudEvent, Decision } from '@bordergate/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { VifStates } from './vif-states.js';

const ref = { region: 'r', borderGatewayId: 'bgw-1', vifId: 'vif-1', node: 'node-1' };
let states: VifStates;
let ids = 0;
beforeEach(() => { states = new VifStates(1_000); });

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const event = <D>(data: D, seconds = 0): CloudEvent<D> =>
  ({ specversion: '1.0', id: `e${++ids}`, source: 't', type: 't', subject: 't', time: at(seconds), data, tenant: 'default', actor: 'alice', correlationid: '', causationid: '', partitionkey: '' });
const decide = (decision: object, seconds = 0) => states.decision(event({ vifId: 'vif-1', ...decision } as Decision, seconds));
const create = () => decide({ type: 'VirtualInterfaceCreated', region: 'r', name: 'line', borderGatewayId: 'bgw-1', line: { node: 'node-1', interface: 'eth1', vlanId: null }, bgpEnabled: true, adminStatus: 'UP' });
const oper = (operStatus: 'UP' | 'DOWN', seconds: number) =>
  states.observation(event({ type: 'VifOperStatusChanged', ...ref, operStatus, reason: operStatus === 'UP' ? 'link-up' : 'no-carrier', detail: '', since: at(seconds), driver: 'linux' }, seconds));
const sample = (bytesIn: number, seconds: number) => states.sample(event({ type: 'VifCountersSampled', ...ref, counterEpoch: '7', io: { bytesIn, bytesOut: 0, packetsIn: 0, packetsOut: 0 } }, seconds));
const session = (key = 'bgw-1/vif-1/session') => states.ribIn({ key, event: event({ type: 'BgpSessionEstablished', ...ref, epoch: 1, neighborAddress: '10.255.0.1', neighborAsn: 65010, since: at(1) }) });
const state = () => states.get('vif-1');

describe('the state of a virtual interface', () => {
  it('is there from its decision on, DOWN while nobody reports', () => {
    create();
    expect(state()).toMatchObject({ opStatus: 'DOWN', opReason: 'preparing', opDetail: 'no report from node-1', bgpStatus: 'down', learnedPrefixes: 0, counters: null, rates: null });
  });
  it('follows what the wire says, also when that comes before the decision', () => {
    oper('UP', 1);
    session();
    states.ribIn({ key: 'bgw-1/vif-1/10.2.0.0/16', event: event({ type: 'BgpRouteAnnounced', ...ref, epoch: 1, prefix: '10.2.0.0/16', asPath: [65010], origin: 'igp', med: null, communities: [], since: at(1) } as never) });
    create();
    expect(state()).toMatchObject({ opStatus: 'UP', opReason: 'link-up', opSince: at(1), driver: 'linux', bgpStatus: 'established', bgpSince: at(1), learnedPrefixes: 1 });
    states.ribIn({ key: 'bgw-1/vif-1/10.2.0.0/16', event: null });
    states.ribIn({ key: 'bgw-1/vif-1/session', event: null });
    expect(state()).toMatchObject({ bgpStatus: 'down', learnedPrefixes: 0 });
  });
  it('counts, tells rates, and withdraws them when samples stay away', () => {
    create();
    sample(1_000, 1);
    sample(3_000, 2);
    expect(state()).toMatchObject({ counters: { bytesIn: 3_000, sampledAt: at(2) }, rates: { inBps: 16_000 } });
    states.passTime(Date.parse(at(9)));
    expect(state()).toMatchObject({ counters: { bytesIn: 3_000 }, rates: null });
  });
  it('remembers what happened, newest first', () => {
    create();
    oper('UP', 1);
    oper('DOWN', 2);
    decide({ type: 'VirtualInterfaceDisabled' }, 3);
    expect(state()!.history.map(({ what }) => what)).toEqual(['admin DOWN', 'oper DOWN', 'oper UP', 'added']);
    expect(state()).toMatchObject({ adminStatus: 'DOWN' });
  });
  it('is off without BGP, and gone when it is deleted, whatever comes late', () => {
    create();
    decide({ type: 'VirtualInterfaceChanged', name: 'line', bgpEnabled: false });
    session();
    expect(state()).toMatchObject({ bgpStatus: 'off', bgpSince: null });
    expect(states.idsOf({ region: 'r' })).toEqual(['vif-1']);
    decide({ type: 'VirtualInterfaceDeleted' });
    oper('UP', 9);
    expect([state(), states.idsOf()]).toEqual([undefined, []]);
  });
  it('of a node that is not heard is down because of that, until it is heard again', () => {
    create();
    oper('UP', 1);
    session();
    const before = state();
    states.nodes(new Map([['r/node-1', at(5)]]));
    expect(state()).toMatchObject({ opStatus: 'DOWN', opReason: 'node-silent', opSince: at(5), opDetail: `node-1 has not been heard since ${at(5)}; whether the line carries is not known`, bgpStatus: 'down', driver: 'linux' });
    states.nodes(new Map([['r/node-2', at(5)]]));
    expect(state()).toEqual(before);
    decide({ type: 'VirtualInterfaceDisabled' }, 6);
    oper('DOWN', 6);
    states.nodes(new Map([['r/node-1', at(7)]]));
    expect(state()!.opReason).not.toBe('node-silent');
  });
  it('does not take a tunnel for one', () => {
    states.ribIn({ key: 'bgw-1/tun-1/session', event: null });
    states.ribIn({ key: 'bgw-1/tun-1/session', event: event({ type: 'BgpSessionClosed', region: 'r', borderGatewayId: 'bgw-1', vpnConnectionId: 'vpn-1', tunnelId: 'tun-1', node: 'node-1', epoch: 1, reason: '', since: at(1) }) });
    expect(states.idsOf()).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childSa, ikeSa, spec, wantedTunnel } from './fixtures.test-support.js';
import { snapshotOf } from './observe.js';
import { apply, type Model } from './plan-model.test-support.js';
import { backoffMs, callsUnderWay, plan, type FoundTunnel, type Operation, type Situation } from './plan.js';
import { CHILD, viciIntent } from './vici-intent.js';
import type { WantedTunnel } from './wanted.js';

const TUNNEL = 'tun-1';
const WANTED = wantedTunnel(TUNNEL);
const INTENT = viciIntent(WANTED.spec);
const OLD = viciIntent(spec(TUNNEL, { pskRef: 'psk-old' }));
const FOREIGN = viciIntent(spec('tun-2'));
const NOTHING: FoundTunnel = { outer: false, charonRunning: false, connections: [], secrets: [], ikeSas: [], device: null };
const LOADED: FoundTunnel = {
  outer: true, charonRunning: true, connections: [INTENT.connectionName], secrets: [INTENT.secret.id], ikeSas: [], device: { up: false, address: '169.254.1.2/30' },
};
const UP: FoundTunnel = { ...LOADED, device: { up: true, address: '169.254.1.2/30' }, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)])] };
const NOW = 1_000_000;

const situation = (found: FoundTunnel, wanted: WantedTunnel | undefined = WANTED, failed: Situation['failed'] = []): Situation => ({ tunnelId: TUNNEL, wanted, found, failed, now: NOW });
const calling = (uniqueId: number, forMs: number, found: FoundTunnel): Situation => ({ ...situation(found), calling: new Map([[uniqueId, NOW - forMs]]) });
const words = (s: Situation): string[] => plan(s).operations.map(word);
function word(operation: Operation): string {
  switch (operation.op) {
    case 'set-device': return `device ${operation.up ? 'up' : 'down'}`;
    case 'terminate': return `terminate ${operation.ikeId}`;
    case 'unload-conn': return `unload-conn ${operation.name === OLD.connectionName ? 'old' : 'current'}`;
    case 'unload-shared': return `unload-shared ${operation.id === OLD.secret.id ? 'old' : 'current'}`;
    default: return operation.op;
  }
}

describe('plan', () => {
  it.each<[string, Situation, string[]]>([
    ['nothing there: made from the ground up', situation(NOTHING), ['ensure-outer', 'ensure-device', 'load-shared', 'load-conn', 'initiate', 'device up']],
    ['up and running: nothing', situation(UP), []],
    ['adopted while rekeying: nothing', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1, 'REKEYED'), childSa(2)])] }), []],
    ['the peer brought the SA up: only the device follows', situation({ ...LOADED, ikeSas: UP.ikeSas }), ['device up']],
    ['the SA is gone: the device goes down first', situation({ ...UP, ikeSas: [] }), ['device down', 'initiate', 'device up']],
    ['its peer was found silent: the device goes down, the SA stays', { ...situation(UP), verdict: 'hold-down' }, ['device down']],
    ['silent, and already down', { ...situation({ ...LOADED, ikeSas: UP.ikeSas }), verdict: 'hold-down' }, []],
    ['silent, and it is time to listen', { ...situation({ ...LOADED, ikeSas: UP.ikeSas }), verdict: 'listening' }, ['device up']],
    ['an IKE SA without a child', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [])] }), ['device down', 'initiate', 'device up']],
    ['charon is trying by itself', situation({ ...LOADED, ikeSas: [ikeSa(INTENT.connectionName, 1, [], { state: 'CONNECTING' })] }), []],
    ['our initiation is not answered yet', { ...situation(LOADED), initiating: INTENT.connectionName }, []],
    ['the initiation under way is of the old connection', { ...situation(LOADED), initiating: OLD.connectionName }, ['initiate', 'device up']],
    ['charon died, its device with it', situation({ ...NOTHING, outer: true }), ['ensure-outer', 'ensure-device', 'load-shared', 'load-conn', 'initiate', 'device up']],
    ['charon died, kernel SAs still carry packets', situation({ ...NOTHING, outer: true, device: { up: true, address: '169.254.1.2' } }), ['ensure-outer', 'ensure-device', 'load-shared', 'load-conn', 'initiate']],
    ['charon died, and liveness says that nothing carries', { ...situation({ ...NOTHING, outer: true, device: { up: true, address: '169.254.1.2' } }), verdict: 'listening' }, ['device down', 'ensure-outer', 'ensure-device', 'load-shared', 'load-conn', 'initiate', 'device up']],
    ['the new charon has no answer yet', { ...situation({ ...UP, ikeSas: [] }), initiating: INTENT.connectionName }, []],
    ['nor will it have one', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [], { state: 'CONNECTING' })] }), ['device down']],
    ['another inner address', situation({ ...UP, device: { up: true, address: '169.254.9.2/30' } }), ['ensure-device']],
    ['another bandwidth', situation({ ...UP, device: { up: true, address: '169.254.1.2/30', bandwidthMbps: 10 } }), ['ensure-device']],
    ['another key: loaded before the old goes, then drained', situation({ ...UP, connections: [OLD.connectionName], secrets: [OLD.secret.id], ikeSas: [ikeSa(OLD.connectionName, 7, [childSa(1)])] }),
      ['load-shared', 'load-conn', 'unload-conn old', 'withdraw', 'wait', 'terminate 7', 'unload-shared old', 'device down', 'initiate', 'device up']],
    ['disabled and enabled before anybody looked: negotiated anew with the same key', situation(UP, { ...WANTED, generation: 1 }),
      ['load-conn', 'unload-conn current', 'withdraw', 'wait', 'terminate 1', 'device down', 'initiate', 'device up']],
    ['another connection that was down anyway', situation({ ...LOADED, connections: [OLD.connectionName], ikeSas: [ikeSa(OLD.connectionName, 7, [], { state: 'CONNECTING' })] }),
      ['load-conn', 'unload-conn old', 'terminate 7', 'initiate', 'device up']],
    ['a duplicate of ten seconds', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 60 }), ikeSa(INTENT.connectionName, 2, [childSa(2)], { establishedSeconds: 11 })] }), ['terminate 1']],
    ['a duplicate that may still be a rekey', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 60 }), ikeSa(INTENT.connectionName, 2, [childSa(2)], { establishedSeconds: 3 })] }), []],
    ['our own call, while the customer has called (NAT)', calling(2, 10_000, { ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 11 }), ikeSa(INTENT.connectionName, 2, [], { state: 'CONNECTING' })] }), ['terminate 2']],
    ['the same with IKEv1, where it may be a rekey', calling(2, 10_000, { ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 11 }), ikeSa(INTENT.connectionName, 2, [], { state: 'CONNECTING', version: 1 })] }), []],
    ['with IKEv1, one that began before the customer called', calling(1, 10_000, { ...UP, ikeSas: [ikeSa(INTENT.connectionName, 2, [childSa(1)], { establishedSeconds: 11, version: 1 }), ikeSa(INTENT.connectionName, 1, [], { state: 'CONNECTING', version: 1 })] }), ['terminate 1']],
    ['our own call, which may be answered at this moment', calling(2, 9_999, { ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 11 }), ikeSa(INTENT.connectionName, 2, [], { state: 'CONNECTING' })] }), []],
    ['our own call, seen for the first time', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 11 }), ikeSa(INTENT.connectionName, 2, [], { state: 'CONNECTING' })] }), []],
    ['agreed a moment ago, its child is on the way', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 60 }), ikeSa(INTENT.connectionName, 2, [], { establishedSeconds: 9 })] }), []],
    ['the older one carries the traffic', situation({ ...UP, ikeSas: [ikeSa(INTENT.connectionName, 1, [childSa(1)], { establishedSeconds: 60 }), ikeSa(INTENT.connectionName, 2, [], { establishedSeconds: 30 })] }), ['terminate 2']],
    ['disabled: drained, in this order', situation(UP, { ...WANTED, adminStatus: 'DOWN' }), ['unload-conn current', 'wait', 'withdraw', 'wait', 'terminate 1', 'device down', 'unload-shared current']],
    ['disabled and down already', situation({ ...LOADED, connections: [], secrets: [] }, { ...WANTED, adminStatus: 'DOWN' }), []],
    ['disabled before it was ever made', situation(NOTHING, { ...WANTED, adminStatus: 'DOWN' }), []],
    ['removed: drained, then nothing is left', { ...situation(UP), wanted: undefined }, ['unload-conn current', 'wait', 'withdraw', 'wait', 'terminate 1', 'device down', 'unload-shared current', 'remove']],
    ['removed and gone', { ...situation(NOTHING), wanted: undefined }, []],
  ])('%s', (_, s, expected) => expect(words(s)).toEqual(expected));

  it('knows since when it has seen a call under way', () => {
    const look = (...ids: number[]) => ({ ...UP, ikeSas: ids.map(id => ikeSa(INTENT.connectionName, id, [], { state: 'CONNECTING' })) });
    const first = callsUnderWay(new Map(), look(1, 2), 100);
    const second = callsUnderWay(first, look(2, 3), 200);
    expect([...second]).toEqual([[2, 100], [3, 200]]);
    expect(callsUnderWay(second, UP, 300).size).toBe(0);
  });

  it('holds an initiation back for 1, 2, 5, 10 and then 30 s, and starts over with another configuration', () => {
    expect([1, 2, 3, 4, 5, 99].map(backoffMs)).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 30_000]);
    const failed = { connectionName: INTENT.connectionName, child: CHILD, count: 2, lastAt: NOW - 1_500 };
    expect(plan(situation(LOADED, WANTED, [failed]))).toEqual({ operations: [], retryAt: NOW + 500 });
    expect(words(situation(LOADED, WANTED, [{ ...failed, lastAt: NOW - 2_000 }]))).toContain('initiate');
    expect(words(situation(LOADED, WANTED, [{ ...failed, connectionName: OLD.connectionName }]))).toContain('initiate');
  });

  it('with traffic selectors, a CHILD SA that is missing is started beside the others, and a refused one keeps no other away', () => {
    const trafficSelectors = ['10.1.1.0/24', '10.1.2.0/24', '10.1.3.0/24'].map(localSubnet => ({ localSubnet, remoteSubnets: ['10.20.0.0/16'], description: '' }));
    const wanted = { ...WANTED, trafficSelectors };
    const { connectionName, children } = viciIntent(WANTED.spec, trafficSelectors);
    expect(children.map(({ name }) => name)).toEqual(['net1', 'net2', 'net3']);
    const found = (...names: string[]): FoundTunnel => ({ ...UP, connections: [connectionName], ikeSas: [ikeSa(connectionName, 1, names.map((name, i) => childSa(i + 1, 'INSTALLED', { name })))] });
    const failed = { connectionName, child: 'net1', count: 3, lastAt: NOW };
    expect(plan(situation(found('net2'), wanted)).operations).toEqual([{ op: 'initiate', ike: connectionName, child: 'net1' }]);
    expect(plan(situation(found('net2'), wanted, [failed])).operations).toEqual([{ op: 'initiate', ike: connectionName, child: 'net3' }]);
    expect(plan(situation(found('net2', 'net3'), wanted, [failed]))).toEqual({ operations: [], retryAt: NOW + 5_000 });
    expect(plan(situation(found('net1', 'net2', 'net3'), wanted))).toEqual({ operations: [], retryAt: null });
    // nothing was agreed at all: the next child would fail as the last one did
    expect(plan(situation({ ...LOADED, connections: [connectionName] }, wanted, [failed]))).toEqual({ operations: [], retryAt: NOW + 5_000 });
  });

  it('ends the same one of two SAs that were made at once, at whichever end it runs', () => {
    const [x, y] = [childSa(1, 'INSTALLED', { spiIn: 'c1', spiOut: 'd1' }), childSa(2, 'INSTALLED', { spiIn: 'c2', spiOut: 'd2' })];
    const swapped = (child: typeof x) => ({ ...child, spiIn: child.spiOut, spiOut: child.spiIn });
    const sas = (children: (typeof x)[], ages: number[]) => children.map((child, i) => ikeSa(INTENT.connectionName, child.uniqueId, [child], { establishedSeconds: ages[i]! }));
    expect(words(situation({ ...UP, ikeSas: sas([x, y], [11, 12]) }))).toEqual(['terminate 1']);
    expect(words(situation({ ...UP, ikeSas: sas([swapped(y), swapped(x)], [12, 12]) }))).toEqual(['terminate 1']);
  });

  it('never touches what another tunnel has in the same charon', () => {
    const shared: FoundTunnel = {
      ...UP, connections: [...UP.connections, FOREIGN.connectionName], secrets: [...UP.secrets, FOREIGN.secret.id], ikeSas: [...UP.ikeSas, ikeSa(FOREIGN.connectionName, 9, [childSa(9)])],
    };
    expect(words(situation(shared))).toEqual([]);
    expect(words(situation(shared, { ...WANTED, adminStatus: 'DOWN' }))).not.toContain('terminate 9');
  });

  it('leaves nothing to do once it was carried out, and keeps the order laws on the way', () => {
    fc.assert(fc.property(arbitraryFound, arbitraryWanted, (found, wanted) => {
      const first = plan({ tunnelId: TUNNEL, wanted, found, failed: [], now: NOW });
      const model: Model = { tunnelId: TUNNEL, wanted, found, withdrawn: false, waited: false };
      const after = first.operations.reduce(apply, model); // apply asserts the laws
      expect(plan({ tunnelId: TUNNEL, wanted, found: after.found, failed: [], now: NOW }).operations).toEqual([]);
    }), { numRuns: 2_000 });
  });

  it('and what is told agree on the device: UP while it is up and is to stay so', () => {
    fc.assert(fc.property(arbitraryFound, fc.option(name, { nil: undefined }), fc.constantFrom('usable', 'hold-down', 'listening'), (found, initiating, verdict) => {
      const { operations } = plan({ ...situation(found), initiating, verdict });
      if (operations.some(({ op }) => op === 'withdraw')) return; // what is to end is told when it has
      const staysUp = (found.device?.up ?? false) && !operations.some((operation) => operation.op === 'set-device' && !operation.up);
      const { operStatus } = snapshotOf(undefined, { wanted: WANTED, found, initiating, verdict, diagnosis: undefined, now: NOW });
      expect(operStatus).toBe(staysUp && verdict === 'usable' ? 'UP' : 'DOWN');
    }), { numRuns: 2_000 });
  });
});

const name = fc.constantFrom(INTENT.connectionName, OLD.connectionName, FOREIGN.connectionName);
const secretId = fc.constantFrom(INTENT.secret.id, OLD.secret.id, FOREIGN.secret.id);
const childState = fc.constantFrom('INSTALLED', 'REKEYING', 'REKEYED', 'DELETED', 'INSTALLING', 'CREATED');
const arbitraryWanted = fc.constantFrom<WantedTunnel | undefined>(WANTED, { ...WANTED, adminStatus: 'DOWN' }, undefined);
const device = fc.option(fc.record({ up: fc.boolean(), address: fc.constantFrom('169.254.1.2/30', '10.0.0.1/30', null) }), { nil: null });
const running = fc.record({
  outer: fc.constant(true), charonRunning: fc.constant(true), connections: fc.uniqueArray(name), secrets: fc.uniqueArray(secretId), device,
  ikeSas: fc.uniqueArray(fc.record({
    name, uniqueId: fc.nat(9), state: fc.constantFrom('ESTABLISHED', 'CONNECTING', 'REKEYED', 'DELETING'), establishedSeconds: fc.constantFrom(1, 9, 10, 60),
    children: fc.array(childState, { maxLength: 2 }),
  }), { selector: sa => sa.uniqueId, maxLength: 4 })
    .map(sas => sas.map(sa => ikeSa(sa.name, sa.uniqueId, sa.children.map((state, i) => childSa(sa.uniqueId * 10 + i, state)), { state: sa.state, establishedSeconds: sa.establishedSeconds }))),
});
const arbitraryFound: fc.Arbitrary<FoundTunnel> = fc.oneof(running, fc.record({ outer: fc.boolean(), device }).map(found => ({ ...NOTHING, ...found })));

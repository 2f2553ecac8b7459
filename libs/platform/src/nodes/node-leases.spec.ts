import type { NodeHeartbeat } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { NodeLeases } from './node-leases.js';

const SECOND = 1_000;
const beatOf = (node: string, beat: number, life = 'a'): NodeHeartbeat => ({ type: 'NodeHeartbeat', region: 'r', node, life, beat, leaseMs: 30 * SECOND });

/** A listener with a clock in hand: signs of the listener itself every 5 s, and of the nodes that live. */
class Listening {
  readonly leases = new NodeLeases(15 * SECOND);
  now = 0;
  beats = 0;

  pass(seconds: number, ...living: readonly string[]): this {
    for (let passed = 0; passed < seconds; passed += 5) {
      this.now += 5 * SECOND;
      this.sign(...living.map((node) => beatOf(node, ++this.beats)));
    }
    return this;
  }
  /** The listener hears nothing. */
  silence(seconds: number): this {
    this.now += seconds * SECOND;
    return this;
  }
  sign(...beats: readonly NodeHeartbeat[]): this {
    this.leases.heard(this.now);
    for (const beat of beats) this.leases.beat(beat, `at ${this.now / SECOND}`);
    return this;
  }
  get silent(): string[] {
    return [...this.leases.silent().keys()].sort();
  }
}

describe('a node is silent', () => {
  it('when its lease has run out while others were heard, since its last sign, and is heard again with the next', () => {
    const listening = new Listening().pass(60, 'n1', 'n2').pass(30, 'n1');
    expect(listening.silent).toEqual([]); // 30 s are not longer than the lease
    listening.pass(5, 'n1');
    expect([listening.silent, listening.leases.silentSince('r', 'n2'), listening.leases.silentSince('r', 'n1'), listening.leases.silentSince('r', 'never-heard')]).toEqual([['r/n2'], 'at 60', undefined, undefined]);
    expect(listening.pass(5, 'n1', 'n2').silent).toEqual([]);
  });

  it('also when it is the only one, or all are: the echo is heard', () => {
    expect(new Listening().pass(60, 'n1').pass(35).silent).toEqual(['r/n1']);
    expect(new Listening().pass(60, 'n1', 'n2').pass(35).silent).toEqual(['r/n1', 'r/n2']);
  });
});

describe('nobody is judged', () => {
  it('by one that hears nothing, for however long, and afterwards each has its whole lease again', () => {
    const listening = new Listening().pass(60, 'n1', 'n2').silence(3_600).sign();
    expect(listening.silent).toEqual([]);
    expect(listening.pass(25).silent).toEqual([]); // n1 and n2 find the broker later than we do
    expect(listening.pass(10, 'n1').silent).toEqual(['r/n2']);
  });

  it('for what is heard now and then only', () => {
    const listening = new Listening().pass(60, 'n1');
    for (let n = 0; n < 20; n++) listening.silence(20).sign();
    expect(listening.silent).toEqual([]);
  });

  it('because of a clock that jumps, forwards or back', () => {
    const listening = new Listening().pass(60, 'n1');
    listening.now += 86_400 * SECOND;
    expect(listening.pass(20, 'n1').silent).toEqual([]);
    listening.now -= 2 * 86_400 * SECOND;
    expect(listening.pass(20, 'n1').pass(20).silent).toEqual([]);
  });

  it('at a start, by what is old: the lease begins with the start', () => {
    const listening = new Listening().sign(beatOf('dead-for-days', 7));
    expect(listening.silent).toEqual([]);
    expect(listening.pass(35).silent).toEqual(['r/dead-for-days']);
  });
});

describe('what is no sign of life', () => {
  it('is a heartbeat that comes twice, or late', () => {
    const listening = new Listening().pass(60, 'n1').pass(35);
    for (const beat of [12, 11, 1]) expect(listening.sign(beatOf('n1', beat)).silent).toEqual(['r/n1']);
  });

  it('is one of a life that is over; a new life counts from anything, whatever its clock says', () => {
    const listening = new Listening().pass(60, 'n1').sign(beatOf('n1', 0, 'b')).pass(35);
    expect(listening.sign(beatOf('n1', 99, 'a')).silent).toEqual(['r/n1']);
    expect(listening.sign(beatOf('n1', 1, 'b')).silent).toEqual([]);
  });
});

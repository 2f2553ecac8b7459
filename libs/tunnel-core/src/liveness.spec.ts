import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inDoubt, isInUse, live, UNKNOWN, verdictOf, type Liveness, type LivenessFact, type Witness } from './liveness.js';

type Step = LivenessFact;
const ike = (at: number, ...ikeSas: string[]): Step => ({ fact: 'ike', at, ikeSas, dpd: true });
const reply = (at: number): Step => ({ fact: 'reply', at });
const replies = (from: number, to: number): Step[] => range(from, to, 100).map(reply);
const bfd = (at: number, state: 'up' | 'down' | 'admin-down'): Step => ({ fact: 'bfd', at, state });
const time = (at: number): Step => ({ fact: 'time', at });
const WITH_OTHERS: Witness = { heard: true, punctualMs: 60_000 };
const ALONE: Witness = { heard: false, punctualMs: 60_000 };
/** Looks every 25 ms of one who sends a probe every 100 ms; `packetsIn` is what has come in. */
const looks = (from: number, to: number, packetsIn: (at: number) => number = () => 7, witness: (at: number) => Witness = () => WITH_OTHERS): Step[] =>
  range(from, to, 25).map(at => ({ fact: 'traffic', at, seen: { packetsIn: packetsIn(at), packetsOut: Math.floor(at / 100), echoesSent: Math.floor(at / 100) }, witness: witness(at) }));
const alone = (from: number, to: number, packetsIn?: (at: number) => number): Step[] => looks(from, to, packetsIn, () => ALONE);
const range = (from: number, to: number, step: number): number[] => Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);

const after = (...steps: (Step | Step[])[]): Liveness => steps.flat().reduce(live, UNKNOWN);
/** When the steps first make a verdict. */
const when = (wanted: string, steps: Step[], from = UNKNOWN): number | undefined => {
  let state = from;
  for (const step of steps) {
    state = live(state, step);
    if (verdictOf(state, step.at) === wanted) return step.at;
  }
  return undefined;
};
const answering = [ike(0, '1'), ...replies(0, 1_001)];

describe('liveness', () => {
  it('finds a peer silent that has answered, within 350 ms of its last packet', () => {
    const at = when('hold-down', [...answering, ...looks(1_001, 3_000)]);
    expect(at).toBeGreaterThanOrEqual(1_300);
    expect(at).toBeLessThanOrEqual(1_350);
  });

  it.each<[string, Step[]]>([
    ['has never answered', [ike(0, '1'), ...looks(0, 20_000)]],
    ['answered too few times to be known for it', [ike(0, '1'), reply(0), reply(100), ...looks(200, 20_000)]],
    ['still sends its own packets, though it answers no more', [...answering, ...looks(1_001, 20_000, at => Math.floor(at / 200))]],
    ['is down for IKE', [...answering, ike(1_050), ...looks(1_051, 20_000)]],
    ['was not asked: the prober stands still', [...answering, ...looks(1_001, 20_000).map((look): Step => (look.fact === 'traffic' ? { ...look, seen: { packetsIn: 7, packetsOut: 900 + look.at, echoesSent: 10 } } : look))]],
    ['was not looked at in time: the worker stood still', [...answering, ...looks(1_125, 1_150), ...looks(2_000, 2_001, () => 15), ...replies(2_001, 2_500)]],
    ['has BFD that was never up', [ike(0, '1'), bfd(100, 'down'), time(200)]],
    ['ends BFD on purpose', [ike(0, '1'), bfd(100, 'up'), bfd(2_000, 'admin-down'), time(2_100)]],
    ['loses BFD while echo proves the path', [...answering, bfd(500, 'up'), bfd(1_050, 'down'), time(1_100)]],
  ])('does not condemn a peer that %s', (_, steps) => expect(when('hold-down', steps)).toBeUndefined());

  it('believes BFD at once when echo does not contradict it', () => {
    expect(when('hold-down', [ike(0, '1'), bfd(100, 'up'), bfd(5_000, 'down')])).toBe(5_000);
    expect(when('hold-down', [...answering, bfd(500, 'up'), bfd(1_280, 'down')])).toBe(1_280);
    expect(when('hold-down', [ike(0, '1'), { fact: 'bfd-looked-up', at: 100, up: true }, bfd(5_000, 'down')])).toBe(5_000);
  });

  it('never condemns for a state that was asked for, which may be overtaken', () => {
    expect(when('hold-down', [ike(0, '1'), bfd(100, 'up'), { fact: 'bfd-looked-up', at: 200, up: false }])).toBeUndefined();
  });

  const silent = after(answering, looks(1_001, 1_351));

  it('holds the device down, then listens, and takes the tunnel back after two seconds of unbroken answers', () => {
    expect(verdictOf(silent, 1_400)).toBe('hold-down');
    expect(verdictOf(live(silent, time(2_400)), 2_400)).toBe('listening');
    expect(when('usable', replies(3_000, 6_000), silent)).toBe(5_000);
    // one answer is missing
    expect(when('usable', [...replies(3_000, 4_000), ...replies(4_400, 8_000)], silent)).toBe(6_400);
  });

  it('takes it back as well for BFD, and for a new IKE SA, which was negotiated over the path', () => {
    expect(when('usable', [bfd(3_000, 'up'), ...range(3_000, 6_000, 25).map(time)], silent)).toBe(5_000);
    expect(when('usable', [ike(3_000, '1'), ike(3_100, '1', '2')], silent)).toBe(3_100);
    expect(when('usable', [ike(3_000)], silent)).toBe(3_000);
  });

  it('believes IKE when it stands though it has asked meanwhile, and echo alone is blocked; without DPD it does not', () => {
    expect(when('usable', range(2_000, 60_000, 500).map(time), silent)).toBe(31_500);
    expect(when('usable', [{ fact: 'ike', at: 1_400, ikeSas: ['1'], dpd: false }, ...range(2_000, 60_000, 500).map(time)], silent)).toBeUndefined();
  });

  it('waits longer after each relapse, and forgets relapses in calm', () => {
    let [state, now] = [after(answering), 1_001];
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const fell = when('hold-down', looks(now, now + 1_000), state)!;
      state = looks(now, fell + 1).reduce(live, state);
      const back = when('usable', replies(fell + 1_000, fell + 60_000), state)!;
      state = replies(fell + 1_000, back + 1).reduce(live, state);
      waits.push(back - (fell + 1_000));
      now = back + (round === 5 ? 10_000 : 100);
      state = replies(back + 100, now).reduce(live, state);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 16_000, 16_000, 2_000]);
  });

  describe('of a tunnel that has relapsed and answers again', () => {
    const then = (from: Liveness, steps: Step[]): Liveness => steps.reduce(live, from);
    const back = then(silent, replies(3_000, 5_001));
    const relapsed = then(back, looks(5_001, 5_400));
    const answeringAgain = (until: number, last: (at: number) => boolean): Step[] => [...replies(6_500, until), ...range(6_500, until, 25).map((at): Step => ({ fact: 'time', at, last: last(at) }))].sort((a, b) => a.at - b.at);

    it('serves its penalty while another one carries', () => {
      expect([isInUse(back), isInUse(relapsed), relapsed.relapses]).toEqual([true, false, 1]);
      expect(when('usable', answeringAgain(20_000, () => false), relapsed)).toBe(10_500);
    });

    it('takes it back at once when the last other one dies', () => {
      expect(when('usable', answeringAgain(20_000, at => at >= 7_000), relapsed)).toBe(7_000);
    });

    it('takes it back after 300 ms of unbroken answers, or of BFD, where no other carries, and not while its device is held down', () => {
      expect(when('usable', answeringAgain(20_000, () => true), relapsed)).toBe(6_800);
      expect(when('usable', answeringAgain(6_700, () => true), relapsed)).toBeUndefined();
      expect(when('usable', range(6_000, 60_000, 1_000).flatMap((at): Step[] => [reply(at), { fact: 'time', at, last: true }]), relapsed)).toBeUndefined();
      expect(when('usable', [bfd(6_500, 'up'), ...answeringAgain(7_000, () => true).filter(({ fact }) => fact === 'time')], relapsed)).toBe(6_800);
      expect(when('usable', range(5_400, 7_000, 25).flatMap((at): Step[] => [reply(at), { fact: 'time', at, last: true }]), relapsed)).toBe(relapsed.silent!.since + 1_024); // the next look
    });
  });

  describe('where no other tunnel of the gateway is heard', () => {
    const silentAlone = after(answering, alone(1_001, 2_201));

    it('waits a second, then leaves the tunnel to BIRD, with its device up', () => {
      expect(when('listening', [...answering, ...alone(1_001, 3_000)])).toBeGreaterThanOrEqual(2_000);
      expect(when('listening', [...answering, ...alone(1_001, 3_000)])).toBeLessThanOrEqual(2_150);
      expect(when('hold-down', [...answering, ...alone(1_001, 10_000)])).toBeUndefined();
    });

    it.each<[string, Step[]]>([
      ['a silence of less than a second', [...answering, ...alone(1_001, 1_950), ...replies(1_950, 3_000)]],
      ['a judge that was late itself', [...answering, ...looks(1_001, 2_800, () => 7, at => ({ heard: false, punctualMs: at - 1_850 }))]],
      ['a prober that asked too few times', [...answering, ...alone(1_001, 4_000).map((look): Step => (look.fact === 'traffic' ? { ...look, seen: { ...look.seen, echoesSent: Math.floor(look.at / 500) } } : look))]],
    ])('does not believe %s', (_, steps) => expect(when('listening', steps)).toBeUndefined());

    it('believes at once when another is heard again', () => {
      expect(when('hold-down', [...answering, ...alone(1_001, 1_600), ...looks(1_601, 1_700)])).toBe(1_601);
    });

    it('ends with the first packet, whatever it is, and has to learn anew who answers', () => {
      expect(when('usable', alone(3_000, 60_000), silentAlone)).toBe(silentAlone.silent!.since + 30_024); // the next look after IKE is believed
      expect(when('usable', alone(3_000, 9_000, at => (at < 5_000 ? 7 : 8)), silentAlone)).toBe(5_000);
      expect(after(answering, alone(1_001, 2_201), alone(3_000, 3_100, () => 8)).answers).toBe(false);
    });

    it('that comes again soon has to prove itself as any other: unbroken answers, longer each time', () => {
      const again = after(answering, alone(1_001, 2_201), alone(3_000, 3_100, () => 8), replies(3_100, 3_501), alone(3_501, 5_000, () => 8));
      expect(verdictOf(again, 5_000)).toBe('listening');
      expect(when('usable', alone(5_000, 8_000, at => at), again)).toBeUndefined();
      expect(when('usable', replies(6_000, 12_000), again)).toBe(10_000);
    });
  });

  it('stays silent through a link that flaps every 300 ms for a minute', () => {
    const flapping = range(2_000, 62_000, 600).flatMap(on => replies(on, on + 300));
    expect(when('usable', flapping, after(answering, looks(1_001, 1_351)))).toBeUndefined();
  });

  const anyFact = fc.record({ gap: fc.integer({ min: 0, max: 400 }), heard: fc.boolean(), kind: fc.constantFrom('reply', 'look', 'inbound', 'up', 'down', 'looked', 'rekey', 'time') });
  const history = (facts: { gap: number; heard: boolean; kind: string }[]): Step[] => {
    let [at, packetsIn, sa] = [0, 0, 1];
    return [ike(0, '1'), ...facts.map(({ gap, heard, kind }): Step => {
      at += gap;
      switch (kind) {
        case 'reply': packetsIn++; return reply(at);
        case 'up': case 'down': return bfd(at, kind);
        case 'looked': return { fact: 'bfd-looked-up', at, up: false };
        case 'rekey': return ike(at, String(++sa));
        case 'time': return time(at);
        default:
          if (kind === 'inbound') packetsIn++;
          return { fact: 'traffic', at, seen: { packetsIn, packetsOut: at, echoesSent: at }, witness: { heard, punctualMs: at } };
      }
    })];
  };

  it('condemns only after silence, or by BFD that was up', () => {
    fc.assert(fc.property(fc.array(anyFact, { maxLength: 80 }), facts => {
      let state = UNKNOWN;
      let [heardAt, wasUp] = [-Infinity, false];
      for (const step of history(facts)) {
        const before = state;
        state = live(state, step);
        if (!before.silent && state.silent?.because === 'probes') expect(step.at - heardAt).toBeGreaterThanOrEqual(state.silent.alone ? 1_000 : 300);
        if (!before.silent && state.silent?.because === 'bfd') expect(wasUp).toBe(true);
        if (step.fact === 'reply') heardAt = step.at;
        if (step.fact === 'bfd') wasUp = step.state === 'up';
      }
    }));
  });

  it('says the same when a fact comes twice, and asks for looks only while it may condemn', () => {
    fc.assert(fc.property(fc.array(anyFact, { maxLength: 60 }), facts => {
      const steps = history(facts).filter(step => step.fact !== 'reply');
      const [once, twice] = [steps, steps.flatMap(step => [step, step])].map(road => road.reduce(live, UNKNOWN));
      expect(twice).toEqual(once);
      const end = history(facts).reduce(live, UNKNOWN);
      if (end.silent || !end.answers) expect(inDoubt(end, 1e9)).toBe(false);
    }));
  });
});

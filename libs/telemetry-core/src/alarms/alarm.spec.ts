import { http } from '@bordergate/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leave, look, type AlarmMemory, type AlarmStep, type WatchedRule } from './alarm.js';
import { keyOfCondition, periodsAt, verdictOf } from './condition.js';

const MIDNIGHT = Date.parse('2026-01-05T00:00:00Z');
const condition = (more: Partial<http.AlarmCondition> = {}) => http.AlarmCondition.parse({ metric: 'operUp', periodMinutes: 1, statistic: 'max', operator: 'eq', threshold: 0, consecutivePeriods: 2, ...more });
const ruleOf = (more: Partial<WatchedRule> = {}): WatchedRule => ({
  enabled: true, conditions: [condition()], notify: { onAlarm: true, onInsufficientData: false, onRecovery: true }, effectiveHours: null, repeatMinutes: null, ...more,
});

const timeOf = (text: string) => MIDNIGHT + (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * 60_000;

/**
 * One resource in virtual time. A line: the time, what was read in the minute before it (per condition, "-": nothing, "off": not watched), and after
 * "->" what it is then, with the notice. Between two lines each minute reads as the one before; nothing may happen in it but what is on a line.
 */
function play(text: string, rules: Readonly<Record<string, WatchedRule>>): void {
  let rule = rules.rule!;
  let before: AlarmMemory | null = null;
  let values: readonly string[] = [];
  const read: (number | null)[][] = [];
  let now: number | undefined;
  for (const line of text.split('\n').map((each) => each.trim()).filter(Boolean)) {
    const [, time, reading, expected] = /^(\d\d:\d\d)\s+(.+?)\s+->\s*(.+)$/.exec(line) ?? [];
    if (time === undefined) {
      rule = rules[line.replace(/^edit /, '')]!;
      continue;
    }
    const minutes = [];
    for (let at = now === undefined ? timeOf(time) : now + 60_000; at <= timeOf(time); at += 60_000) minutes.push(at);
    for (const at of minutes) {
      const last = at === timeOf(time);
      if (last) values = reading!.split(/\s+/);
      read.push(rule.conditions.map((_, index) => (values[index] ?? values[0]) === '-' || values[0] === 'off' ? null : Number(values[index] ?? values[0])));
      const readings = rule.conditions.map(({ consecutivePeriods }, index) => read.slice(-consecutivePeriods).map((minute) => minute[index] ?? null));
      const looked = look(rule, before, { at, readings, off: values[0] === 'off' ? 'the tunnel is disabled' : null, because: '' });
      expect(look(rule, looked.memory, { at, readings, off: values[0] === 'off' ? 'the tunnel is disabled' : null, because: '' }), 'looked at twice').toEqual({ memory: looked.memory, step: null });
      before = JSON.parse(JSON.stringify(looked.memory)) as AlarmMemory; // as it is stored
      const { state, level } = looked.memory;
      const happened = [state, level === 'common' ? '' : level, looked.step?.notice ? `(${looked.step.notice})` : ''].filter(Boolean).join(' ');
      if (last) expect(happened, line).toBe(expected);
      else expect(looked.step, `between the lines, at ${new Date(at).toISOString()}, before ${line}`).toBeNull();
    }
    now = timeOf(time);
  }
}

describe('an alarm', () => {
  it.each<[string, string, Record<string, WatchedRule>]>([
    ['fires after so many periods in a row, holds, and recovers', `
      12:00 1 -> normal
      12:01 0 -> normal
      12:02 1 -> normal
      12:03 0 -> normal
      12:04 0 -> alarm (alarm)
      12:30 0 -> alarm
      12:31 1 -> normal (recovery)
      12:40 1 -> normal`, { rule: ruleOf() }],
    ['holds over a gap, and is unknown when nothing comes any more', `
      12:00 0 -> insufficientData
      12:01 0 -> alarm (alarm)
      12:02 - -> alarm
      12:03 - -> insufficientData
      12:10 - -> insufficientData
      12:11 0 -> insufficientData
      12:12 0 -> alarm
      12:13 1 -> normal (recovery)
      12:14 - -> normal
      12:15 - -> insufficientData
      12:16 1 -> normal`, { rule: ruleOf() }],
    ['tells of missing data who wants to know', `
      12:00 1 -> normal
      12:01 - -> normal
      12:02 - -> insufficientData (insufficientData)
      12:09 - -> insufficientData
      12:10 0 -> insufficientData
      12:11 0 -> alarm (alarm)
      12:12 - -> alarm
      12:13 - -> insufficientData (insufficientData)
      12:14 1 -> normal (recovery)`, { rule: ruleOf({ notify: { onAlarm: true, onInsufficientData: true, onRecovery: true } }) }],
    ['is told again while it lasts', `
      12:00 0 -> insufficientData
      12:01 0 -> alarm (alarm)
      12:11 0 -> alarm (repeat)
      12:21 0 -> alarm (repeat)
      12:25 1 -> normal (recovery)
      12:40 1 -> normal`, { rule: ruleOf({ repeatMinutes: 10 }) }],
    ['has the highest level that holds, and tells when it changes', `
      12:00 0.9 -> normal
      12:01 0.4 -> alarm (alarm)
      12:02 0.1 -> alarm fatal (alarm)
      12:09 0.1 -> alarm fatal
      12:10 0.3 -> alarm (alarm)
      12:11 0.9 -> normal (recovery)`,
    { rule: ruleOf({ conditions: [condition({ operator: 'lt', threshold: 0.5, consecutivePeriods: 1 }), condition({ operator: 'lt', threshold: 0.2, consecutivePeriods: 1, level: 'fatal' })] }) }],
    ['is raised by any of its conditions; one without data does not speak for the others', `
      12:00 1 - -> normal
      12:01 1 - -> normal
      12:02 0 - -> alarm (alarm)
      12:03 1 0 -> normal (recovery)
      12:04 1 0 -> alarm critical (alarm)
      12:05 1 - -> alarm critical
      12:06 1 - -> insufficientData
      12:07 1 1 -> normal (recovery)`, { rule: ruleOf({ conditions: [condition({ consecutivePeriods: 1 }), condition({ metric: 'bgpEstablished', level: 'critical' })] }) }],
    ['waits for the hours in which it may be told, and what is over by then is never told', `
      06:00 1 -> normal
      06:01 0 -> normal
      06:02 0 -> alarm
      06:10 1 -> normal
      07:00 0 -> normal
      07:01 0 -> alarm
      08:00 0 -> alarm (alarm)
      17:59 0 -> alarm
      18:00 0 -> alarm
      18:10 1 -> normal`, { rule: ruleOf({ effectiveHours: { from: '08:00', to: '18:00', timeZone: 'UTC' } }) }],
    ['that recovers out of hours is told to be over when they begin', `
      08:58 0 -> insufficientData
      08:59 0 -> alarm (alarm)
      09:00 1 -> normal
      22:00 1 -> normal (recovery)`, { rule: ruleOf({ effectiveHours: { from: '22:00', to: '09:00', timeZone: 'UTC' } }) }],
    ['goes by the clock of its time zone', `
      00:29 0 -> insufficientData
      00:30 0 -> alarm (alarm)
      00:31 1 -> normal (recovery)`, { rule: ruleOf({ effectiveHours: { from: '08:30', to: '09:00', timeZone: 'Asia/Shanghai' } }) }],
    ['of a rule that is edited goes on where the condition is the same, and begins anew where it is not', `
      12:00 0.3 -> insufficientData
      12:01 0.3 -> alarm (alarm)
      edit stricter
      12:02 0.3 -> alarm
      edit other
      12:03 0.3 -> normal (recovery)
      edit rule
      12:04 0.3 -> alarm (alarm)`, {
      rule: ruleOf({ conditions: [condition({ operator: 'lt', threshold: 0.5 })] }),
      stricter: ruleOf({ conditions: [condition({ operator: 'lt', threshold: 0.1, level: 'fatal' }), condition({ operator: 'lt', threshold: 0.5 })] }),
      other: ruleOf({ conditions: [condition({ operator: 'gt', threshold: 0.5 })] }),
    }],
    ['of a rule that is disabled is silent, and looks only at what came since', `
      12:00 0 -> insufficientData
      12:01 0 -> alarm (alarm)
      edit disabled
      12:02 0 -> disabled
      12:09 0 -> disabled
      edit rule
      12:10 0 -> insufficientData
      12:11 0 -> insufficientData
      12:12 0 -> alarm (alarm)`, { rule: ruleOf(), disabled: ruleOf({ enabled: false }) }],
    ['of a tunnel that its owner disables is over, and does not fire for the time before it was enabled', `
      12:00 0 -> insufficientData
      12:01 0 -> alarm (alarm)
      12:02 off -> disabled (recovery)
      12:30 off -> disabled
      12:31 0 -> insufficientData
      12:32 0 -> insufficientData
      12:33 1 -> normal`, { rule: ruleOf() }],
    ['that nobody wants to be told of is seen all the same', `
      12:00 0 -> insufficientData
      12:01 0 -> alarm
      12:05 1 -> normal`, { rule: ruleOf({ notify: { onAlarm: false, onInsufficientData: false, onRecovery: true } }) }],
    ['is told anew when nobody wanted to know that it was over', `
      12:00 0 -> insufficientData
      12:01 0 -> alarm (alarm)
      12:02 1 -> normal
      12:03 0 -> normal
      12:04 0 -> alarm (alarm)`, { rule: ruleOf({ notify: { onAlarm: true, onInsufficientData: false, onRecovery: false } }) }],
  ])('%s', (_, text, rules) => play(text, rules));

  it('says which condition, which value, and what else is known', () => {
    const { step } = look(ruleOf(), null, { at: MIDNIGHT, readings: [[0, 0]], off: null, because: 'tun-1 is DOWN: dpd-timeout' });
    expect(step).toEqual({ from: null, to: 'alarm', level: 'common', notice: 'alarm', detail: 'operUp max was 0, equal to 0 in 2 periods of 1 min: tun-1 is DOWN: dpd-timeout' });
  });

  it('of a resource that goes is told to be over to who was told of it', () => {
    const { memory } = look(ruleOf(), null, { at: MIDNIGHT, readings: [[0, 0]], off: null, because: '' });
    expect(leave(ruleOf(), memory, 'gone')).toEqual({ from: 'alarm', to: 'normal', level: null, detail: 'gone', notice: 'recovery' });
    expect(leave(ruleOf(), { ...memory, told: null }, 'gone')).toMatchObject({ notice: null });
    expect(leave(ruleOf(), { ...memory, state: 'normal', told: null }, 'gone')).toBeNull();
  });
});

describe('periods', () => {
  it.each([[5, 2, '12:04', '11:50', '12:00'], [1, 3, '12:00', '11:57', '12:00'], [60, 1, '13:59', '12:00', '13:00']] as const)('%i min × %i at %s: %s to %s', (periodMinutes, consecutivePeriods, at, start, end) =>
    expect(periodsAt({ periodMinutes, consecutivePeriods }, timeOf(at))).toEqual({ startMs: timeOf(start), endMs: timeOf(end), stepMs: periodMinutes * 60_000 }));
  it.each([['lt', 1, 'holds'], ['lt', 2, 'clear'], ['lte', 2, 'holds'], ['gt', 2, 'clear'], ['gte', 2, 'holds'], ['eq', 2, 'holds'], ['ne', 2, 'clear']] as const)('%s 2 with %i: %s', (operator, value, verdict) =>
    expect(verdictOf(condition({ operator, threshold: 2, consecutivePeriods: 1 }), [value])).toBe(verdict));
});

const readingsOf = fc.array(fc.option(fc.constantFrom(0, 0.3, 1)), { minLength: 1, maxLength: 40 });
const rules = fc.record({
  enabled: fc.constant(true), notify: fc.record({ onAlarm: fc.boolean(), onInsufficientData: fc.boolean(), onRecovery: fc.boolean() }), repeatMinutes: fc.constantFrom(null, 5, 10),
  effectiveHours: fc.constantFrom(null, { from: '00:10', to: '00:20', timeZone: 'UTC' }),
  conditions: fc.array(fc.record({ operator: fc.constantFrom('lt', 'gt', 'eq'), threshold: fc.constantFrom(0, 0.5), consecutivePeriods: fc.constantFrom(1, 2, 3), level: fc.constantFrom('common', 'fatal') }).map((more) => condition(more as never)), { minLength: 1, maxLength: 3 }),
}) as fc.Arbitrary<WatchedRule>;

/** All steps of a life, minute by minute. @param keep what is done to the memory between two minutes */
function live(rule: WatchedRule, values: readonly (number | null)[], keep: (memory: AlarmMemory, minute: number) => AlarmMemory = (memory) => memory) {
  const steps: (AlarmStep & { minute: number })[] = [];
  let memory: AlarmMemory | null = null;
  values.forEach((_, minute) => {
    const readings = rule.conditions.map(({ consecutivePeriods }) => values.slice(Math.max(0, minute + 1 - consecutivePeriods), minute + 1));
    const moment = { at: MIDNIGHT + minute * 60_000, readings, off: null, because: '' };
    const looked = look(rule, memory, moment);
    memory = keep(looked.memory, minute);
    if (looked.step) steps.push({ ...looked.step, minute });
  });
  return { steps, memory: memory as unknown as AlarmMemory };
}

describe('properties', () => {
  it('a restart at any minute, and minutes looked at twice, change no answer', () => {
    fc.assert(fc.property(rules, readingsOf, fc.nat(40), (rule, values, restart) => {
      const expected = live(rule, values);
      expect(live(rule, values, (memory, minute) => (minute === restart ? JSON.parse(JSON.stringify(memory)) : memory))).toEqual(expected);
      const twice = live(rule, values.flatMap((value) => [value]), (memory, minute) => {
        const readings = rule.conditions.map(({ consecutivePeriods }) => values.slice(Math.max(0, minute + 1 - consecutivePeriods), minute + 1));
        const again = look(rule, memory, { at: MIDNIGHT + minute * 60_000, readings, off: null, because: '' });
        expect(again).toEqual({ memory, step: null });
        return again.memory;
      });
      expect(twice).toEqual(expected);
    }));
  });

  it('where enough is measured the past does not matter', () => {
    fc.assert(fc.property(rules, readingsOf, fc.constantFrom(0, 0.3, 1, null), (rule, values, last) => {
      const settled = [last, last, last];
      expect(live(rule, [...values, ...settled]).memory).toMatchObject((({ state, level }) => ({ state, level }))(live(rule, settled).memory));
    }));
  });

  it('each recovery ends something that was told, an alarm is told once at a level, and repeats keep their distance', () => {
    fc.assert(fc.property(rules, readingsOf, (rule, values) => {
      let told: AlarmStep & { minute: number } | undefined;
      for (const step of live(rule, values).steps.filter(({ notice }) => notice !== null)) {
        if (step.notice === 'recovery') expect(told).toBeDefined();
        // When nobody wants to know that it is over, it is over silently.
        if (step.notice === 'alarm' && told?.to === 'alarm' && rule.notify.onRecovery) expect(step.level).not.toBe(told.level);
        if (step.notice === 'repeat') {
          expect(told).toMatchObject({ to: 'alarm', level: step.level });
          expect(step.minute - told!.minute).toBeGreaterThanOrEqual(rule.repeatMinutes!);
        }
        told = step.notice === 'recovery' ? undefined : step;
      }
    }));
  });

  it('no data for as long as each condition looks back is insufficient data; the order of conditions does not matter', () => {
    fc.assert(fc.property(rules, readingsOf, (rule, values) => {
      expect(live(rule, [...values, null, null, null]).memory.state).toBe('insufficientData');
      const turned = { ...rule, conditions: [...rule.conditions].reverse() };
      expect(live(turned, values).steps.map(({ minute, to, level, notice }) => [minute, to, level, notice])).toEqual(live(rule, values).steps.map(({ minute, to, level, notice }) => [minute, to, level, notice]));
    }));
  });

  it('two conditions have one key exactly when they are the same', () => {
    fc.assert(fc.property(rules, ({ conditions }) => {
      for (const a of conditions) for (const b of conditions) expect(keyOfCondition(a) === keyOfCondition(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }));
  });
});

import type { http } from '@bordergate/contracts';
import { keyOfCondition, knownFrom, sentenceOf, verdictOf, type Readings } from './condition.js';
import { inEffect } from './hours.js';

export type WatchedRule = Pick<http.AlarmRule, 'enabled' | 'conditions' | 'notify' | 'effectiveHours' | 'repeatMinutes'>;

/** Of a rule and one of its resources: all that has to be kept to go on, also in another process. */
export interface AlarmMemory {
  readonly state: http.AlarmState;
  readonly level: http.AlarmLevel | null;
  readonly since: number;
  readonly detail: string;
  /** Conditions that hold, and those that held when their data stayed away: nobody knows that these are over. */
  readonly held: readonly string[];
  readonly lost: readonly string[];
  /** What was before is not looked at: it was not watched. */
  readonly from: number;
  /** Something has been known of it, once. */
  readonly judged: boolean;
  /** What whoever is notified was last told and believes still; null: that all is well. */
  readonly told: { readonly state: 'alarm' | 'insufficientData'; readonly level: http.AlarmLevel | null; readonly at: number } | null;
}

/** A moment of a resource, as a rule sees it. */
export interface Look {
  readonly at: number;
  /** Of each condition of the rule, in its order. */
  readonly readings: readonly Readings[];
  /** Why there is nothing to watch, such as a tunnel that its owner has disabled. */
  readonly off: string | null;
  /** What is known about the resource, for people. */
  readonly because: string;
}

export type Notice = 'alarm' | 'insufficientData' | 'recovery' | 'repeat';
/** A line of the history: a change, or (from and to being the same) that it was told again or only now. */
export interface AlarmStep {
  readonly from: http.AlarmState | null;
  readonly to: http.AlarmState;
  readonly level: http.AlarmLevel | null;
  readonly detail: string;
  readonly notice: Notice | null;
}
export interface Looked {
  /** The same object when nothing has changed. */
  readonly memory: AlarmMemory;
  readonly step: AlarmStep | null;
}

const LEVELS: readonly http.AlarmLevel[] = ['common', 'critical', 'fatal'];

/** What becomes of an alarm at a moment. Looking twice at the same changes nothing the second time. */
export function look(rule: WatchedRule, before: AlarmMemory | null, moment: Look): Looked {
  const judged = judge(rule, before, moment);
  const turned = before?.state !== judged.state || before.level !== judged.level;
  const same = !turned && sameKeys(before.held, judged.held) && sameKeys(before.lost, judged.lost);
  const detail = turned ? judged.detail : before.detail;
  const known = before?.judged === true || judged.state === 'normal' || judged.state === 'alarm';
  const memory: AlarmMemory = same ? before : { ...judged, detail, judged: known, since: before && before.state === judged.state ? before.since : moment.at, told: rule.enabled ? (before?.told ?? null) : null };
  const { told, notice } = tell(rule, memory, moment.at);
  // An alarm's history does not begin with all being well, nor with nothing being known yet.
  const news = (turned && (before?.judged === true || memory.state === 'alarm')) || notice !== null;
  return {
    memory: told === memory.told ? memory : { ...memory, told },
    step: news ? { from: before?.state ?? null, to: memory.state, level: memory.level, detail: notice === 'repeat' ? judged.detail : detail, notice } : null,
  };
}

/** The resource is there no longer, or no longer the rule's: who was told of an alarm is told that it is over. */
export function leave({ notify, enabled }: WatchedRule, before: AlarmMemory, detail: string): AlarmStep | null {
  if (before.told === null && before.state !== 'alarm') return null;
  return { from: before.state, to: 'normal', level: null, detail, notice: enabled && before.told !== null && notify.onRecovery ? 'recovery' : null };
}

type Judged = Omit<AlarmMemory, 'since' | 'told' | 'judged'>;

function judge({ enabled, conditions }: WatchedRule, before: AlarmMemory | null, { at, readings, off, because }: Look): Judged {
  const nothing = { level: null, held: [], lost: [] };
  if (!enabled || off !== null) return { ...nothing, state: 'disabled', detail: enabled ? off! : 'the rule is disabled', from: before?.from ?? 0 };
  const from = before?.state === 'disabled' ? at : (before?.from ?? 0);
  const known = conditions.map((condition, index) => knownFrom(from, condition, readings[index] ?? [], at));
  const held: number[] = [];
  const lost: number[] = [];
  let clear = 0;
  conditions.forEach((condition, index) => {
    const verdict = verdictOf(condition, known[index]!);
    const key = keyOfCondition(condition);
    const stood = before?.held.includes(key) ? held : before?.lost.includes(key) ? lost : undefined;
    if (verdict === 'holds') held.push(index);
    else if (verdict === 'missing' && stood) lost.push(index);
    else if (verdict === 'undecided' && stood) stood.push(index);
    else if (verdict === 'clear' || (verdict === 'undecided' && (before?.state === 'normal' || before?.state === 'alarm'))) clear++;
  });
  const keys = (indexes: readonly number[]) => indexes.map((index) => keyOfCondition(conditions[index]!));
  const common = { held: keys(held), lost: keys(lost), from };
  const sentence = (index: number) => sentenceOf(conditions[index]!, known[index]!);
  if (held.length > 0) {
    const worst = held.reduce((a, b) => (LEVELS.indexOf(conditions[b]!.level) > LEVELS.indexOf(conditions[a]!.level) ? b : a));
    return { ...common, state: 'alarm', level: conditions[worst]!.level, detail: withReason(sentence(worst), because) };
  }
  if (lost.length > 0 || clear === 0) return { ...common, state: 'insufficientData', level: null, detail: withReason(`nothing was measured of ${conditions[lost[0] ?? 0]!.metric}`, because) };
  return { ...common, state: 'normal', level: null, detail: withReason('no condition is fulfilled', because) };
}

/** Who is notified is told what is, when it is not what he was told last, the rule wants it told, and the hour allows it. */
function tell({ notify, effectiveHours, repeatMinutes, enabled }: WatchedRule, { state, level, told }: AlarmMemory, at: number): { told: AlarmMemory['told']; notice: Notice | null } {
  const nothing = { told, notice: null };
  if (!enabled || !inEffect(effectiveHours, at)) return nothing;
  if (state === 'alarm') {
    if (!notify.onAlarm) return nothing;
    if (told?.state !== 'alarm' || told.level !== level) return { told: { state, level, at }, notice: 'alarm' };
    return repeatMinutes !== null && at - told.at >= repeatMinutes * 60_000 ? { told: { ...told, at }, notice: 'repeat' } : nothing;
  }
  if (state === 'insufficientData') return notify.onInsufficientData && told?.state !== state ? { told: { state, level: null, at }, notice: state } : nothing;
  return told === null ? nothing : { told: null, notice: notify.onRecovery ? 'recovery' : null };
}

const withReason = (sentence: string, because: string): string => (because === '' ? sentence : `${sentence}: ${because}`);
const sameKeys = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((key, index) => key === b[index]);

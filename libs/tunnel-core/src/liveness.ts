import type { BfdState } from '@bordergate/bird';

/**
 * Whether packets get through a tunnel whose CHILD SA stands: IKE notices a silent loss only after many seconds.
 *
 * Three witnesses. BFD, where the peer has it. Else echo requests through the tunnel: a peer counts as silent when it has
 * answered before, does not now, *and* nothing else came in either (age of inbound packets): for three intervals where another
 * tunnel of its gateway is heard, for a second where none is. One that never answers, or stops answering while its packets
 * come, is left to IKE's dead peer detection. A verdict is taken back with hysteresis: after some time of unbroken answers,
 * longer each time it relapses, while there is another way that carries.
 */
export interface Liveness {
  /** The IKE SAs that carry the tunnel; none: it is down anyway, and nothing is judged. */
  readonly ikeSas: readonly string[];
  /** IKE itself asks whether the peer is there (DPD). */
  readonly dpd: boolean;
  /** The peer is known to answer echo requests. */
  readonly answers: boolean;
  /** The latest replies, without a silence between them. */
  readonly run: { readonly since: number; readonly last: number; readonly count: number } | null;
  /** When anything last came in, as far as was looked. */
  readonly heardAt: number;
  /** What the counters said when the doubt began. */
  readonly doubt: TrafficSeen | null;
  readonly bfdUpSince: number | null;
  readonly silent: Silence | null;
  /** Silences in a row, each soon after the tunnel was taken for alive again. */
  readonly relapses: number;
  readonly revivedAt: number;
}

export interface Silence {
  readonly since: number;
  readonly because: 'probes' | 'bfd';
  readonly ikeSas: readonly string[];
  /** Nobody else was heard, either; then what had come in when it was found. */
  readonly alone: { readonly packetsIn: number } | null;
}

/**
 * Why silence is to be believed. `heard`: another tunnel of the gateway is, so this node works, and traffic has another way.
 * `punctualMs`: how long whoever judges has been on time with everything.
 */
export interface Witness { readonly heard: boolean; readonly punctualMs: number }

/** Counters since ever: packets of the tunnel's device, and echo requests that left the gateway's namespace. */
export interface TrafficSeen {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly echoesSent: number;
}

export type LivenessFact =
  | { readonly fact: 'ike'; readonly at: number; readonly ikeSas: readonly string[]; readonly dpd: boolean }
  | { readonly fact: 'reply'; readonly at: number }
  | { readonly fact: 'traffic'; readonly at: number; readonly seen: TrafficSeen; readonly witness: Witness }
  /** The session's state changed. */
  | { readonly fact: 'bfd'; readonly at: number; readonly state: BfdState }
  /** Asked for, and perhaps overtaken by a change: it teaches that the peer has BFD, and never condemns. */
  | { readonly fact: 'bfd-looked-up'; readonly at: number; readonly up: boolean }
  /** `last`: no other tunnel of its connection carries anything, and none that ends on another node may. */
  | { readonly fact: 'time'; readonly at: number; readonly last?: boolean };

/**
 * `usable`: the device is up and BIRD uses it. `hold-down`: the device is down, so that the kernel leaves it at once, for
 * every route. `listening`: the device is up for probes, BFD and BGP, and BIRD takes no route over it.
 */
export type Verdict = 'usable' | 'hold-down' | 'listening';

export const PROBE_INTERVAL_MS = 100;
/** Three intervals, as BFD's default multiplier has it. */
export const SILENCE_MS = 3 * PROBE_INTERVAL_MS;
const DOUBT_MS = 1.2 * PROBE_INTERVAL_MS;
const FRESH_MS = 1.5 * PROBE_INTERVAL_MS;
/** Requests that must have left during the doubt: a prober that gets no processor is no silent peer. */
const UNANSWERED = 2;
/** Where nobody else is heard it may be our node, or the one router all tunnels lead to, that got no processor for a moment. */
const ALONE_SILENCE_MS = 1_000;
const ALONE_UNANSWERED = 8;
const LEARNED = 3;
const UNLEARN_MS = 3_000;
/** BIRD has moved its routes by then: a device that comes up sooner would revive those that it still has to move. */
const HOLD_DOWN_MS = 1_000;
const REVIVE_MS = 2_000;
const RELAPSE_MS = 5_000;
const MOST_DOUBLINGS = 3;
/** Where nothing else carries, whoever answers is better than nobody: as long as the silence that condemns. */
const REVIVE_LAST_MS = SILENCE_MS;
/** IKE has asked the peer meanwhile (DPD: 10 s and 7 s of retransmission), and stands: it is echo that is blocked. */
const IKE_KNOWS_MS = 30_000;

export const UNKNOWN: Liveness = {
  ikeSas: [], dpd: false, answers: false, run: null, heardAt: 0, doubt: null, bfdUpSince: null, silent: null, relapses: 0, revivedAt: -Infinity,
};

export const live = (before: Liveness, fact: LivenessFact): Liveness => revive(take(before, fact), fact.at, fact.fact === 'time' && fact.last === true);

export function verdictOf({ silent }: Liveness, at: number): Verdict {
  if (!silent) return 'usable';
  // Who is alone has no way that is as good, and may be back in a moment: BIRD leaves it, and its device stays, with its BGP session.
  return !silent.alone && at - silent.since < HOLD_DOWN_MS ? 'hold-down' : 'listening';
}

/** Whether the counters should be looked at: only then does probing cost more than the probes. */
export const inDoubt = (of: Liveness, at: number): boolean =>
  of.ikeSas.length > 0 && of.answers && !of.silent && at - of.heardAt > DOUBT_MS;

/** A first silence alone ends with the first packet; one that comes again soon has to prove itself as any other. */
export const awaitsAnyPacket = ({ silent, relapses }: Liveness): boolean => silent?.alone != null && relapses === 0;

/** Someone answered just now, so the prober and this node work. */
export const isHeard = (of: Liveness, at: number): boolean => of.silent === null && at - of.heardAt <= FRESH_MS;

/** Nothing says that it does not carry. */
export const isInUse = ({ ikeSas, silent }: Liveness): boolean => ikeSas.length > 0 && silent === null;

function take(before: Liveness, fact: LivenessFact): Liveness {
  switch (fact.fact) {
    case 'ike': return ofIke(before, fact.ikeSas, fact.dpd);
    case 'reply': return ofReply(before, fact.at);
    case 'traffic': return ofTraffic(before, fact);
    case 'bfd': return ofBfd(before, fact.at, fact.state);
    case 'bfd-looked-up': return { ...before, bfdUpSince: fact.up ? (before.bfdUpSince ?? fact.at) : null };
    case 'time': return before;
  }
}

function ofIke(before: Liveness, ikeSas: readonly string[], dpd: boolean): Liveness {
  const { relapses, revivedAt, silent } = before;
  if (ikeSas.length === 0) return { ...UNKNOWN, relapses, revivedAt };
  // A new IKE SA was negotiated over the very path: the peer is there, and has to show anew that it answers.
  if (silent && ikeSas.some(id => !silent.ikeSas.includes(id))) return { ...UNKNOWN, relapses, revivedAt, ikeSas, dpd };
  return { ...before, ikeSas, dpd };
}

function ofReply(before: Liveness, at: number): Liveness {
  const goesOn = before.run !== null && at - before.run.last <= SILENCE_MS;
  const run = goesOn ? { since: before.run!.since, last: at, count: before.run!.count + 1 } : { since: at, last: at, count: 1 };
  return { ...before, run, answers: before.answers || run.count >= LEARNED, heardAt: Math.max(before.heardAt, at), doubt: null };
}

function ofTraffic(before: Liveness, { at, seen, witness }: Extract<LivenessFact, { fact: 'traffic' }>): Liveness {
  // It has to show anew that it answers: what came may be anything.
  if (awaitsAnyPacket(before)) return seen.packetsIn === before.silent!.alone!.packetsIn ? before : { ...before, silent: null, answers: false, run: null, heardAt: at, revivedAt: at };
  if (!inDoubt(before, at)) return before;
  const { doubt, heardAt, run } = before;
  if (!doubt) return { ...before, doubt: seen };
  if (seen.packetsIn !== doubt.packetsIn) {
    // Its packets come, only echo does not: it has stopped answering.
    const deaf = run === null || at - run.last > UNLEARN_MS;
    return { ...before, heardAt: at, answers: !deaf, doubt: deaf ? null : seen };
  }
  const asked = Math.min(seen.echoesSent - doubt.echoesSent, seen.packetsOut - doubt.packetsOut);
  const silentMs = at - heardAt;
  if (witness.heard) return asked >= UNANSWERED && silentMs >= SILENCE_MS ? fallSilent(before, at, 'probes', null) : before;
  const believed = asked >= ALONE_UNANSWERED && Math.min(silentMs, witness.punctualMs) >= ALONE_SILENCE_MS;
  return believed ? fallSilent(before, at, 'probes', { packetsIn: seen.packetsIn }) : before;
}

function ofBfd(before: Liveness, at: number, state: BfdState): Liveness {
  if (state === 'up') return { ...before, bfdUpSince: before.bfdUpSince ?? at };
  const after = { ...before, bfdUpSince: null };
  // Administratively down says nothing about the path (RFC 5882, 3.2), and who never had BFD up has no word in it.
  if (state === 'admin-down' || before.bfdUpSince === null || before.silent || before.ikeSas.length === 0) return after;
  // An echo that came since proves the path: it is the peer's BFD that ended.
  const proven = before.answers && before.run !== null && at - before.run.last <= FRESH_MS;
  return proven ? after : fallSilent(after, at, 'bfd', null);
}

function fallSilent(before: Liveness, at: number, because: Silence['because'], alone: Silence['alone']): Liveness {
  const relapses = at - before.revivedAt < RELAPSE_MS ? before.relapses + 1 : 0;
  return { ...before, silent: { since: at, because, ikeSas: before.ikeSas, alone }, run: null, doubt: null, relapses };
}

function revive(of: Liveness, at: number, last: boolean): Liveness {
  const { silent, run, bfdUpSince, relapses, dpd } = of;
  if (!silent || (!silent.alone && at - silent.since < HOLD_DOWN_MS)) return of;
  const holdMs = last ? REVIVE_LAST_MS : REVIVE_MS * 2 ** Math.min(relapses, MOST_DOUBLINGS);
  const byProbes = run !== null && at - run.last <= SILENCE_MS && at - run.since >= holdMs;
  const byBfd = bfdUpSince !== null && at - bfdUpSince >= holdMs;
  if (byProbes || byBfd) return { ...of, silent: null, heardAt: at, revivedAt: at };
  const echoIsBlocked = run === null || at - run.last > UNLEARN_MS;
  if (dpd && echoIsBlocked && at - silent.since >= IKE_KNOWS_MS) return { ...of, silent: null, answers: false, run: null, revivedAt: at };
  return of;
}

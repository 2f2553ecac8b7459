import { isRejection, type Rejection } from './rejection.js';

/**
 * The whole of an aggregate: three functions. `decide` may only look at its arguments (time, ids and facts about
 * other aggregates travel in the command); `evolve` never fails, because what happened has happened.
 */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  evolve(state: State, event: Event): State;
  decide(state: State, command: Command): readonly Event[] | Rejection;
}

/** The state after all events. */
export const fold = <State, Event>(decider: Pick<Decider<State, never, Event>, 'initial' | 'evolve'>, events: Iterable<Event>): State => {
  let state = decider.initial;
  for (const event of events) state = decider.evolve(state, event);
  return state;
};

/** Decides and folds in one go: what happened and the state after it, or the refusal. */
export function run<State, Command, Event>(
  decider: Decider<State, Command, Event>, state: State, command: Command,
): { events: readonly Event[]; state: State } | Rejection {
  const decided = decider.decide(state, command);
  if (isRejection(decided)) return decided;
  return { events: decided, state: decided.reduce((s, event) => decider.evolve(s, event), state) };
}

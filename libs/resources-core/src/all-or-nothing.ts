import { isRejection, reject, type Decider, type Rejection } from '@bordergate/kernel';

/**
 * Several of the same in one command: each is decided in the presence of those before it, so two of one request clash as two requests
 * would. The first refusal refuses all, and its field says which one it is: "routes[3].destination".
 */
export function allOrNothing<State, Request, Event>(
  { evolve }: Pick<Decider<State, never, Event>, 'evolve'>, state: State, list: string, requests: readonly Request[], decide: (state: State, request: Request) => readonly Event[] | Rejection,
): readonly Event[] | Rejection {
  const events: Event[] = [];
  let present = state;
  for (const [index, request] of requests.entries()) {
    const decided = decide(present, request);
    if (isRejection(decided)) return reject(decided.code, decided.because, decided.field === undefined ? `${list}[${index}]` : `${list}[${index}].${decided.field}`);
    events.push(...decided);
    present = decided.reduce(evolve, present);
  }
  return events;
}

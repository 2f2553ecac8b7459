import assert from 'node:assert/strict';
import { fold, isRejection, type Decider } from '@bordergate/kernel';

/**
 * given(decider, events).when(command).then(events) or .rejected(code, field): what a decider decides after a history.
 * Asserts with node:assert, so that it works under any test runner and in none.
 */
export const given = <State, Command, Event>(decider: Decider<State, Command, Event>, history: readonly Event[] = []) => ({
  when: (command: Command) => {
    const decided = decider.decide(fold(decider, history), command);
    return {
      decided,
      // biome-ignore lint/suspicious/noThenProperty: given, when, then is how it is read; nobody awaits it
      then: (events: readonly Event[]): void => assert.deepEqual(decided, events),
      rejected: (code: string, field?: string): void => assert.deepEqual(isRejection(decided) ? { code: decided.code, field: decided.field } : decided, { code, field }),
    };
  },
});

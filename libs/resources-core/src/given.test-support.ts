import { fold, isRejection, type Decider } from '@bordergate/kernel';
import { expect } from 'vitest';
import { QUOTAS, type Quotas } from './quotas.js';

// Support of this library's own specs; not in the index.

/** given(events).when(command): what a decider decides after a history. */
export const given = <State, Command, Event>(decider: Decider<State, Command, Event>, ...history: Event[]) => ({
  when: (command: Command) => {
    const decided = decider.decide(fold(decider, history), command);
    return {
      decided,
      decides: (...events: Event[]) => expect(decided).toEqual(events),
      refused: (code: string, field?: string) => expect(codeAndField(decided)).toEqual({ code, field }),
    };
  },
});

const codeAndField = (decided: unknown): unknown => (isRejection(decided) ? { code: decided.code, field: decided.field } : decided);

export const quotas: Quotas = QUOTAS;
export const quotasOf = (limit: number): Quotas => Object.fromEntries(Object.keys(QUOTAS).map((name) => [name, limit])) as Quotas;

export const REGION = 'cn-north-1';

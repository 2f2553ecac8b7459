import { QuotaType, type QuotaSettings } from '@bordergate/contracts';
import { fold, isRejection, type Decider } from '@bordergate/kernel';
import { expect } from 'vitest';

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

/** The defaults. */
export const quotas: QuotaSettings = new Map();
export const quotasOf = (limit: number): QuotaSettings => new Map(QuotaType.options.map((type) => [type, limit]));

export const REGION = 'cn-north-1';

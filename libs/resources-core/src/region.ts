import { QUOTAS, limitOf, quotaKey, ruleOf, withQuota, type QuotaSettings, type QuotaType, type RegionDecision, type WeakAlgorithmsPolicy } from '@bordergate/contracts';
import { exhaustive, reject, type Decider, type Rejection } from '@bordergate/kernel';

/**
 * The settings of a region: its quotas (semantics 1.6) and its policy. A region is not made: one that nobody has spoken of has the
 * defaults. A limit may be lowered below what is there: that only refuses new ones, nothing is taken away.
 */
export interface RegionSettings {
  readonly quotas: QuotaSettings;
  /** Whether a tunnel may be created with, or changed to, algorithms that are advised against. */
  readonly weakAlgorithms: WeakAlgorithmsPolicy;
}

export type RegionCommand =
  | {
    type: 'SetQuota'; region: string; quotaType: QuotaType;
    /** One parent's own limit; null: every parent's that has none of its own. */
    parentResourceId: string | null;
    /** Null takes the setting back. */
    maxLimit: number | null;
    facts: { parentExists: boolean };
  }
  | { type: 'ChangeRegionPolicy'; region: string; weakAlgorithms?: WeakAlgorithmsPolicy | undefined };

export const regionDecider: Decider<RegionSettings, RegionCommand, RegionDecision> = {
  initial: { quotas: new Map(), weakAlgorithms: 'accept' },

  evolve(state, event) {
    switch (event.type) {
      case 'QuotaSet': return { ...state, quotas: withQuota(state.quotas, event) };
      case 'RegionPolicyChanged': return { ...state, weakAlgorithms: event.weakAlgorithms };
      default: return exhaustive(event);
    }
  },

  decide(state, command) {
    switch (command.type) {
      case 'SetQuota': return setQuota(state, command);
      case 'ChangeRegionPolicy': {
        const { region, weakAlgorithms = state.weakAlgorithms } = command;
        return weakAlgorithms === state.weakAlgorithms ? [] : [{ type: 'RegionPolicyChanged', region, weakAlgorithms }];
      }
      default: return exhaustive(command);
    }
  },
};

function setQuota({ quotas }: RegionSettings, command: Extract<RegionCommand, { type: 'SetQuota' }>): readonly RegionDecision[] | Rejection {
  const { region, quotaType, parentResourceId, maxLimit, facts } = command;
  const { parent, fixed } = ruleOf(quotaType);
  if (fixed) return reject('quota-fixed', `${quotaType} is fixed by the product: at most ${QUOTAS[quotaType].maxLimit} ${QUOTAS[quotaType].what}`, 'type');
  if (parentResourceId !== null && parent === null) return reject('quota-has-no-parent', `${quotaType} counts in the whole region: leave parentResourceId out`, 'parentResourceId');
  if (parentResourceId !== null && !facts.parentExists) return reject('unknown-parent-resource', `the id of a ${parent} of the region`, 'parentResourceId');
  const unchanged = (quotas.get(quotaKey(quotaType, parentResourceId)) ?? null) === maxLimit;
  return unchanged ? [] : [{ type: 'QuotaSet', region, quotaType, parentResourceId, maxLimit }];
}

/** The refusal of `more` of them, when with what is there they would be over the limit. */
export function overQuota(quotas: QuotaSettings, type: QuotaType, parentResourceId: string | null, count: number, field: string, more = 1): Rejection | undefined {
  const limit = limitOf(quotas, type, parentResourceId);
  return count + more <= limit ? undefined : reject('quota-exceeded', `at most ${limit} ${ruleOf(type).what}; there are ${count} (quota ${type})`, field);
}

import { TOPICS, type Derivation, type TopicName } from '@bordergate/contracts';

/** One row of a derived table that changed; null removes it. */
export interface DerivationChange {
  readonly topic: TopicName;
  readonly key: string;
  readonly value: Derivation | null;
}

/** Who draws traffic to whom: a VPC route and an advertisement send packets to the FIB entry behind them. */
const DEPENDED_ON_FIRST: readonly TopicName[] = [TOPICS.fib.name, TOPICS.vpcRoutes.name, TOPICS.ribOut.name, TOPICS.limits.name];

/** Law 5: what is depended on is added first and removed last, so that nobody is drawn to a gateway that cannot forward. */
export function inOrder(changes: readonly DerivationChange[]): DerivationChange[] {
  const sets = DEPENDED_ON_FIRST.flatMap((topic) => changes.filter((change) => change.topic === topic && change.value !== null));
  const removals = DEPENDED_ON_FIRST.toReversed().flatMap((topic) => changes.filter((change) => change.topic === topic && change.value === null));
  return [...sets, ...removals];
}

/** Equality of rows: each kind of row is built in one place, so equal rows have equal text. */
export const sameRow = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

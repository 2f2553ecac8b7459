import type { ExplainedCandidate } from './types.js';

/** The steps by which candidates are compared, in this order: at each the lower number wins (product rule 3.2). */
export const STEPS = ['next-hop-type', 'route-type', 'as-path-length'] as const;
export type Step = (typeof STEPS)[number];

/** passed: compared, and not worse than the best; lost: worse, and out; unasked: decided before, or never a candidate. */
export type Mark = 'passed' | 'lost' | 'unasked';
/** winner: it forwards; loser: out at a step; refused: took no part in the comparison. */
export type Kind = 'winner' | 'loser' | 'refused';

export interface Standing {
  readonly candidate: ExplainedCandidate;
  readonly kind: Kind;
  readonly marks: Readonly<Record<Step, Mark>>;
}

const RANK: Record<Kind, number> = { winner: 0, loser: 1, refused: 2 };
const stepOf = ({ because }: ExplainedCandidate): number => (STEPS as readonly string[]).indexOf(because);
const kindOf = (candidate: ExplainedCandidate): Kind => (candidate.effective ? 'winner' : stepOf(candidate) >= 0 ? 'loser' : 'refused');

/**
 * The selection of a destination as a table: who was compared at which step, and who was out there. Those that forward come first,
 * then who came furthest; a step after the last that told candidates apart was compared only when several forward.
 */
export function standings(candidates: readonly ExplainedCandidate[]): readonly Standing[] {
  const winners = candidates.filter(({ effective }) => effective).length;
  const decidedAt = winners > 1 ? STEPS.length - 1 : Math.max(-1, ...candidates.map(stepOf));
  const standing = (candidate: ExplainedCandidate): Standing => {
    const kind = kindOf(candidate);
    const out = kind === 'winner' ? STEPS.length : stepOf(candidate);
    const mark = (step: number): Mark => (kind === 'refused' || step > decidedAt || step > out ? 'unasked' : step === out ? 'lost' : 'passed');
    return { candidate, kind, marks: { 'next-hop-type': mark(0), 'route-type': mark(1), 'as-path-length': mark(2) } };
  };
  return candidates.map(standing).sort((a, b) => RANK[a.kind] - RANK[b.kind] || stepOf(b.candidate) - stepOf(a.candidate));
}

const ID = /(?<![\w-])(?:vpn|vpcatt|vif|tun|bgw|vpc|cgw|subnet|rtb|prop|vpcrt|bgwrt)-[0-9a-z]{10}(?![\w-])/g;

/** A sentence of the API, cut where it names a resource: each second piece is an id. */
export function cutAtIds(sentence: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const match of sentence.matchAll(ID)) {
    pieces.push(sentence.slice(from, match.index), match[0]);
    from = match.index + match[0].length;
  }
  return [...pieces, sentence.slice(from)];
}

import type { Kind } from './kinds.js';

/** So many kills go by between two looks at everything. */
const KILLS_AT_ONCE = 20;

export interface Step {
  readonly kind: Kind;
  readonly times: number;
}

/** The order of the day: each kind once, the kills in between, shuffled. @throws for a kind that there is not */
export function planOf(kinds: readonly Kind[], { kills, only }: { readonly kills: number; readonly only?: readonly string[] }, random: () => number): Step[] {
  const unknown = only?.filter((name) => !kinds.some((kind) => kind.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no kind of fault: ${unknown.join(', ')}; there are ${kinds.map(({ name }) => name).join(', ')}`);
  const steps: Step[] = [];
  for (const kind of kinds.filter(({ name }) => only?.includes(name) ?? true)) {
    if (kind.name !== 'kill') steps.push({ kind, times: 1 });
    else for (let left = kills; left > 0; left -= KILLS_AT_ONCE) steps.push({ kind, times: Math.min(left, KILLS_AT_ONCE) });
  }
  return steps.map((step) => ({ step, at: random() })).sort((a, b) => a.at - b.at).map(({ step }) => step);
}

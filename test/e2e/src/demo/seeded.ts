/** A small seeded generator of numbers from 0 to 1, so that a failing run can be repeated as far as time allows. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

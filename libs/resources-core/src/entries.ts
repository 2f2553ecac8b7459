/** Small immutable maps: states are values, so that "before" can still be compared with "after". */
export const withEntry = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> => new Map(map).set(key, value);

export const withoutEntry = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
};

/** Makes a thing of each value once. An entry that stays from one state to the next is the same value, and so is what is made of it: comparing a long list costs what has changed. An entry never changes its owners. */
export function once<V extends object, Made, Owner extends readonly string[]>(make: (value: V, ...owner: Owner) => Made): (value: V, ...owner: Owner) => Made {
  const made = new WeakMap<V, Made>();
  return (value, ...owner) => {
    const known = made.get(value);
    if (known !== undefined) return known;
    const fresh = make(value, ...owner);
    made.set(value, fresh);
    return fresh;
  };
}

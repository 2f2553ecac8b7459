import { fnv1a } from '@bordergate/tunnel-core';

/** The first of `count` numbers, from the text's own on and round the end, that is free; undefined when none is. */
export async function firstFree(text: string, count: number, isFree: (index: number) => boolean | Promise<boolean>): Promise<number | undefined> {
  const start = fnv1a(text) % count;
  for (let i = 0; i < count; i++) {
    const index = (start + i) % count;
    if (await isFree(index)) return index;
  }
  return undefined;
}

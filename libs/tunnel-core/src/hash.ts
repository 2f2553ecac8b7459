/**
 * FNV-1a, 32 bits. Not for secrets: it only tells one configuration of a tunnel from the next, and spreads ids over
 * router ids, tables and addresses. Pure, so that two workers (or one before and after its restart) name the same thing alike.
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Eight hexadecimal digits of a text. */
export const hash8 = (text: string): string => fnv1a(text).toString(16).padStart(8, '0');

import type { Question } from './queries.js';

const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ASKED = new RegExp(`^${OCTET}(\\.${OCTET}){3}(/(3[0-2]|[12]?\\d))?$`);

/** What somebody typed, as a question: with a length it is that destination, without it is an address; null: neither. */
export function questionOf(text: string): Question | null {
  const asked = text.trim();
  if (!ASKED.test(asked)) return null;
  return asked.includes('/') ? { prefix: asked } : { address: asked };
}

export const textOf = (question: Question): string => ('prefix' in question ? question.prefix : question.address);

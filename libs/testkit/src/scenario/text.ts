/**
 * A scenario file: a headline, then blocks of commands, a line `----`, and what they changed; an empty line ends a
 * block. Lines that start with "#" are words for people and stay where they are.
 */
export interface Block {
  /** Comments in front of the commands. */
  readonly words: readonly string[];
  readonly commands: readonly string[];
  readonly transcript: readonly string[];
}
export interface Scenario { readonly headline: string; readonly blocks: readonly Block[] }

const DIVIDER = '----';

export function parseScenario(text: string): Scenario {
  const [first = '', ...rest] = text.split('\n');
  if (!first.startsWith('# ')) throw new Error('a scenario begins with its headline: "# A tunnel dies and traffic moves."');
  const paragraphs = rest.join('\n').split(/\n\s*\n/).map((paragraph) => paragraph.split('\n').filter((line) => line.trim() !== '')).filter((lines) => lines.length > 0);
  return { headline: first.slice(2), blocks: paragraphs.map(parseBlock) };
}

function parseBlock(lines: readonly string[]): Block {
  const divider = lines.indexOf(DIVIDER);
  const above = divider < 0 ? lines : lines.slice(0, divider);
  const isWords = (line: string) => line.startsWith('#');
  if (divider < 0 && !above.every(isWords)) throw new Error(`no "${DIVIDER}" after: ${above.at(-1)}`);
  return { words: above.filter(isWords), commands: above.filter((line) => !isWords(line)), transcript: divider < 0 ? [] : lines.slice(divider + 1) };
}

export const renderScenario = ({ headline, blocks }: Scenario): string =>
  `${[`# ${headline}`, ...blocks.map(({ words, commands, transcript }) => [...words, ...commands, ...(commands.length > 0 ? [DIVIDER, ...transcript] : [])].join('\n'))].join('\n\n')}\n`;

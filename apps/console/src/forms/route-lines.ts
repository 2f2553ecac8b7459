import type { Broken } from '../api/problem.js';

/** A route as it was pasted, with the number of its line. */
export interface RouteLine {
  readonly line: number;
  readonly destination: string;
  readonly description: string;
}

/** "10.20.0.0/16 # data centre" on each line; empty ones are none, and a comma at the end is no part of it. */
export const linesOf = (text: string): readonly RouteLine[] => text.split('\n').flatMap((content, index) => {
  const [, destination = '', description = ''] = /^([^#]*)(?:#(.*))?$/.exec(content.trim()) ?? [];
  const prefix = destination.trim().replace(/[,;]$/, '').trim();
  return prefix === '' && description.trim() === '' ? [] : [{ line: index + 1, destination: prefix, description: description.trim() }];
});

/** What is said of "routes[3].destination", said of its line; of what all routes share, once, of the field. */
export function inLines(broken: readonly Broken[], lines: readonly RouteLine[], shared: readonly string[], said: (line: number, rule: string) => string): readonly Broken[] {
  const placed = broken.map(({ field, rule }): Broken => {
    const [, index, name = ''] = /^routes(?:\[(\d+)\](?:\.(\w+))?)?$/.exec(field) ?? [];
    if (shared.includes(name)) return { field: name, rule };
    const line = index === undefined ? undefined : lines[Number(index)];
    return { field: field.startsWith('routes') ? 'destinations' : field, rule: line ? said(line.line, rule) : rule };
  });
  return [...new Map(placed.map((one) => [`${one.field} ${one.rule}`, one])).values()];
}

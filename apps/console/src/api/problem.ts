import type { Problem } from './types.js';

/** The API refused, and said why (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** No answer: nobody knows whether the request was carried out. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export const isProblem = (error: unknown, ...codes: readonly string[]): error is ApiProblem => error instanceof ApiProblem && (codes.length === 0 || codes.includes(error.problem.code));

/** What a form shows: a sentence at each field that the problem names, and one above for the rest. */
export interface FormProblem {
  readonly fields: Readonly<Record<string, string>>;
  readonly form: string | null;
}

/** A rule that a field breaks; the field by its path, such as "conditions[0].metric". */
export interface Broken {
  readonly field: string;
  readonly rule: string;
}

/** What a problem says of fields. */
export const brokenOf = ({ errors, field, rule, detail }: Problem): readonly Broken[] => errors ?? (field ? [{ field, rule: rule ?? detail }] : []);

export function formProblem(problem: Problem, known: readonly string[]): FormProblem {
  const named = brokenOf(problem);
  return named.length === 0 ? { fields: {}, form: problem.detail } : placed(named, known);
}

/** @param known the fields that are on the form, such as "cidr"; a list's item "customerIps[1]" belongs to "customerIps" */
export function placed(named: readonly Broken[], known: readonly string[]): FormProblem {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { field, rule } of named) {
    const place = placeOf(field, known);
    if (place) fields[place.field] = [fields[place.field], `${place.item}${rule}`].filter(Boolean).join('; ');
    else rest.push(field ? `${field}: ${rule}` : rule);
  }
  return { fields, form: rest.length > 0 ? rest.join('; ') : null };
}

/** The nearest field around what the path names. */
function placeOf(path: string, known: readonly string[]): { field: string; item: string } | undefined {
  for (let field = path; field !== ''; field = field.replace(/(^|\.)[^.[\]]*$|\[\d+\]$/, '')) {
    if (!known.includes(field)) continue;
    const [, index] = /^\[(\d+)\]/.exec(path.slice(field.length)) ?? [];
    return { field, item: index === undefined ? '' : `${Number(index) + 1}: ` };
  }
  return undefined;
}

import { z } from 'zod';
import { placed, type Broken } from '../api/problem.js';

/** A field of a form, as the API's schema says it: kind, range, default. */
export interface FieldSpec {
  readonly name: string;
  readonly kind: 'text' | 'lines' | 'number' | 'flag' | 'choice' | 'texts' | 'object';
  readonly required: boolean;
  readonly default: unknown;
  readonly min?: number;
  readonly max?: number;
  /** A number that need not be whole. */
  readonly decimal?: true;
  /** Of a choice; null is "none". */
  readonly options?: readonly (string | number | null)[];
  readonly nullable: boolean;
  /** The API's own words, where the console has none. */
  readonly description?: string;
}

interface Json {
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number | null)[];
  readonly const?: string | number;
  readonly anyOf?: readonly Json[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly items?: Json;
  readonly format?: string;
}

interface JsonObject {
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonObject>>;
}

/** The fields of a request, in its order; what a form shows and checks comes from the schema that the API checks. */
export function fieldsOf(schema: z.ZodObject): FieldSpec[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonObject;
  // a schema with a name of its own is a reference into its definitions
  const { properties = {}, required = [] } = root.$ref ? root.$defs![root.$ref.slice('#/$defs/'.length)]! : root;
  return Object.entries(properties).map(([name, json]) => fieldOf(name, json, required.includes(name)));
}

function fieldOf(name: string, json: Json, required: boolean): FieldSpec {
  const branches = json.anyOf ?? [json];
  const nullable = branches.some(({ type }) => type === 'null');
  const real = branches.filter(({ type }) => type !== 'null');
  const head = real[0] ?? json;
  const constants = real.flatMap((branch) => branch.enum ?? (branch.const === undefined ? [] : [branch.const]));
  const options = constants.length === 0 ? undefined : [...(nullable ? [null] : []), ...constants];
  return {
    name, required, nullable, default: json.default, ...(json.description !== undefined && { description: json.description }), ...(options && { options }), ...(head.type === 'number' && { decimal: true as const }), ...rangeOf(head),
    kind: options ? 'choice' : head.type === 'boolean' ? 'flag' : head.type === 'integer' || head.type === 'number' ? 'number' : head.type === 'array' ? (head.items?.type === 'string' ? 'texts' : 'object') : head.type === 'string' ? (head.format === 'lines' ? 'lines' : 'text') : 'object',
  };
}

/** Without the limits that every integer has. */
const rangeOf = ({ minimum, maximum }: Json): { min?: number; max?: number } => ({
  ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { min: minimum }), ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { max: maximum }),
});

export type Values = Readonly<Record<string, unknown>>;

/** What a form begins with: what is given (a resource that is edited, a parent that is fixed), else the default, else nothing. */
export const startValues = (fields: readonly FieldSpec[], given: Values = {}): Values =>
  Object.fromEntries(fields.map(({ name, kind, default: standard, nullable }) => [name, given[name] ?? (name in given && nullable ? null : standard) ?? ((kind === 'choice' || kind === 'object') && nullable ? null : kind === 'texts' || kind === 'object' ? [] : kind === 'flag' ? false : '')]));

/** What is sent: a field that was left empty is left out, and the API does as it does without. */
export function requestOf(fields: readonly FieldSpec[], values: Values): Values {
  return Object.fromEntries(fields.flatMap(({ name, kind, required }) => {
    const value = typeof values[name] === 'string' && kind !== 'choice' && kind !== 'lines' ? (values[name] as string).trim() : values[name];
    if (kind === 'texts') {
      const texts = (value as readonly string[]).map((text) => text.trim()).filter(Boolean);
      return texts.length > 0 || required ? [[name, texts]] : [];
    }
    return value === '' || value === undefined ? [] : [[name, value]];
  }));
}

/** Of an edit: what was changed on the form. A text or a list that was emptied is sent empty. */
export function changesOf(fields: readonly FieldSpec[], before: Values, values: Values): Values {
  const sent = requestOf(fields, values);
  const start = requestOf(fields, startValues(fields, before));
  return Object.fromEntries(fields.flatMap(({ name, kind }) => {
    if (JSON.stringify(sent[name]) === JSON.stringify(start[name])) return [];
    return [[name, sent[name] ?? (kind === 'texts' ? [] : kind === 'text' ? '' : null)]];
  }));
}

/** What the schema says against a request, by field; items of a list belong to it. Empty when nothing is wrong. */
export const errorsOf = (schema: z.ZodObject, request: unknown, required: string): Readonly<Record<string, string>> => placed(brokenIn(schema, request, required), Object.keys(schema.shape)).fields;

/** @param required what is said of a field that is missing */
export const brokenIn = (schema: z.ZodType, request: unknown, required: string): readonly Broken[] =>
  (schema.safeParse(request).error?.issues ?? []).map(({ path, message, code }) => ({ field: pathText(path), rule: code.startsWith('invalid_') && path.length > 0 && valueAt(request, path) === undefined ? required : message }));

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown => path.reduce((at, key) => (at as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key], value);
/** conditions[0].metric, as the API names it. */
const pathText = (path: readonly PropertyKey[]): string => path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`), '');

export interface Rebased {
  readonly values: Values;
  /** Fields that both changed; the form keeps what was typed. */
  readonly both: readonly string[];
}

/** Someone else changed what is being edited: what was typed stays, everything else is theirs. */
export function rebase(before: Values, mine: Values, theirs: Values): Rebased {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const values: Record<string, unknown> = {};
  const both: string[] = [];
  for (const name of Object.keys(mine)) {
    const changed = !same(before[name], mine[name]);
    values[name] = changed ? mine[name] : theirs[name];
    if (changed && !same(before[name], theirs[name]) && !same(mine[name], theirs[name])) both.push(name);
  }
  return { values, both };
}

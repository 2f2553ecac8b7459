import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { kebab } from './collections.js';
import { UsageError } from './io.js';

/**
 * Flags out of the API's own schemas: a field that is added to a request is a flag the same day. Only the shape of a
 * value is read here (a number, a list); whether it is allowed is the server's word, with its reason.
 */
interface FieldSchema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly FieldSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: FieldSchema;
  readonly default?: unknown;
  readonly description?: string;
}

interface Fields {
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required: readonly string[];
}

function fieldsOf(schema: z.ZodObject): Fields {
  const document = z.toJSONSchema(schema, { io: 'input' }) as { $ref?: string; $defs?: Record<string, unknown> };
  const named = document.$defs?.[document.$ref?.slice('#/$defs/'.length) ?? '']; // a schema with an id stands among the definitions
  const { properties = {}, required = [] } = (named ?? document) as Partial<Fields>;
  return { properties, required };
}

/** A flag for each field, in kebab case and (unsaid) as the API spells it. */
export function addFieldOptions(command: Command, schema: z.ZodObject): void {
  const { properties, required } = fieldsOf(schema);
  for (const [name, field] of Object.entries(properties)) {
    const value = isFlag(field) ? '[true|false]' : `<${wordFor(field)}>`;
    const notes = [field.description, required.includes(name) ? 'required' : field.default === undefined ? undefined : `default ${defaultText(field.default)}`];
    command.addOption(new Option(`--${kebab(name)} ${value}`, notes.filter((note) => note !== undefined).join('; ')));
    if (kebab(name) !== name) command.addOption(new Option(`--${name} ${value}`).hideHelp());
  }
}

/** The request: the file's fields, and the flags over them. */
export function bodyFrom(schema: z.ZodObject, options: Readonly<Record<string, unknown>>, file: unknown, { whole }: { whole: boolean }): Record<string, unknown> {
  const { properties, required } = fieldsOf(schema);
  if (file !== undefined && (typeof file !== 'object' || file === null || Array.isArray(file))) throw new UsageError('the file must hold one JSON object');
  const body: Record<string, unknown> = { ...file };
  for (const [name, field] of Object.entries(properties)) {
    const given = options[name];
    if (given !== undefined) body[name] = given === true ? true : parse(`--${kebab(name)}`, field, String(given));
  }
  const missing = whole ? required.filter((name) => body[name] === undefined) : [];
  if (missing.length > 0) throw new UsageError(`missing ${missing.map((name) => `--${kebab(name)}`).join(', ')}`);
  if (Object.keys(body).length === 0) throw new UsageError('nothing to change: give a field, such as one of those in --help');
  return body;
}

export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

function parse(flag: string, field: FieldSchema, text: string): unknown {
  const kinds = field.anyOf ?? [field];
  if (text === 'null' && kinds.some((kind) => kind.type === 'null')) return null;
  const kind = kinds[0]!;
  switch (kind.type) {
    case 'integer':
    case 'number':
      if (!/^-?\d+$/.test(text)) throw new UsageError(`${flag} wants a whole number, not "${text}"`);
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new UsageError(`${flag} wants true or false, not "${text}"`);
      return text === 'true';
    case 'array':
      if (text.startsWith('[')) return parseList(flag, text);
      return text === '' ? [] : text.split(',').map((item) => item.trim());
    default:
      return text;
  }
}

/** A list of objects cannot be written with commas alone. */
function parseList(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${flag} wants a,b,... or a list in JSON: ${(error as Error).message}`);
  }
}

const isFlag = (field: FieldSchema): boolean => field.type === 'boolean';

/** What may stand behind the flag, for --help. */
function wordFor(field: FieldSchema): string {
  if (field.anyOf) return field.anyOf.map(wordFor).join('|');
  if (field.const !== undefined) return String(field.const);
  if (field.enum) return field.enum.join('|');
  if (field.type === 'integer') return Number.isSafeInteger((field.maximum ?? Infinity) + 1) ? `${field.minimum}..${field.maximum}` : 'number';
  if (field.type === 'array') return field.items?.type === 'object' ? 'JSON list' : 'a,b,...';
  return field.type === 'null' ? 'null' : 'text';
}

const defaultText = (value: unknown): string => (value === '' ? 'empty' : Array.isArray(value) ? value.join(',') || 'none' : String(value));

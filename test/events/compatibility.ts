import type { JsonSchema } from '@bordergate/contracts';

type Schema = JsonSchema & { readonly $defs?: Record<string, Schema> };

/**
 * What stands between two shapes of one version, as sentences; none when they are compatible. Both directions count: a consumer
 * that knows the old shape has to understand new events, and we have to understand old ones, which are kept for ever.
 * So a field may be added when it is optional, and an enumeration may grow; nothing else may change.
 */
export const incompatibilities = (before: JsonSchema, now: JsonSchema): string[] => compare(before, now, { before, now }, '');

interface Roots { readonly before: Schema; readonly now: Schema }

function compare(oldOne: Schema, newOne: Schema, roots: Roots, path: string): string[] {
  const before = resolved(oldOne, roots.before);
  const now = resolved(newOne, roots.now);
  const at = path || 'the data';
  const alternatives = ['anyOf', 'oneOf'].find((word) => before[word] ?? now[word]);
  if (alternatives) return compareAlternatives((before[alternatives] ?? []) as Schema[], (now[alternatives] ?? []) as Schema[], roots, at);
  if (before.enum && now.enum) return (before.enum as unknown[]).filter((value) => !(now.enum as unknown[]).includes(value)).map((value) => `${at}: the value ${JSON.stringify(value)} is gone`);
  for (const word of ['type', 'const', 'format', 'enum']) {
    if (JSON.stringify(before[word]) !== JSON.stringify(now[word])) return [`${at}: ${word} was ${JSON.stringify(before[word])} and is ${JSON.stringify(now[word])}`];
  }
  if (before.type === 'array') return compare(before.items as Schema, now.items as Schema, roots, `${path}[]`);
  return before.type === 'object' ? compareObjects(before, now, roots, path) : [];
}

function compareObjects(before: Schema, now: Schema, roots: Roots, path: string): string[] {
  const [was, is] = [before, now].map(({ properties }) => (properties ?? {}) as Record<string, Schema>) as [Record<string, Schema>, Record<string, Schema>];
  const [needed, needs] = [before, now].map(({ required }) => new Set((required ?? []) as string[])) as [Set<string>, Set<string>];
  const name = (field: string) => (path ? `${path}.${field}` : field);
  return [
    ...Object.keys(was).filter((field) => !(field in is)).map((field) => `${name(field)}: the field is gone`),
    ...[...needed].filter((field) => field in is && !needs.has(field)).map((field) => `${name(field)}: was always there and may be missing now`),
    ...[...needs].filter((field) => !needed.has(field)).map((field) => `${name(field)}: must be there now, and events of before do not have it`),
    ...Object.keys(was).filter((field) => field in is).flatMap((field) => compare(was[field]!, is[field]!, roots, name(field))),
  ];
}

/** Alternatives are told apart by the constants in them, or by all they say. */
function compareAlternatives(before: readonly Schema[], now: readonly Schema[], roots: Roots, at: string): string[] {
  return before.flatMap((alternative) => {
    const same = now.find((candidate) => mark(candidate, roots.now) === mark(alternative, roots.before));
    return same ? compare(alternative, same, roots, at) : [`${at}: the alternative ${mark(alternative, roots.before)} is gone`];
  });
}

function mark(schema: Schema, root: Schema): string {
  const { type, const: only, properties } = resolved(schema, root) as { type?: unknown; const?: unknown; properties?: Record<string, Schema> };
  const constants = Object.entries(properties ?? {}).flatMap(([field, { const: value }]) => (value === undefined ? [] : [`${field}=${JSON.stringify(value)}`]));
  return [JSON.stringify(type), ...(only === undefined ? [] : [JSON.stringify(only)]), ...constants].join(' ');
}

function resolved(schema: Schema, root: Schema): Schema {
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/$defs/', '') : undefined;
  return name === undefined ? schema : root.$defs![name]!;
}

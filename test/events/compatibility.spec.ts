import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { incompatibilities } from './compatibility.js';

const base = { type: z.literal('X'), id: z.string(), state: z.enum(['UP', 'DOWN']), hops: z.array(z.object({ id: z.string() })), note: z.string().optional(), since: z.string().nullable() };
const schema = (shape: z.ZodRawShape) => z.toJSONSchema(z.object(shape), { io: 'input' });
const without = (name: keyof typeof base) => Object.fromEntries(Object.entries(base).filter(([field]) => field !== name));

describe('what may change within a version', () => {
  it.each([
    ['nothing', base, []],
    ['an optional field more', { ...base, more: z.int().optional() }, []],
    ['a field with a default more', { ...base, more: z.int().default(1) }, []],
    ['a value more in an enumeration', { ...base, state: z.enum(['UP', 'DOWN', 'DRAINING']) }, []],
    ['an optional field more in an object of a list', { ...base, hops: z.array(z.object({ id: z.string(), weight: z.int().optional() })) }, []],
    ['a field gone', without('note'), ['note: the field is gone']],
    ['a required field gone', without('id'), ['id: the field is gone']],
    ['a required field more', { ...base, more: z.int() }, ['more: must be there now, and events of before do not have it']],
    ['a required field that becomes optional', { ...base, id: z.string().optional() }, ['id: was always there and may be missing now']],
    ['another type', { ...base, id: z.int() }, ['id: type was "string" and is "integer"']],
    ['a value gone from an enumeration', { ...base, state: z.enum(['UP']) }, ['state: the value "DOWN" is gone']],
    ['another type deep in a list', { ...base, hops: z.array(z.object({ id: z.int() })) }, ['hops[].id: type was "string" and is "integer"']],
    ['null that is not allowed any more', { ...base, since: z.string() }, ['since: type was ["string","null"] and is "string"']],
  ])('%s', (_, shape, expected) => expect(incompatibilities(schema(base), schema(shape as z.ZodRawShape))).toEqual(expected));
});

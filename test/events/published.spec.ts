import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { asyncApi, EVENTS, jsonSchemaOf } from '@bordergate/contracts';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { incompatibilities } from './compatibility.js';

/** What consumers read: generated, committed, and compared. UPDATE=1 writes it anew, unless that would break a consumer. */
const FOLDER = path.resolve(import.meta.dirname, '../../docs/events');
const written = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const fileOf = (cloudEventType: string) => path.join(FOLDER, 'schemas', `${cloudEventType}.json`);
const update = process.env.UPDATE === '1';

function publishedAs(file: string, value: unknown): void {
  if (update) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, written(value));
  }
  expect(existsSync(file) ? readFileSync(file, 'utf8') : 'not there: UPDATE=1 writes it').toBe(written(value));
}

describe('what consumers may rely on', () => {
  it.each(EVENTS.map((event) => [event.cloudEventType, event] as const))('%s is what it was, or has grown compatibly', (cloudEventType, event) => {
    const file = fileOf(cloudEventType);
    const now = JSON.parse(written(jsonSchemaOf(event)));
    if (existsSync(file)) expect(incompatibilities(JSON.parse(readFileSync(file, 'utf8')), now)).toEqual([]); // else: a new version, and an upcaster
    publishedAs(file, now);
  });

  it('a type that was published stays published', () => {
    const known = new Set(EVENTS.map(({ cloudEventType }) => `${cloudEventType}.json`));
    expect(readdirSync(path.join(FOLDER, 'schemas')).filter((name) => !known.has(name))).toEqual([]);
  });

  it('the AsyncAPI document is that of the schemas', () => publishedAs(path.join(FOLDER, 'asyncapi.json'), asyncApi()));

  it('the document is AsyncAPI 3, and the schemas are JSON Schema 2020-12', () => {
    const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const valid = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(specification);
    valid(JSON.parse(written(asyncApi())));
    expect(valid.errors ?? []).toEqual([]);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const event of EVENTS) expect(() => ajv.compile(JSON.parse(written(jsonSchemaOf(event)))), event.name).not.toThrow();
  });

  it('each type of event travels on one topic', () => expect(new Set(EVENTS.map(({ name }) => name)).size).toBe(EVENTS.length));
});

import { http, QuotaType, ShownOperReason, ShownVifReason } from '@bordergate/contracts';
import { describe, expect, it } from 'vitest';
import { BULK_FORMS, FORMS } from '../forms/forms.js';
import { fieldsOf } from '../forms/schema-fields.js';
import { RESOURCES } from '../resources/registry.js';
import { en } from './en.js';
import { zh } from './zh.js';

const keysOf = (value: unknown, at = ''): string[] => (typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, each]) => keysOf(each, `${at}.${key}`)) : [at]);
/** English has the API's own hints where it has none. */
const withoutHints = (keys: readonly string[]) => keys.filter((key) => !key.startsWith('.hints.'));

it('has the same texts in both languages', () => expect(withoutHints(keysOf(zh))).toEqual(expect.arrayContaining(withoutHints(keysOf(en)))));

describe.each(Object.entries({ en, zh }))('in %s', (_, t) => {
  it('every field of every form and details page has a name', () => {
    const schemas = Object.values(FORMS).flatMap(({ create, edit }) => [create, edit]).filter((form) => form !== undefined).map(({ schema }) => schema);
    const names = [...schemas, ...Object.values(BULK_FORMS).map(({ schema }) => schema), http.CreateVpnTunnel].flatMap((schema) => fieldsOf(schema).map(({ name }) => name));
    const shown = Object.values(RESOURCES).flatMap(({ details, columns }) => [...details, ...columns].map(({ field }) => field));
    expect([...names, ...shown].filter((name) => !(name in t.fields))).toEqual([]);
  });

  it('every reason of a tunnel that is down says what to change', () => {
    const settled = ['established', 'draining']; // nothing to be done about
    expect(ShownOperReason.options.filter((reason) => !settled.includes(reason) && !t.reasons[reason]?.fix)).toEqual([]);
  });

  it('every reason of a line that is down says what to change', () => {
    const settled = ['link-up', 'draining'];
    expect(ShownVifReason.options.filter((reason) => !settled.includes(reason) && !t.vifReasons[reason]?.fix)).toEqual([]);
  });

  it('every quota has a name', () => expect(QuotaType.options.filter((type) => !t.quotas.types[type])).toEqual([]));
});

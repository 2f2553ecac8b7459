import { expect, it } from 'vitest';
import { newId, newUuid } from './ids.js';

it('makes ids of a prefix and ten letters or digits, all different', () => {
  const ids = Array.from({ length: 2_000 }, () => newId('vpn'));
  for (const id of ids) expect(id).toMatch(/^vpn-[a-z0-9]{10}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

it('makes UUIDs', () => {
  expect(newUuid()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

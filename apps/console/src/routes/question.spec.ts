import { expect, it } from 'vitest';
import { questionOf, textOf } from './question.js';

it.each([
  ['10.20.0.5', { address: '10.20.0.5' }], [' 10.20.0.0/16 ', { prefix: '10.20.0.0/16' }], ['0.0.0.0/0', { prefix: '0.0.0.0/0' }], ['255.255.255.255/32', { prefix: '255.255.255.255/32' }],
  ['256.0.0.1', null], ['10.0.0.0/33', null], ['10.0.0', null], ['10.0.0.1/', null], ['example.com', null], ['', null], ['10.0.0.1 10.0.0.2', null],
])('takes "%s" as %j', (text, question) => {
  expect(questionOf(text)).toEqual(question);
  if (question) expect(textOf(question)).toBe(text.trim());
});

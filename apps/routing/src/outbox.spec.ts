import { TOPICS } from '@bordergate/contracts';
import { NotOwner } from '@bordergate/platform';
import type { DerivationChange } from '@bordergate/routing-core';
import { expect, it } from 'vitest';
import { Outbox } from './outbox.js';

const CAUSE = { id: 'cause', correlationid: 'request' };
const removal = (key: string): DerivationChange => ({ topic: TOPICS.fib.name, key, value: null });

function outboxOf(owned: Set<string>, mayWrite: Set<string>) {
  const published: string[] = [];
  let asked = 0;
  const outbox = new Outbox({
    owns: (partitionKey) => owned.has(partitionKey),
    publish: async (_topic, records) => {
      asked++;
      if (records.some(({ partitionKey }) => !mayWrite.has(partitionKey))) throw new NotOwner('routing', 0);
      published.push(...records.map(({ key }) => key));
    },
  }, { now: () => 0 }, () => {});
  return { outbox, published, asked: () => asked };
}

it('what went to another owner is forgotten, and the rest is published', async () => {
  const { outbox, published } = outboxOf(new Set(['a']), new Set(['a']));
  outbox.add([removal('a/10.0.0.0/8'), removal('b/10.0.0.0/8')], CAUSE);
  await outbox.flush();
  expect(published).toEqual(['a/10.0.0.0/8']);
});

it('what is ours, but not to write at this moment, is kept for the next flush: it is not asked again at once, for ever', async () => {
  const mayWrite = new Set<string>();
  const { outbox, published, asked } = outboxOf(new Set(['a']), mayWrite);
  outbox.add([removal('a/10.0.0.0/8')], CAUSE);
  await expect(outbox.flush()).rejects.toThrow(NotOwner);
  expect(asked()).toBe(1);
  mayWrite.add('a');
  await outbox.flush();
  expect(published).toEqual(['a/10.0.0.0/8']);
});

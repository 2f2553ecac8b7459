import type { Topic } from '@bordergate/contracts';
import { expect, it } from 'vitest';
import { misconfiguration, topicConfig } from './topics.js';

const topic = (retention: Topic['retention']): Topic => ({ name: 't.v1', key: 'k', content: '', retention });

it('keeps what a topic is for', () => {
  expect(topicConfig(topic('compacted'))).toEqual({ 'cleanup.policy': 'compact' });
  expect(topicConfig(topic('forever'))).toEqual({ 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' });
  expect(topicConfig(topic(86_400_000))).toEqual({ 'cleanup.policy': 'delete', 'retention.ms': '86400000', 'retention.bytes': '-1' });
});

it.each<[string, Topic['retention'], Record<string, string>]>([
  ['as made', 'compacted', { 'cleanup.policy': 'compact' }],
  ['kept longer', 1_000, { 'cleanup.policy': 'delete', 'retention.ms': '2000', 'retention.bytes': '-1' }],
  ['kept for ever', 1_000, { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' }],
  ['not to be seen', 'forever', {}],
])('has nothing to say about a topic that is %s', (_, retention, found) => {
  expect(misconfiguration(topic(retention), found)).toBeUndefined();
});

it.each<[string, Topic['retention'], Record<string, string>, string]>([
  ['a table that forgets', 'compacted', { 'cleanup.policy': 'delete' }, 't.v1 has cleanup.policy=delete, and needs cleanup.policy=compact'],
  ['a log that is compacted', 'forever', { 'cleanup.policy': 'compact', 'retention.ms': '-1' }, 't.v1 has cleanup.policy=compact, and needs cleanup.policy=delete'],
  ['a log that ends', 'forever', { 'cleanup.policy': 'delete', 'retention.ms': '604800000' }, 't.v1 has retention.ms=604800000, and needs retention.ms=-1'],
  ['a log that is short', 2_000, { 'cleanup.policy': 'delete', 'retention.ms': '1000', 'retention.bytes': '5' }, 't.v1 has retention.ms=1000, retention.bytes=5, and needs retention.ms=2000, retention.bytes=-1'],
])('names %s', (_, retention, found, problem) => {
  expect(misconfiguration(topic(retention), found)).toBe(problem);
});

import { expect, it } from 'vitest';
import { inLines, linesOf } from './route-lines.js';

const text = '10.20.0.0/16 # data centre\n\n  10.21.0.0/16,\r\n# only words\n';

it('reads a route on each line, and what stands behind it', () => expect(linesOf(text)).toEqual([
  { line: 1, destination: '10.20.0.0/16', description: 'data centre' }, { line: 3, destination: '10.21.0.0/16', description: '' }, { line: 4, destination: '', description: 'only words' },
]));
it('reads nothing out of nothing', () => expect(linesOf(' \n\n')).toEqual([]));

it('says what is wrong of the line, of what is shared once, and of all of them', () =>
  expect(inLines([
    { field: 'routes[1].destination', rule: 'is no prefix' }, { field: 'routes[0].bgwId', rule: 'is unknown' }, { field: 'routes[1].bgwId', rule: 'is unknown' }, { field: 'routes', rule: 'at most 100' }, { field: 'If-Match', rule: 'is old' },
  ], linesOf(text), ['bgwId'], (line, rule) => `line ${line}: ${rule}`)).toEqual([
    { field: 'destinations', rule: 'line 3: is no prefix' }, { field: 'bgwId', rule: 'is unknown' }, { field: 'destinations', rule: 'at most 100' }, { field: 'If-Match', rule: 'is old' },
  ]));

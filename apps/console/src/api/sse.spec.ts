import { describe, expect, it } from 'vitest';
import { sseReader } from './sse.js';

const STREAM = 'retry: 1000\n\n: heartbeat\n\nid: a-1\nevent: snapshot\ndata: {"items":[]}\n\nid: a-2\r\nevent:tunnelState\r\ndata: 1\r\ndata:  2\r\n\r\ndata: x\n\n';
const EVENTS = [{ id: 'a-1', event: 'snapshot', data: '{"items":[]}' }, { id: 'a-2', event: 'tunnelState', data: '1\n 2' }, { id: 'a-2', event: 'message', data: 'x' }];

describe('a stream of events', () => {
  it('is read whole', () => expect(sseReader()(STREAM)).toEqual(EVENTS));

  it.each(Array.from({ length: STREAM.length }, (_, at) => at))('cut at %i is the same', (at) => {
    const read = sseReader();
    expect([...read(STREAM.slice(0, at)), ...read(STREAM.slice(at))]).toEqual(EVENTS);
  });

  it('tells nothing of an event that has not ended', () => expect(sseReader()('data: 1\n')).toEqual([]));
});

import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { EventStreams } from './event-stream.js';
import { LiveStates } from './live.js';

/** More than the kernel takes for somebody who does not read. */
const LARGE = 'x'.repeat(32 * 1024 * 1024);
let server: Server;
let streams: EventStreams;
afterEach(() => {
  streams.close();
  server.closeAllConnections();
  server.close();
});

/** A real server; the only tunnel's state counts how often it was written out. */
async function serve(heartbeatMs: number) {
  const toJSON = vi.fn(() => ({ value: 'v' }));
  const overview = { state: { toJSON }, connection: { region: 'r' } };
  const live = new LiveStates({ get: () => overview, list: () => [overview] } as never, 'life');
  streams = new EventStreams(live, heartbeatMs, 3);
  server = createServer((request, response) => streams.serve(response, 'r', request.headers['last-event-id'] as string | undefined, {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const join = async (headers = {}) => {
    const request = get({ port, headers, agent: false });
    request.on('error', () => undefined); // of one that is cut off
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return response;
  };
  return { live, toJSON, join };
}

function textOf(response: IncomingMessage): { text: string } {
  const got = { text: '' };
  response.setEncoding('utf8').on('data', (chunk: string) => { got.text += chunk; });
  return got;
}

it('a snapshot and a change are written out once for all clients', async () => {
  const { live, toJSON, join } = await serve(60_000);
  const clients = (await Promise.all([join(), join(), join()])).map(textOf);
  live.touched(['tun-1']);
  await vi.waitFor(() => { for (const { text } of clients) expect(text).toBe('retry: 1000\n\nid: life-0\nevent: snapshot\ndata: {"items":[{"value":"v"}]}\n\nid: life-1\nevent: tunnelState\ndata: {"value":"v"}\n\n'); });
  expect(toJSON).toHaveBeenCalledTimes(2);
});

it('a client that never reads is cut off, its place is free, and who reads goes on', async () => {
  const { live, toJSON, join } = await serve(20);
  toJSON.mockReturnValueOnce({ value: LARGE });
  const reads = textOf(await join({ 'last-event-id': 'life-0' }));
  const deaf = await join();
  expect(streams.size).toBe(2);
  await vi.waitFor(() => expect(streams.size).toBe(1), { timeout: 20_000 });
  deaf.destroy();
  live.touched(['tun-1']);
  await vi.waitFor(() => expect(reads.text).toContain('id: life-1\nevent: tunnelState\ndata: {"value":"v"}\n\n'));
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAsPath } from './as-path.js';
import { type BirdReply, parseBfdSessions, parseProtocols, parseRoutes, parseStatus, ReplySplitter } from './index.js';

// The fixtures are what a BIRD 2.0.12 wrote to its control socket; DESIGN.md says how they were made.
const reply = (fixture: string): BirdReply =>
  new ReplySplitter().feed(readFileSync(new URL(`./fixtures/${fixture}.txt`, import.meta.url)))[0]!;
const written = (text: string): BirdReply => new ReplySplitter().feed(new TextEncoder().encode(text))[0]!;

describe('parseStatus', () => {
  it('reads show status', () => {
    expect(parseStatus(reply('show-status'))).toEqual({
      version: '2.0.12', routerId: '10.255.0.1', serverTime: '2026-11-21 02:29:32', lastReboot: '2026-11-21 02:29:02',
      lastReconfiguration: '2026-11-21 02:29:02', gracefulRestart: false, summary: 'Daemon is up and running',
    });
  });
});

describe('parseProtocols', () => {
  it('reads an established session', () => {
    expect(parseProtocols(reply('show-protocols-all')).find(one => one.name === 'b_t1')).toEqual({
      name: 'b_t1', proto: 'BGP', state: 'up', since: '2026-11-21 02:29:03.617', info: 'Established', bgpState: 'Established',
      neighborAddress: '169.254.1.2', neighborAsn: 65010, localAsn: 65000, neighborId: '10.255.0.2',
      routes: { imported: 3, filtered: 1, exported: 2, preferred: 3 },
    });
  });

  it('reads the others, and the short form', () => {
    expect(parseProtocols(reply('show-protocols')).map(one => [one.name, one.proto, one.table, one.state, one.bgpState])).toEqual([
      ['device1', 'Device', undefined, 'up', undefined], ['k4', 'Kernel', 'master4', 'up', undefined],
      ['attachments', 'Static', 'master4', 'up', undefined], ['customer', 'Static', 'master4', 'up', undefined],
      ['bfd1', 'BFD', undefined, 'up', undefined], ['b_t1', 'BGP', undefined, 'up', 'Established'], ['b_t2', 'BGP', undefined, 'up', 'Established'],
    ]);
  });

  it('tells a limit that was hit', () => {
    expect(parseProtocols(reply('show-protocols-limit-hit'))[0]).toMatchObject({
      receiveLimit: 3, receiveLimitHit: true, routes: { imported: 3, filtered: 0 },
    });
  });

  it('tells why a session is down', () => {
    expect(parseProtocols(reply('show-protocols-device-down'))[0])
      .toMatchObject({ state: 'start', bgpState: 'Idle', lastError: 'Error: Neighbor lost' });
    expect(parseProtocols(reply('show-protocols-shutdown'))[0])
      .toMatchObject({ bgpState: 'Idle', lastError: 'Received: Administrative shutdown', message: 'maintenance window' });
  });

  it.each(['02:29:02.741', '2026-11-21', '02:29', '2026-11-21 02:29:02'])('takes a time such as %s', since => {
    const text = `1002-b_t1       BGP        ---        start  ${since.padEnd(12)}  Active        Socket: Connection refused\n0000 \n`;
    expect(parseProtocols(written(text))).toMatchObject([{ since, bgpState: 'Active', lastError: 'Socket: Connection refused' }]);
  });

  it('reads a session that is switched off', () => {
    expect(parseProtocols(written('1002-b_t2       BGP        ---        down   2026-11-21 02:32:26.516  \n0000 \n')))
      .toMatchObject([{ state: 'down', bgpState: 'Down', info: '' }]);
  });

  it('refuses a row of another shape', () => {
    expect(() => parseProtocols(written('1002-what is this\n0000 \n'))).toThrow('not a row');
  });
});

describe('parseRoutes', () => {
  it('reads a BGP route with its attributes', () => {
    expect(parseRoutes(reply('show-route-all'))[0]).toEqual({
      table: 'master4', prefix: '0.0.0.0/0', protocol: 'b_t1', since: '2026-11-21 02:29:03.661', best: true, kernelError: false,
      destination: 'unicast', nextHops: [{ via: '169.254.1.2', device: 't1' }], preference: 150, asPath: [65010, 65099], asPathLength: 2,
      asPathTruncated: false, origin: 'igp', med: 0, localPref: 100, communities: ['65010:7', '65010:1:2'],
    });
  });

  it('reads multipath, device routes and further routes of a prefix', () => {
    const routes = parseRoutes(reply('show-route-all'));
    expect(routes.find(route => route.prefix === '10.9.0.0/24')).toMatchObject({
      protocol: 'customer', preference: 200, nextHops: [{ via: '169.254.1.2', device: 't1' }, { via: '169.254.1.6', device: 't2' }],
    });
    expect(routes.find(route => route.prefix === '10.1.2.0/24')).toMatchObject({ nextHops: [{ device: 'v0' }] });
    expect(routes.filter(route => route.prefix === '10.2.0.0/24').map(route => [route.protocol, route.best])).toEqual([['b_t1', true], ['b_t2', false]]);
  });

  it('reads the import table, as received, and what was refused', () => {
    const received = parseRoutes(reply('show-route-import-table'));
    expect(received.find(route => route.prefix === '10.2.0.0/24')).toMatchObject({ table: 'import', med: 50, communities: ['65010:7', '65535:6', '65010:1:2'] });
    expect(parseRoutes(reply('show-route-filtered')).map(route => route.prefix)).toEqual(['169.254.7.0/24']);
    expect(parseRoutes(reply('show-route-export')).map(route => route.prefix)).toEqual(['10.1.1.0/24', '10.1.2.0/24']);
  });

  it('reads lists and paths that BIRD breaks or cuts', () => {
    const [long, plain] = parseRoutes(reply('show-route-long'));
    expect(long!.communities).toEqual(Array.from({ length: 60 }, (_, n) => `65020:${n + 1}`));
    expect(long).toMatchObject({ asPathTruncated: true });
    expect(new Set(long!.asPath)).toEqual(new Set([65020, 65098, 4200000001]));
    expect(plain).toMatchObject({ asPathTruncated: false, asPath: [65020, 65098], best: false });
  });

  it('reads the speaker, kernel errors and routes to nowhere', () => {
    expect(parseRoutes(written('1007-Table t:\n 10.0.0.0/8           unicast [x 10:00:00 from 10.0.0.9] ! (100/20) [AS1?]\n 10.0.0.0/9           blackhole [y 2026-01-01] (1)\n0000 \n')))
      .toMatchObject([{ from: '10.0.0.9', best: true, kernelError: true, preference: 100, since: '10:00:00' }, { destination: 'blackhole', best: false, nextHops: [] }]);
  });

  it('is empty when there is nothing', () => {
    expect(parseRoutes(written('0000 \n'))).toEqual([]);
  });

  it('refuses a line of another shape', () => {
    expect(() => parseRoutes(written('1007-Table t:\n garbage here\n0000 \n'))).toThrow('not a route');
  });
});

describe('parseAsPath', () => {
  it.each([
    ['', [], 0, false], ['65010', [65010], 1, false], ['65010 {64496 64497} 3', [65010, 64496, 64497, 3], 3, false],
    ['(65001 65002) 65010', [65010], 1, false], ['({65001}) {1}', [1], 1, false], ['65010 4200...', [65010], 1, true], ['1 {2 3...', [1, 2], 2, true],
  ] as const)('%s', (text, asns, length, truncated) => {
    expect(parseAsPath(text)).toEqual({ asns, length, truncated });
  });

  it('counts sequences one by one and a set as one', () => {
    const segment = fc.record({ set: fc.boolean(), asns: fc.array(fc.integer({ min: 1, max: 4294967295 }), { minLength: 1, maxLength: 5 }) });
    fc.assert(fc.property(fc.array(segment), segments => {
      const text = segments.map(({ set, asns }) => (set ? `{${asns.join(' ')}}` : asns.join(' '))).join(' ');
      expect(parseAsPath(text)).toEqual({
        asns: segments.flatMap(({ asns }) => asns), length: segments.reduce((sum, { set, asns }) => sum + (set ? 1 : asns.length), 0), truncated: false,
      });
    }));
  });
});

describe('parseBfdSessions', () => {
  it('reads show bfd sessions', () => {
    expect(parseBfdSessions(reply('show-bfd-sessions'))).toEqual([
      { protocol: 'bfd1', neighborAddress: '169.254.1.2', device: 't1', state: 'up', since: '2026-11-21 02:29:02.820', intervalMs: 100, timeoutMs: 500 },
    ]);
    expect(parseBfdSessions(written('1020-bfd1: is not up\n0000 \n'))).toEqual([]);
  });
});

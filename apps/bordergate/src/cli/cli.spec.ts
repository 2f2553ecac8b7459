import { writeFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './cli.js';

interface Call { method: string; url: string; body: unknown; headers: IncomingMessage['headers'] }
type Answer = (request: Call, response: ServerResponse) => unknown;

let server: Server;
let url: string;
let calls: Call[];
/** "METHOD /path" (below the region, without query) to what is answered. */
let routes: Record<string, Answer | object>;
const dir = mkdtempSync(path.join(tmpdir(), 'bordergate-cli-'));

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const call = { method: request.method!, url: request.url!, body: text === '' ? undefined : JSON.parse(text), headers: request.headers };
    calls.push(call);
    const answer = routes[`${call.method} ${call.url.replace(/^\/v1\/regions\/[^/]+/, '').split('?')[0]}`];
    const body = typeof answer === 'function' ? await answer(call, response) : answer;
    if (response.headersSent) return;
    if (body === undefined) response.writeHead(answer === undefined ? 404 : 204).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});
beforeEach(() => { calls = []; routes = {}; });

async function run(line: string | string[], more: { env?: Record<string, string>; signal?: AbortSignal; onOut?: (text: string) => void } = {}) {
  let out = '', err = '';
  const io = { stdout: { write: (t: string) => { out += t; more.onOut?.(t); } }, stderr: { write: (t: string) => { err += t; } }, env: { BORDERGATE_URL: url, ...more.env }, ...(more.signal ? { signal: more.signal } : {}) };
  const code = await runCli(typeof line === 'string' ? line.split(' ') : line, io);
  return { code, out, err };
}
const problem = (status: number, body: object): Answer => (_, response) => response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
const gateway = (id: string, name: string) => ({ bgwId: id, bgwName: name, description: '', azType: 'standard', bgpAsn: 64512, vpcAttachmentIds: [], vpnConnectionIds: ['vpn-1'], region: 'region-1' });
const file = (name: string, content: unknown) => { const at = path.join(dir, name); writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content)); return at; };

describe('list', () => {
  it('draws aligned columns and follows the cursor', async () => {
    routes['GET /borderGateways'] = (call: Call) => (call.url.includes('cursor=two') ? { items: [gateway('bgw-2', '边界')], nextCursor: null } : { items: [gateway('bgw-1', 'edge')], nextCursor: 'two' });
    expect((await run('list border-gateways')).out).toBe([
      'ID     NAME  ASN    TRANSIT  ATTACHMENTS  CONNECTIONS  DESCRIPTION',
      'bgw-1  edge  64512  off      0            1            -',
      'bgw-2  边界  64512  off      0            1            -',
      '',
    ].join('\n'));
  });

  it.each(['border-gateways', 'border-gateway', 'borderGateways', 'borderGateway', 'bgw'])('knows a collection as %s', async (word) => {
    routes['GET /borderGateways'] = { items: [], nextCursor: null };
    expect(await run(`-o json list ${word}`)).toEqual({ code: 0, out: '[]\n', err: '' });
  });

  it.each(['--bgw-name edge', '--bgwName edge', '--bgw-name=edge'])('keeps what has the value (%s)', async (filter) => {
    routes['GET /borderGateways'] = { items: [gateway('bgw-1', 'edge'), gateway('bgw-2', 'core')], nextCursor: null };
    const { out } = await run(`list bgw ${filter} -o json`);
    expect(JSON.parse(out)).toEqual([gateway('bgw-1', 'edge')]);
    expect(calls[0]!.url).toBe('/v1/regions/region-1/borderGateways?limit=200');
  });

  it.each(['list nonsense', 'list bgw --colour red', 'list bgw --bgw-name', 'list'])('%s is bad usage', async (line) => {
    expect(await run(line)).toMatchObject({ code: 2, out: '' });
    expect(calls).toEqual([]);
  });
});

describe('show, create, update, delete', () => {
  it('shows by id alone, a line for each field', async () => {
    routes['GET /borderGateways/bgw-1'] = gateway('bgw-1', 'edge');
    const { out } = await run('show bgw-1');
    expect(out).toContain('bgwName           edge\n');
    expect((await run('show bgw bgw-1')).out).toBe(out);
    expect(JSON.parse((await run('show bgw-1 -o json')).out)).toEqual(gateway('bgw-1', 'edge'));
  });

  it('makes flags of the schema: texts, numbers, booleans, lists', async () => {
    routes['POST /customerGateways'] = {};
    routes['POST /vpnConnections'] = {};
    await run('create customer-gateways --customer-gateway-name idc --customer-ips 198.51.100.1,198.51.100.2 --bgp-asn 65010');
    await run('create connection --vpn-connection-name idc --bgwId bgw-1 --cgw-id cgw-1 --bgp-enabled false --bfd-enabled');
    expect(calls.map((call) => call.body)).toEqual([
      { customerGatewayName: 'idc', customerIps: ['198.51.100.1', '198.51.100.2'], bgpAsn: 65010 },
      { vpnConnectionName: 'idc', bgwId: 'bgw-1', cgwId: 'cgw-1', bgpEnabled: false, bfdEnabled: true },
    ]);
  });

  it('lays flags over a file', async () => {
    routes['POST /borderGateways'] = gateway('bgw-1', 'edge');
    await run(['create', 'bgw', '-f', file('bgw.json', { bgwName: 'old', description: 'kept' }), '--bgw-name', 'edge']);
    expect(calls[0]!.body).toEqual({ bgwName: 'edge', description: 'kept' });
  });

  it('changes by id alone, null where null is a value', async () => {
    routes['PATCH /vpnTunnels/tun-1'] = {};
    await run('--region eu-1 update tun-1 --ipsec-key-exchange null --ike-dpd-sec 0');
    expect(calls[0]).toMatchObject({ url: '/v1/regions/eu-1/vpnTunnels/tun-1', body: { ipsecKeyExchange: null, ikeDpdSec: 0 } });
  });

  it('deletes', async () => {
    routes['DELETE /publicAddresses/203.0.113.9'] = () => undefined;
    expect(await run('delete 203.0.113.9')).toEqual({ code: 0, out: 'deleted 203.0.113.9\n', err: '' });
  });

  it('help lists fields with values, defaults and descriptions', async () => {
    const { code, out } = await run('create vpn-connections --help');
    expect(code).toBe(0);
    expect(out).toMatch(/Usage: bordergate create vpn-connections \[options\]/);
    expect(out.replace(/\s+/g, ' ')).toContain('--bgp-hold-sec <3..180> BGP hold time; keepalive is a third of it; default 30');
    expect(out).not.toContain('--bgpHoldSec');
  });

  it.each([
    ['create bgw', 'missing --bgw-name'], ['create cgw --bgp-asn many --customer-gateway-name x --customer-ips 1.2.3.4', '--bgp-asn wants a whole number, not "many"'],
    ['create vpn --vpn-connection-name x --bgw-id b --cgw-id c --bgp-enabled maybe', 'wants true or false'], ['update bgw-1', 'nothing to change'], ['update nonsense-1 --x y', 'is not an id'],
    ['update 203.0.113.9 --node x', 'can be changed'], ['create bgw -f /nowhere.json', 'cannot read /nowhere.json'], ['delete thing', 'is not an id'], ['create bgw --colour red', "unknown option '--colour'"],
    ['--url ftp://x list bgw', 'wants an http'], ['-o yaml list bgw', 'Allowed choices'], ['dance', 'unknown command'],
  ])('%s is bad usage', async (line, why) => {
    const { code, err } = await run(line);
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    expect(calls).toEqual([]);
  });
});

describe('client configurations', () => {
  const config = { device: 'strongswan-frr', hash: 'ab'.repeat(32), outOfDate: true, files: [{ name: 'etc/a.conf', content: '# a\n' }, { name: 'etc/frr/b.conf', content: '! b\n' }], notes: ['read me'] };
  it('lists the devices, which are of no region', async () => {
    routes['GET /v1/clientDevices'] = { items: [{ id: 'cisco-ios', title: 'Cisco IOS', versions: '15' }] };
    expect((await run('client-devices')).out).toBe('DEVICE     NAME       FOR\ncisco-ios  Cisco IOS  15\n');
  });
  it('prints the files, and what else is to be known beside them', async () => {
    routes['GET /vpnConnections/vpn-1/clientConfig'] = config;
    const { out, err } = await run('client-config vpn-1 --device strongswan-frr --networks 10.0.0.0/8 --known-hash 12345678');
    expect([out, err]).toEqual(['### etc/a.conf\n# a\n\n### etc/frr/b.conf\n! b\n', 'note: read me\nout of date: the options are now abababab\n']);
    expect(calls[0]!.url).toContain('?device=strongswan-frr&networks=10.0.0.0%2F8&knownHash=12345678');
  });
  it('writes the files with the keys, for the owner alone', async () => {
    routes['POST /vpnTunnels/tun-1:clientConfig'] = config;
    const out = path.join(dir, 'router');
    expect((await run(['client-config', 'tun-1', '--device', 'strongswan-frr', '--with-psk', '--out', out])).out).toBe(`${out}/etc/a.conf\n${out}/etc/frr/b.conf\n`);
    expect([readFileSync(path.join(out, 'etc/frr/b.conf'), 'utf8'), statSync(path.join(out, 'etc/a.conf')).mode & 0o777]).toEqual(['! b\n', 0o600]);
  });
  it('writes nothing outside of the directory', async () => {
    routes['GET /vpnTunnels/tun-1/clientConfig'] = { ...config, files: [{ name: '../evil', content: 'x' }] };
    expect(await run(['client-config', 'tun-1', '--device', 'x', '--out', path.join(dir, 'router')])).toMatchObject({ code: 2, err: expect.stringContaining('outside of') });
  });
  it.each([['client-config bgw-1 --device cisco-ios', 'has no client configuration'], ['client-config vpn-1', '--device']])('%s is bad usage', async (line, why) => {
    expect(await run(line)).toMatchObject({ code: 2, err: expect.stringContaining(why) });
  });
});

describe('errors', () => {
  it('prints a refusal with its field and rule', async () => {
    routes['POST /borderGateways'] = problem(422, { code: 'invalid-request', title: 'x', detail: 'the request breaks a rule', field: 'bgwName', rule: '1 to 32 characters', status: 422 });
    expect(await run('create bgw --bgw-name !!')).toEqual({ code: 1, out: '', err: 'invalid-request: the request breaks a rule (bgwName: 1 to 32 characters)\n' });
  });

  it('prints every broken field', async () => {
    const errors = [{ field: 'a', code: 'x', rule: 'one' }, { field: 'b', code: 'x', rule: 'two' }];
    routes['POST /borderGateways'] = problem(400, { code: 'invalid-request', detail: 'two fields', errors });
    expect((await run('create bgw --bgw-name x')).err).toBe('invalid-request: two fields\n  a: one\n  b: two\n');
  });

  it('an answer that is no problem document has its status', async () => {
    routes['GET /vpcs'] = (_: Call, response: ServerResponse) => response.writeHead(502).end('<html>');
    expect(await run('list vpcs')).toEqual({ code: 1, out: '', err: 'http-502: Bad Gateway\n' });
  });

  it('a server that is not there is named', async () => {
    const { code, err } = await run('--url http://127.0.0.1:1 list vpcs');
    expect(code).toBe(3);
    expect(err).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:1: /);
  });
});

describe('tunnels', () => {
  const tunnel = { vpnTunnelId: 'tun-1', vpnConnectionId: 'vpn-1', cloudPublicIp: '203.0.113.1', customerIp: '198.51.100.1', tunnelIp: '169.254.0.0/30', adminStatus: 'DOWN', opStatus: 'DOWN', opReason: 'admin-down', bgpStatus: 'down', node: 'node-1' };

  it('disables and shows what became of it', async () => {
    routes['POST /vpnTunnels/tun-1:disable'] = tunnel;
    expect((await run('disable tun-1')).out.split('\n')[1]).toBe('tun-1  vpn-1       203.0.113.1  198.51.100.1  169.254.0.0/30  DOWN   DOWN  admin-down  down  node-1');
    expect((await run('enable vpn-1')).code).toBe(2);
  });

  it('adds the default set, or what a file says', async () => {
    routes['POST /vpnConnections/vpn-1:addTunnels'] = { items: [tunnel], nextCursor: null };
    await run('add-tunnels vpn-1');
    expect((await run(['add-tunnels', 'vpn-1', '-f', file('tunnels.json', [{ psk: 'a-long-secret' }])])).code).toBe(0);
    expect(calls.filter((call) => call.method === 'POST').map((call) => call.body)).toEqual([undefined, { tunnels: [{ psk: 'a-long-secret' }] }]);
  });

  it('adds several routes to a gateway or a route table', async () => {
    routes['POST /borderGateways/bgw-1:addStaticRoutes'] = { items: [{ bgwRouteId: 'bgwrt-1', bgwId: 'bgw-1', bgwRouteDestination: '10.1.0.0/16', bgwRouteNexthop: 'vpn-1', description: '' }], nextCursor: null };
    routes['POST /routeTables/rtb-1:addRoutes'] = { items: [], nextCursor: null };
    const several = file('routes.json', [{ bgwRouteDestination: '10.1.0.0/16', bgwRouteNexthop: 'vpn-1' }]);
    expect((await run(['add-routes', 'bgw-1', '-f', several])).out).toContain('bgwrt-1  bgw-1    10.1.0.0/16');
    expect((await run(['add-routes', 'rtb-1', '-f', file('more.json', { routes: [] })])).code).toBe(0);
    expect((await run(['add-routes', 'vpn-1', '-f', several])).code).toBe(2);
    expect(calls.map((call) => call.body)).toEqual([{ routes: [{ bgwRouteDestination: '10.1.0.0/16', bgwRouteNexthop: 'vpn-1' }] }, { routes: [] }]);
  });

  it('reveals a key, alone on its line', async () => {
    routes['POST /vpnTunnels/tun-1:revealPsk'] = { vpnTunnelId: 'tun-1', psk: 'sesame-open' };
    expect((await run('reveal-psk tun-1')).out).toBe('sesame-open\n');
  });
});

describe('routes and FIB', () => {
  it('of a gateway, by table', async () => {
    routes['GET /borderGateways/bgw-1/routes'] = { items: [{
      bgwRouteDestination: '10.1.0.0/16', origin: 'propagated', nextHopType: 'vpn_connection', routeType: 'ebgp', bgwRouteNexthop: 'tun-1', nextHops: [{ kind: 'tunnel', id: 'tun-1' }],
      asPath: [65010, 65011], bgwRoutePriority: '140/150/2', effective: true, because: 'best', source: 'tun-1',
    }], nextCursor: null };
    expect((await run('routes bgw-1 --table propagated')).out).toBe([
      'DESTINATION  ORIGIN      TYPE  NEXT HOP  USABLE  AS PATH      PRIORITY   EFFECTIVE  BECAUSE',
      '10.1.0.0/16  propagated  ebgp  tun-1     tun-1   65010 65011  140/150/2  yes        best', '',
    ].join('\n'));
    expect(calls[0]!.url).toContain('routes?table=propagated');
  });

  it.each([['routes vpc-1', '/vpcs/vpc-1/routes'], ['routes tun-1 --learned', '/vpnTunnels/tun-1/learnedRoutes'], ['routes tun-1 --advertised', '/vpnTunnels/tun-1/advertisedRoutes']])('%s', async (line, at) => {
    routes[`GET ${at}`] = { items: [], nextCursor: null };
    expect((await run(line)).code).toBe(0);
  });

  it.each(['routes tun-1', 'routes bgw-1 --learned', 'routes vpn-1', 'routes bgw-1 --table every', 'routes vpc-1 --table static'])('%s is bad usage', async (line) => {
    expect((await run(line)).code).toBe(2);
  });

  it("puts each kernel beside the FIB, and what only a kernel has", async () => {
    const [a, b] = [{ kind: 'tunnel', id: 'tun-1' }, { kind: 'unknown', id: 'eth9' }];
    routes['GET /borderGateways/bgw-1/fib'] = { bgwId: 'bgw-1', agreed: false, expected: [{ prefix: '10.1.0.0/16', nextHops: [a] }], nodes: [{ node: 'node-1', observedAt: 't', agreed: false, differences: [{ prefix: '10.9.0.0/16', expected: [], kernel: [b] }] }] };
    expect((await run('fib bgw-1')).out).toBe(['PREFIX       EXPECTED  KERNEL OF node-1', '10.1.0.0/16  tun-1     same', '10.9.0.0/16  -         unknown:eth9', ''].join('\n'));
  });
});

describe('explain', () => {
  const common = { region: 'region-1', question: { prefix: null, address: '10.20.0.5' }, verdict: 'v' };
  const inGateway = { in: 'borderGateway', bgwId: 'bgw-1', ...common, destinations: [], lessSpecific: [], text: '10.20.0.5 in border gateway bgw-1\n\nv \u001b[2Jw\n' };
  const inVpc = { in: 'vpc', vpcId: 'vpc-1', ...common, tables: [], text: 'why\n' };
  beforeEach(() => { routes = { 'GET /borderGateways/bgw-1/explain': inGateway, 'GET /vpcs/vpc-1/explain': inVpc }; });

  it('prints the text, and nothing that steers the terminal', async () =>
    expect(await run('explain bgw-1 10.20.0.5')).toEqual({ code: 0, out: '10.20.0.5 in border gateway bgw-1\n\nv ?[2Jw\n', err: '' }));
  it('or the structure', async () => expect(JSON.parse((await run('explain vpc-1 10.20.0.0/16 -o json')).out)).toEqual(inVpc));
  it.each([
    ['explain bgw-1 10.20.0.5', '/borderGateways/bgw-1/explain?address=10.20.0.5'], ['explain bgw-1 10.20.0.0/16', '/borderGateways/bgw-1/explain?prefix=10.20.0.0%2F16'],
    ['explain vpc-1 10.20.0.5 --route-table rtb-1', '/vpcs/vpc-1/explain?address=10.20.0.5&routeTableId=rtb-1'],
  ])('%s asks %s', async (line, at) => {
    expect((await run(line)).code).toBe(0);
    expect(calls.map((call) => call.url)).toEqual([`/v1/regions/region-1${at}`]);
  });
  it.each([
    ['explain bgw-1', "missing required argument 'prefix-or-address'"], ['explain tun-1 10.0.0.1', 'neither a border gateway nor a VPC'], ['explain bgw-1 10.0.0.1/8', 'is not an IPv4 prefix without host bits'],
    ['explain bgw-1 ten', 'is not an IPv4 address'], ['explain bgw-1 10.0.0.1 --route-table rtb-1', '--route-table is for VPCs'],
  ])('%s is bad usage', async (line, why) => {
    const { code, err } = await run(line);
    expect([code, err, calls]).toEqual([2, expect.stringContaining(why), []]);
  });
});

describe('state and watch', () => {
  const io = { bytesIn: 1, bytesOut: 2, packetsIn: 3, packetsOut: 4 };
  const rates = { originalInBps: 1_234_567, originalOutBps: 10, encryptedInBps: 0, encryptedOutBps: 0, packetsInPps: 0, packetsOutPps: 0 };
  const state = (change: object = {}) => ({
    vpnTunnelId: 'tun-1', vpnConnectionId: 'vpn-1', bgwId: 'bgw-1', node: 'node-1', driver: 'xfrm', adminStatus: 'UP', opStatus: 'UP', opReason: 'established', opDetail: '', opSince: '2026-01-01T00:00:00.000Z',
    ikeSas: 1, childSas: 1, rekeys: 0, bgpStatus: 'established', bgpSince: null, learnedPrefixes: 2, counters: { original: io, encrypted: io, sampledAt: 't' }, rates,
    history: [{ at: '2026-01-01T00:00:00.000Z', what: 'oper UP', detail: 'established' }], ...change,
  });

  it('shows all states, and one with its counters and history', async () => {
    routes['GET /tunnelStates'] = { items: [state()], nextCursor: null };
    routes['GET /vpnTunnels/tun-1/state'] = state();
    expect((await run('state')).out.split('\n')[1]).toBe('tun-1   vpn-1       UP     UP    established  2026-01-01T00:00:00.000Z  established  2         1.2 Mbps  10 bps  xfrm');
    expect((await run('state tun-1')).out).toMatch(/encrypted {2}1 [\s\S]*2026-01-01T00:00:00.000Z {2}oper UP {2}established/);
  });

  it('prints a line for each change, resumes where the stream broke, and ends on the signal', async () => {
    const stop = new AbortController();
    let connections = 0;
    routes['GET /live'] = (_: Call, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (id: string, event: string, data: object) => response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n: heartbeat\n\n`);
      if (++connections === 1) {
        send('1', 'snapshot', { items: [state()] });
        send('2', 'tunnelState', state({ rates: null }));
        response.end();
      } else {
        send('3', 'tunnelState', state({ opStatus: 'DOWN', opReason: 'dpd-timeout', opDetail: 'gone', bgpStatus: 'down', rates: null }));
        send('4', 'tunnelRemoved', { vpnTunnelId: 'tun-1' });
      }
    };
    const { code, out, err } = await run('watch', { signal: stop.signal, onOut: (text) => text.includes('removed') && stop.abort() });
    expect(out.trim().split('\n')).toEqual([
      '2026-01-01T00:00:00.000Z  tun-1  admin UP  oper UP (established)  bgp established 2 prefixes  in 1.2 Mbps  out 10 bps',
      '2026-01-01T00:00:00.000Z  tun-1  admin UP  oper DOWN (dpd-timeout: gone)  bgp down  no rates',
      '-                         tun-1  removed',
    ]);
    expect(calls.map((call) => call.headers['last-event-id'])).toEqual([undefined, '2']);
    expect([code, err]).toEqual([0, 'the stream has ended; connecting again\nconnected again\n']);
  });

  it('does not insist on a server that was never there, or that says no', async () => {
    expect((await run('--url http://127.0.0.1:1 watch')).code).toBe(3);
    routes['GET /live'] = problem(404, { code: 'region-not-found', detail: 'no such region' });
    expect(await run('watch')).toEqual({ code: 1, out: '', err: 'region-not-found: no such region\n' });
  });
});

describe('metrics', () => {
  const series = (metric: string, unit: string, values: (number | null)[], vpnTunnelId: string | null = 'tun-1') => ({ metric, unit, vpnTunnelId, vpnConnectionId: 'vpn-1', values });
  const answer = (...items: object[]) => ({ start: '2026-11-28T20:00:00.000Z', end: '2026-11-28T20:02:00.000Z', stepSeconds: 60, statistic: 'avg', items });

  it('draws a line per point, with gaps', async () => {
    routes['GET /vpnTunnels/tun-1/metrics'] = answer(series('originalInBps', 'bit/s', [1_234_567, null]), series('operUp', 'ratio', [1, 0.75]));
    expect((await run('metrics tun-1 --window 1h --metric originalInBps,operUp')).out).toBe([
      'FROM                  originalInBps  operUp',
      '2026-11-28T20:00:00Z  1.2 Mbps       1',
      '2026-11-28T20:01:00Z  -              0.75',
      '',
    ].join('\n'));
    expect(calls[0]!.url).toBe('/v1/regions/region-1/vpnTunnels/tun-1/metrics?window=1h&metric=originalInBps%2CoperUp');
  });

  it('names the tunnels of a connection, and asks the region without an id', async () => {
    routes['GET /vpnConnections/vpn-1/metrics'] = answer(series('operUp', 'ratio', [1]), series('operUp', 'ratio', [0], 'tun-2'));
    expect((await run('metrics vpn-1')).out).toMatch(/^FROM +operUp tun-1 +operUp tun-2\n\S+ +1 +0\n$/);
    routes['GET /metrics'] = answer(series('operUp', 'ratio', [7], null));
    expect((await run('metrics')).out).toMatch(/^FROM +operUp\n\S+ +7\n$/);
    expect(await run('metrics vpc-1')).toMatchObject({ code: 2, err: expect.stringContaining('has no metrics') });
  });

  it('lists what changed', async () => {
    routes['GET /vpnTunnels/tun-1/stateChanges'] = { items: [{ at: '2026-11-28T20:00:00.000Z', vpnTunnelId: 'tun-1', vpnConnectionId: 'vpn-1', what: 'oper DOWN', detail: 'dpd-timeout' }], nextCursor: null };
    expect((await run('changes tun-1')).out).toBe('AT                        TUNNEL  CHANGE     DETAIL\n2026-11-28T20:00:00.000Z  tun-1   oper DOWN  dpd-timeout\n');
  });
});

describe('alarms', () => {
  const rule = {
    alarmRuleId: 'alarm-1', alarmRuleName: 'Tunnel down', resources: { kind: 'vpnTunnel', ids: null }, conditions: [{ metric: 'operUp', periodMinutes: 1, statistic: 'max', operator: 'lt', threshold: 1, consecutivePeriods: 5, level: 'critical' }],
    webhook: null, enabled: true, defaultKey: 'tunnel-down',
  };
  const of = { alarmRuleId: 'alarm-1', alarmRuleName: 'Tunnel down', resourceKind: 'vpnTunnel', resourceId: 'tun-1', level: 'critical', detail: 'operUp is 0' };

  it.each(['alarm-rules', 'alarmRule'])('lists %s in a line each', async (word) => {
    routes['GET /alarmRules'] = { items: [rule], nextCursor: null };
    expect((await run(`list ${word}`)).out).toBe([
      'ID       NAME         OF               CONDITIONS                               WEBHOOK  ENABLED  DEFAULT',
      'alarm-1  Tunnel down  every vpnTunnel  max operUp lt 1 in 1 min x 5 (critical)  -        yes      tunnel-down',
      '',
    ].join('\n'));
  });

  it('lists what they find, filtered, and what they found', async () => {
    routes['GET /alarms'] = { items: [{ ...of, state: 'alarm', since: '2026-11-28T20:00:00.000Z' }, { ...of, resourceId: 'tun-2', state: 'normal', level: null, since: '2026-11-28T20:00:00.000Z' }], nextCursor: null };
    expect((await run('list alarms --state alarm')).out.split('\n').slice(1)).toEqual(['alarm-1  Tunnel down  tun-1     alarm  critical  2026-11-28T20:00:00.000Z  operUp is 0', '']);
    routes['GET /alarmHistory'] = { items: [{ ...of, at: '2026-11-28T20:00:00.000Z', from: null, to: 'alarm', notification: 'failed', attempts: 9, failure: 'HTTP 500' }], nextCursor: null };
    expect((await run('list alarm-history')).out.split('\n')[1]).toBe('2026-11-28T20:00:00.000Z  Tunnel down  tun-1     -     alarm  critical  failed  operUp is 0; HTTP 500');
  });

  it.each([
    ['show alarm-1', 'GET', '/alarmRules/alarm-1'], ['show alarm-rule alarm-1', 'GET', '/alarmRules/alarm-1'], ['enable alarm-1', 'POST', '/alarmRules/alarm-1:enable'], ['disable alarm-1', 'POST', '/alarmRules/alarm-1:disable'],
    ['delete alarm-1', 'DELETE', '/alarmRules/alarm-1'],
  ])('%s', async (line, method, at) => {
    routes[`${method} ${at}`] = method === 'DELETE' ? () => undefined : rule;
    expect((await run(line)).code).toBe(0);
    expect(calls).toMatchObject([{ method, url: `/v1/regions/region-1${at}` }]);
  });

  it('makes one of a file', async () => {
    routes['POST /alarmRules'] = rule;
    await run(['create', 'alarm-rule', '-f', file('rule.json', { alarmRuleName: 'mine' })]);
    expect(calls[0]!.body).toEqual({ alarmRuleName: 'mine' });
  });
});

import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { gatekeeper } from './gatekeeper.js';

const asked = (headers: Record<string, string | undefined>, method = 'GET', names: string[] = [], httpVersion = '1.1', own: string[] = []) =>
  gatekeeper(names, own)({ headers, headersDistinct: {}, method, httpVersion } as unknown as IncomingMessage)?.code;

describe('the name in Host', () => {
  it.each(['localhost', 'localhost:8480', 'LOCALHOST.', 'x.localhost', '127.0.0.1:8480', '[::1]:8480', '10.0.0.7', '[fd00::1]'])('%s is ours', (host) => expect(asked({ host })).toBeUndefined());
  it.each(['evil.example', 'evil.example:8480', 'localhost.evil.example', '127.0.0.1.evil.example', 'user@localhost', '', 'a b', '[::1', 'localhost:'])('%s is not', (host) => expect(asked({ host })).toBe('misdirected-request'));

  it('may be named by the operator, or be any', () => {
    expect(asked({ host: 'VPN.corp.example:8480' }, 'GET', ['vpn.corp.example'])).toBeUndefined();
    expect(asked({ host: 'evil.example' }, 'GET', ['vpn.corp.example'])).toBe('misdirected-request');
    expect(asked({ host: 'evil.example' }, 'GET', ['*'])).toBeUndefined();
  });

  it('may be one that the process knows by itself', () => {
    expect(asked({ host: 'Node-7:8480' }, 'GET', [], '1.1', ['node-7'])).toBeUndefined();
    expect(asked({ host: 'node-8:8480' }, 'GET', [], '1.1', ['node-7'])).toBe('misdirected-request');
  });

  it('is needed since HTTP/1.1', () => {
    expect(asked({})).toBe('malformed-request');
    expect(asked({}, 'GET', [], '1.0')).toBeUndefined();
  });
});

describe('a write of a browser', () => {
  const host = '127.0.0.1:8480';
  it.each<[string, Record<string, string>, string | undefined]>([
    ['without any sign of a browser', {}, undefined],
    ['from our own page', { origin: 'http://127.0.0.1:8480', 'sec-fetch-site': 'same-origin' }, undefined],
    ['from another site', { origin: 'https://evil.example' }, 'cross-site-request'],
    ['from another port of this machine', { origin: 'http://127.0.0.1:3000' }, 'cross-site-request'],
    ['from a sandboxed frame', { origin: 'null' }, 'cross-site-request'],
    ['that only its metadata tells', { 'sec-fetch-site': 'cross-site' }, 'cross-site-request'],
  ])('%s', (_, headers, code) => {
    expect(asked({ host, ...headers }, 'POST')).toBe(code);
    expect(asked({ host, ...headers }, 'GET')).toBeUndefined();
  });

  it('from another port of the address that is listened at', () => {
    expect(asked({ host, origin: 'http://127.0.0.1:1' }, 'POST', [], '1.1', ['127.0.0.1'])).toBe('cross-site-request');
    expect(asked({ host, origin: 'http://127.0.0.1:8480' }, 'POST', [], '1.1', ['127.0.0.1'])).toBeUndefined();
  });

  it('from a console that the operator named', () => expect(asked({ host, origin: 'https://console.corp.example' }, 'DELETE', ['console.corp.example'])).toBeUndefined());
});

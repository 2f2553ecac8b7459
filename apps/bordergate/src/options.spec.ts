import { OptionError } from '@bordergate/platform';
import { describe, expect, it } from 'vitest';
import { readOptions } from './options.js';

describe('settings', () => {
  it('have defaults: loopback, embedded database, automatic driver', () =>
    expect(readOptions({})).toMatchObject({ host: '127.0.0.1', port: 8480, region: 'region-1', node: 'node-1', driver: 'auto', uplinkNetns: null, databaseUrl: null, retentionDays: 14, allowedHosts: [] }));
  it('take several host names', () => expect(readOptions({ BORDERGATE_ALLOWED_HOSTS: 'VPN.example, *' }).allowedHosts).toEqual(['vpn.example', '*']));
  it.each([
    [{ BORDERGATE_PORT: '80x' }, 'BORDERGATE_PORT'],
    [{ BORDERGATE_PORT: '70000' }, 'BORDERGATE_PORT'], [{ BORDERGATE_RETENTION_DAYS: '0' }, 'BORDERGATE_RETENTION_DAYS'], [{ BORDERGATE_LIVE_STREAMS: '0' }, 'BORDERGATE_LIVE_STREAMS'],
    [{ BORDERGATE_DRIVER: 'magic' }, 'BORDERGATE_DRIVER'],
    [{ BORDERGATE_REGION: 'Region 1' }, 'BORDERGATE_REGION'],
    [{ BORDERGATE_NETNS_PREFIX: '../x' }, 'BORDERGATE_NETNS_PREFIX'],
    [{ BORDERGATE_ALLOWED_HOSTS: 'vpn.example, https://x' }, 'BORDERGATE_ALLOWED_HOSTS'],
  ])('%j is refused and the variable named', (env, variable) => {
    expect(() => readOptions(env)).toThrow(OptionError);
    expect(() => readOptions(env)).toThrow(variable);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BirdBgpSession, BirdConfigError, type BirdGateway, renderBirdConfig } from './index.js';

const options = { logFile: '/run/bordergate/g-1/bird.log' };

const session = (over: Partial<BirdBgpSession> = {}): BirdBgpSession => ({
  name: 'b_t1', device: 't1', localAddress: '169.254.1.1', localAsn: 65000, neighborAddress: '169.254.1.2', neighborAsn: 65010,
  preference: 150, holdSeconds: 30, keepaliveSeconds: 10, advertise: ['10.1.1.0/24', '10.1.0.0/24'], ...over,
});

const gateway = (over: Partial<BirdGateway> = {}): BirdGateway =>
  ({ routerId: '10.255.0.1', gracefulRestartSeconds: 60, attachmentRoutes: [], staticRoutes: [], bgp: [], refused: [], ownAsns: [], ...over });

const full = gateway({
  refused: ['10.7.1.0/24', '10.7.0.0/24'], ownAsns: [65100, 65000, 65000],
  kernelTable: 1001,
  attachmentRoutes: [
    { prefix: '10.1.1.0/24', device: 'v-a1', via: '10.1.0.2', preference: 250 },
    { prefix: '10.1.0.0/24', device: 'v-a1', preference: 250 },
  ],
  staticRoutes: [
    { prefix: '10.9.0.0/24', preference: 200, nextHops: [{ via: '169.254.1.6', device: 't2' }, { via: '169.254.1.2', device: 't1' }] },
    { prefix: '10.8.0.0/16', preference: 200, nextHops: [] },
  ],
  directRoutes: [{ prefix: '10.9.0.0/24', preference: 220, nextHops: [{ via: '10.255.0.1', device: 'd-line' }] }],
  bgp: [
    session({ name: 'b_t2', device: 't2', localAddress: '169.254.1.5', neighborAddress: '169.254.1.6', neighborAsn: 4200000001, advertise: [], disabled: true }),
    session({ bfd: { intervalMs: 300, multiplier: 3 }, receiveLimit: 3000, transit: { prefixes: ['10.3.0.0/16', '10.2.0.0/16'], notFrom: ['b_t2', 'b_t1'] }, password: "it's; a # secret" }),
  ],
});

const goldens: Record<string, BirdGateway> = {
  'empty.conf': gateway(),
  'static-only.conf': gateway({ attachmentRoutes: full.attachmentRoutes, staticRoutes: full.staticRoutes }),
  'bgp-without-bfd.conf': gateway({ bgp: [session({ holdSeconds: 0 })] }),
  'quarantined.conf': gateway({ bgp: [session({ quarantined: true, receiveLimit: 3000 })] }),
  'full.conf': full,
};

describe('renderBirdConfig', () => {
  it.each(Object.entries(goldens))('renders %s', async (file, value) => {
    await expect(renderBirdConfig(value, options)).toMatchFileSnapshot(`golden/${file}`);
  });

  it('does not depend on the order of lists', () => {
    fc.assert(fc.property(fc.shuffledSubarray(full.bgp as BirdBgpSession[], { minLength: 2 }), fc.boolean(), (bgp, turn) => {
      const reversed = {
        ...full, refused: [...full.refused].reverse(), ownAsns: [...full.ownAsns].reverse(), bgp: bgp.map(one => ({ ...one, advertise: turn ? [...one.advertise].reverse() : one.advertise })),
        attachmentRoutes: [...full.attachmentRoutes].reverse(),
        staticRoutes: full.staticRoutes.map(route => ({ ...route, nextHops: [...route.nextHops].reverse() })).reverse(),
      };
      expect(renderBirdConfig(reversed, options)).toBe(renderBirdConfig(full, options));
    }));
  });

  it('changes only the block of the session that changed', () => {
    const blocks = (value: BirdGateway) => renderBirdConfig(value, options).split(/\n(?=\S+ )/);
    const changed = { ...full, bgp: [full.bgp[0]!, { ...full.bgp[1]!, advertise: ['10.1.1.0/24'], receiveLimit: 7, preference: 149 }] };
    const before = blocks(full);
    expect(blocks(changed).filter(block => !before.includes(block)).map(block => block.split('\n')[0])).toEqual(['protocol bgp b_t1 {']);
  });

  const wrong: [string, BirdGateway][] = [
    ['routerId', gateway({ routerId: '10.0.0.1; quit' })],
    ['bgp.name', gateway({ bgp: [session({ name: 'b-t1' })] })],
    ['bgp.name', gateway({ bgp: [session(), session()] })],
    ['bgp.device', gateway({ bgp: [session({ device: 't1" ; ' })] })],
    ['bgp.password', gateway({ bgp: [session({ password: 'a"; disabled; #' })] })],
    ['bgp.holdSeconds', gateway({ bgp: [session({ holdSeconds: 2 })] })],
    ['bgp.keepaliveSeconds', gateway({ bgp: [session({ holdSeconds: 9, keepaliveSeconds: 10 })] })],
    ['bgp.localAsn', gateway({ bgp: [session({ localAsn: 0 })] })],
    ['refused', gateway({ refused: ['10.1.0.1/24'], bgp: [session()] })],
    ['ownAsns', gateway({ ownAsns: [0], bgp: [session()] })],
    ['bgp.transit.prefixes', gateway({ bgp: [session({ transit: { prefixes: ['x'], notFrom: [] } })] })],
    ['bgp.transit.notFrom', gateway({ bgp: [session({ transit: { prefixes: ['10.0.0.0/8'], notFrom: ['b"'] } })] })],
    ['bgp.advertise', gateway({ bgp: [session({ advertise: ['10.1.0.1/24'] })] })],
    ['staticRoutes.prefix', gateway({ staticRoutes: [full.staticRoutes[0]!, full.staticRoutes[0]!] })],
    ['directRoutes.prefix', gateway({ directRoutes: [full.directRoutes![0]!, full.directRoutes![0]!] })],
    ['preference', gateway({ staticRoutes: [{ ...full.staticRoutes[0]!, preference: 65536 }] })],
  ];
  it.each(wrong)('refuses a bad %s', (field, value) => {
    expect(() => renderBirdConfig(value, options)).toThrow(expect.objectContaining({ name: 'BirdConfigError', field }));
  });

  it('does not repeat a password in its error', () => {
    expect(() => renderBirdConfig(gateway({ bgp: [session({ password: 'secret"' })] }), options)).toThrow(BirdConfigError);
    expect(() => renderBirdConfig(gateway({ bgp: [session({ password: 'secret"' })] }), options)).not.toThrow(/secret/);
  });
});

const BIRD = '/usr/sbin/bird';
const golden = new URL('./golden/', import.meta.url).pathname;
describe.skipIf(!existsSync(BIRD))('bird -p', () => {
  it.each(Object.keys(goldens))('accepts golden/%s', file => {
    expect(() => execFileSync(BIRD, ['-p', '-c', golden + file], { stdio: 'pipe' })).not.toThrow();
  });
});

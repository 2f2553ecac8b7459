import { describe, expect, it } from 'vitest';
import { heardRoutes } from './heard.js';
import { ReplySplitter } from './reply.js';
import { parseRoutes } from './routes.js';

const route = (prefix: string, attributes: string): string =>
  `1007-${prefix}          unicast [b_t1 2026-11-21 02:29:03.661] * (150) [AS65010i]\n \tvia 169.254.1.2 on t1\n1008-\tType: BGP univ\n1012-${attributes.split('\n').join('\n ')}\n`;
const listed = (...routes: string[]) => parseRoutes(new ReplySplitter().feed(new TextEncoder().encode(`1007-Table master4:\n${routes.join('')}0000 \n`))[0]!);

describe('what a peer said, of a route that was taken', () => {
  it('is what the import function has put aside', () => {
    const [heard] = heardRoutes([], listed(route('10.2.0.0/24', '\tBGP.origin: IGP\n\tBGP.med: 0\n\tBGP.local_pref: 100\n\tBGP.community: (65010,7)\n\theard_origin: 2\n\theard_med: 50\n\theard_stale: 1')));
    expect(heard).toMatchObject({ prefix: '10.2.0.0/24', origin: 'incomplete', med: 50, communities: ['65010:7', '65535:6'] });
    expect(heard).not.toHaveProperty('localPref');
    expect(heard).not.toHaveProperty('custom');
  });

  it('has no MED where the peer gave none', () => {
    const [heard] = heardRoutes([], listed(route('10.2.0.0/24', '\tBGP.origin: IGP\n\tBGP.med: 0\n\tBGP.local_pref: 100')));
    expect(heard).toMatchObject({ origin: 'igp', communities: [] });
    expect(heard).not.toHaveProperty('med');
  });
});

describe('what a peer said, of a route that was refused', () => {
  const refused = listed(route('10.3.0.0/24', '\tBGP.origin: EGP\n\tBGP.med: 7'));

  it('is as it came', () => {
    expect(heardRoutes(refused, [])).toMatchObject([{ prefix: '10.3.0.0/24', origin: 'egp', med: 7 }]);
  });

  it('is one route, though it was listed again, or moved over meanwhile', () => {
    const taken = listed(route('10.3.0.0/24', '\tBGP.origin: IGP\n\tBGP.med: 0\n\theard_origin: 1\n\theard_med: 7'));
    expect(heardRoutes([...refused, ...refused], taken)).toMatchObject([{ prefix: '10.3.0.0/24', origin: 'egp', med: 7 }]);
  });
});

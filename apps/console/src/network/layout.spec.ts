import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COLUMNS_FROM, fit, layoutOf, type Box, type Placed } from './layout.js';
import type { Picture } from './picture.js';

const line = (id: string) => ({ id, collection: 'vpnTunnels', tone: 'up', up: 1, of: 1, disabled: false, bgp: 'off', rates: null }) as const;
const pictures = fc.record({ vpcs: fc.nat(6), fars: fc.array(fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }), { maxLength: 5 }), left: fc.nat(3), leftVpcs: fc.nat(3) }).map(({ vpcs, fars, left, leftVpcs }): Picture => ({
  gateway: { id: 'bgw', name: 'gateway', asn: 1 }, left, leftVpcs, total: { up: 0, down: 0, disabled: 0, rates: null },
  vpcs: Array.from({ length: vpcs }, (_, i) => ({ vpcId: `vpc-${i}`, vpcAttachmentId: `att-${i}`, name: '', cidr: '', attachment: '', subnets: 0 })),
  fars: fars.map((ways, f) => ({ key: `far-${f}`, id: null, name: '', asn: null, addresses: [], ways: ways.map((n, w) => ({ id: `way-${f}-${w}`, collection: 'vpnConnections', name: '', tone: 'up', up: n, of: n, lines: Array.from({ length: n }, (_, i) => line(`${f}-${w}-${i}`)) })) })),
}));
const overlap = (a: Box, b: Box) => a.x < b.x + b.width - 0.01 && b.x < a.x + a.width - 0.01 && a.y < b.y + b.height - 0.01 && b.y < a.y + a.height - 0.01;
const count = (placed: readonly Placed[], kind: Placed['kind']) => placed.filter((one) => one.kind === kind).length;

it.each([['beside each other', COLUMNS_FROM, 1_400], ['as a tree', 280, COLUMNS_FROM - 1]])('%s, everything is drawn once, inside, and nothing on anything else', (_, from, to) => {
  fc.assert(fc.property(pictures, fc.integer({ min: from, max: to }), (picture, width) => {
    const { placed, height } = layoutOf(picture, width);
    const ways = picture.fars.flatMap((far) => far.ways);
    expect([count(placed, 'vpc'), count(placed, 'way'), count(placed, 'line')]).toEqual([picture.vpcs.length, ways.length, ways.flatMap(({ lines }) => lines).length]);
    expect(new Set(placed.map(({ key }) => key)).size).toBe(placed.length);
    const boxes = placed.map(({ box }) => box);
    const outside = boxes.filter(({ x, y, width: w, height: h }) => x < 0 || y < -0.01 || x + w > width + 0.01 || y + h > height + 0.01 || w <= 0 || h <= 0);
    const overlapping = boxes.flatMap((box, i) => boxes.slice(i + 1).filter((other) => overlap(box, other)));
    expect({ outside, overlapping }).toEqual({ outside: [], overlapping: [] });
  }), { numRuns: 60 });
});

it.each([['short', 200, 12, 'short'], ['a very long name of a gateway', 70, 12, 'a very lo…'], ['abc', 1, 12, 'a…'], ['边界网关示意图', 60, 12, '边界网关…']])('fits "%s" into %i px', (text, width, size, fitted) => expect(fit(text, width, size)).toBe(fitted));

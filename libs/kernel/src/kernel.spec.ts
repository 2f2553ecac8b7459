import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson, contains, containsAddress, Delta, fold, formatIpv4, formatPrefix, isPrivateAsn, isRejection, overlaps, parseAsn, parseIpv4, parsePrefix, prefixAround,
  prefixColumns, prefixOf, PrefixRows, PrefixTable, readPrefix, reject, run, sameData, toIpv4, type Decider, type Prefix,
} from './index.js';

const anyAddress = fc.integer({ min: 0, max: 0xffffffff }).map(toIpv4);
// few addresses and lengths, so that prefixes nest and collide often
const anyPrefix = fc.tuple(fc.constantFrom(0, 0x0a000000, 0x0a010000, 0x0a010100, 0xc0a80000), fc.constantFrom(0, 8, 12, 16, 24, 32)).map(([a, l]) => prefixAround(toIpv4(a), l));

describe('IPv4 addresses', () => {
  it.each(['0.0.0.0', '10.0.0.1', '203.0.113.1', '255.255.255.255'])('reads and writes %s', (text) => expect(formatIpv4(parseIpv4(text)!)).toBe(text));
  it.each(['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.-4', '1.2.3.4 ', 'a.b.c.d', '1e1.0.0.0'])('refuses "%s"', (text) => expect(parseIpv4(text)).toBeUndefined());
  it('round-trips every address', () => fc.assert(fc.property(anyAddress, (a) => parseIpv4(formatIpv4(a)) === a)));
});

describe('prefixes', () => {
  it.each(['0.0.0.0/0', '10.0.0.0/8', '169.254.0.0/30', '192.0.2.1/32'])('reads and writes %s', (text) => expect(formatPrefix(parsePrefix(text)!)).toBe(text));
  it.each(['10.0.0.1/8', '10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/-1', '10.0.0.0/132', '8', '', '/8', '/10.0.0.0/8', '10.0.0.0/'])('refuses "%s"', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
    expect(() => readPrefix(`key/${text}`, 4, prefixColumns(1), 0)).toThrow(`not a prefix: ${text}`);
  });
  it('reads many into columns, from the ends of texts', () =>
    fc.assert(fc.property(fc.array(anyPrefix), (prefixes) => {
      const columns = prefixColumns(prefixes.length);
      for (const [n, prefix] of prefixes.entries()) readPrefix(`key/${formatPrefix(prefix)}`, 4, columns, n);
      expect(prefixes.map((_, n) => ({ address: toIpv4(columns.addresses[n]!), length: columns.lengths[n] }))).toEqual(prefixes);
    })));
  it('throws on a broken promise', () => expect(() => prefixOf('nonsense')).toThrow('not a prefix: nonsense'));
  it('containment is an order, and overlap is containment either way', () =>
    fc.assert(fc.property(anyPrefix, anyPrefix, (a, b) => {
      expect(contains(a, a)).toBe(true);
      if (contains(a, b) && contains(b, a)) expect(a).toEqual(b);
      expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
    })));
  it('holds its first and last address', () =>
    fc.assert(fc.property(anyPrefix, (p) => containsAddress(p, p.address) && containsAddress(p, toIpv4(p.address + 2 ** (32 - p.length) - 1)))));
});

describe('AS numbers', () => {
  it.each([1, 64512, 65000, 65534, 65552, 4200000000, 4294967294, 13335])('accepts %i', (n) => expect(parseAsn(n)).toBe(n));
  it.each([0, -1, 1.5, 23456, 64496, 64511, 65535, 65536, 65551, 4294967295, 2 ** 33, Number.NaN])('refuses %s', (n) => expect(parseAsn(n)).toBeUndefined());
  it.each([[64511, false], [64512, true], [65534, true], [65535, false], [4200000000, true]])('%i is private: %s', (n, yes) => expect(isPrivateAsn(n)).toBe(yes));
});

describe('prefix table', () => {
  const op = fc.record({ prefix: anyPrefix, value: fc.option(fc.nat(), { nil: undefined }) });
  it('agrees with a plain map on every operation', () =>
    fc.assert(fc.property(fc.array(op, { maxLength: 60 }), anyAddress, (ops, address) => {
      const table = new PrefixTable<number>();
      const plain = new Map<string, { prefix: Prefix; value: number }>();
      for (const { prefix, value } of ops) {
        const before = plain.get(formatPrefix(prefix))?.value;
        if (value === undefined) {
          expect(table.delete(prefix)).toBe(before);
          plain.delete(formatPrefix(prefix));
        } else {
          expect(table.set(prefix, value)).toBe(before);
          plain.set(formatPrefix(prefix), { prefix, value });
        }
      }
      const naive = [...plain.values()];
      expect(table.size).toBe(naive.length);
      const best = naive.filter((e) => containsAddress(e.prefix, address)).sort((a, b) => b.prefix.length - a.prefix.length)[0];
      expect(table.longestMatch(address)).toEqual(best ? [best.prefix, best.value] : undefined);
      for (const { prefix } of ops) {
        expect(new Map([...table.covering(prefix)].map(([p, v]) => [formatPrefix(p), v]))).toEqual(new Map(naive.filter((e) => contains(e.prefix, prefix)).map((e) => [formatPrefix(e.prefix), e.value])));
        expect(new Map([...table.coveredBy(prefix)].map(([p, v]) => [formatPrefix(p), v]))).toEqual(new Map(naive.filter((e) => contains(prefix, e.prefix)).map((e) => [formatPrefix(e.prefix), e.value])));
      }
    })));
});

describe('prefix rows', () => {
  it('keep their numbers while others come and go, find what is there and nothing else, and give back what is free', () =>
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(400), fc.constantFrom(22, 24), fc.boolean()), { maxLength: 600 }), (ops) => {
      const rows = new PrefixRows(1);
      const plain = new Map<string, number>();
      let most = 0;
      for (const [n, length, add] of ops) {
        const { address } = prefixAround(toIpv4(0xfffe0000 + n * 256), length);
        const key = `${address}/${length}`;
        expect(rows.find(address, length)).toBe(plain.get(key) ?? -1);
        if (add) {
          const row = rows.add(address, length);
          expect(row).toBe(plain.get(key) ?? row);
          if (!plain.has(key)) expect(rows.get(row, 0)).toBe(0);
          rows.set(row, 0, n);
          plain.set(key, row);
        } else if (plain.has(key)) {
          rows.remove(plain.get(key)!);
          plain.delete(key);
        }
        most = Math.max(most, plain.size);
        expect([rows.size, rows.end <= most]).toEqual([plain.size, true]);
      }
      for (const [key, row] of plain) expect([`${rows.prefixOf(row).address}/${rows.prefixOf(row).length}`, rows.find(...(key.split('/').map(Number) as [number, number]))]).toEqual([key, row]);
      expect([...rows.rows()].sort()).toEqual([...plain.values()].sort());
    })));

  it('are for many prefixes the same as for one after the other, doubles among them', () =>
    fc.assert(fc.property(fc.array(fc.array(fc.tuple(fc.nat(400), fc.constantFrom(22, 24)), { maxLength: 60 }), { maxLength: 10 }), (batches) => {
      const [together, single] = [new PrefixRows(1), new PrefixRows(1)];
      for (const batch of batches) {
        const prefixes = batch.map(([n, length]) => prefixAround(toIpv4(0xfffe0000 + n * 256), length));
        const rows = together.addAll({ addresses: Int32Array.from(prefixes, ({ address }) => address), lengths: Uint8Array.from(prefixes, ({ length }) => length) });
        expect([...rows]).toEqual(prefixes.map(({ address, length }) => single.add(address, length)));
        expect(prefixes.map(({ address, length }) => together.find(address, length))).toEqual([...rows]);
      }
    })));
});

describe('delta', () => {
  const keys = fc.constantFrom('a', 'b', 'c', 'd');
  const map = fc.dictionary(keys, fc.nat(3)).map((o) => Object.entries(o));
  it('doing what is pending brings present to wanted, from any start', () =>
    fc.assert(fc.property(map, map, (wanted, present) => {
      const delta = new Delta<string, number>();
      delta.replaceWanted(wanted);
      delta.replacePresent(present);
      for (const [k, v] of [...delta.pendingSets()]) delta.setPresent(k, v);
      for (const [k] of [...delta.pendingDeletes()]) delta.deletePresent(k);
      expect(delta.inSync).toBe(true);
      for (const [k, v] of wanted) expect(delta.present(k)).toBe(v);
    })));
  it('does nothing where nothing differs', () => {
    const delta = new Delta<string, { n: number }>(sameData);
    delta.want('a', { n: 1 });
    delta.setPresent('a', { n: 1 });
    expect([...delta.pendingSets(), ...delta.pendingDeletes()]).toEqual([]);
  });
});

describe('deciders', () => {
  const counter: Decider<number, { add: number }, { added: number }> = {
    initial: 0,
    evolve: (state, event) => state + event.added,
    decide: (state, command) => (state + command.add > 3 ? reject('too-much', 'at most 3', 'add') : [{ added: command.add }]),
  };
  it('folds and runs', () => {
    expect(fold(counter, [{ added: 1 }, { added: 2 }])).toBe(3);
    expect(run(counter, 1, { add: 2 })).toEqual({ events: [{ added: 2 }], state: 3 });
  });
  it('a refusal is a value that names code, field and rule', () => {
    const refused = run(counter, 3, { add: 1 });
    expect(isRejection(refused)).toBe(true);
    expect(refused).toMatchObject({ code: 'too-much', field: 'add', because: 'at most 3' });
  });
});

it('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: [{ y: 1, x: undefined }], a: null })).toBe('{"a":null,"b":[{"y":1}]}');
  expect(sameData({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
});

import { formatPrefix, prefixAround, toIpv4, type Prefix } from '@bordergate/kernel';
import { learnedPath, Rib, select, type Path } from '@bordergate/routing-core';
import { bench, describe } from 'vitest';

/**
 * The RIB against what one would write first, a Map from text to a list of paths, in the same run: ratios hold on any
 * machine, absolute times do not. BENCH_PREFIXES=1000000 for a full table (needs some 2 GB and two minutes).
 */
const PREFIXES = Number(process.env.BENCH_PREFIXES ?? 100_000);
const ROUNDS = PREFIXES > 300_000 ? 2 : 5;
/** Announcements share attributes: a peer has some hundred sets, whatever it announces (bio-rd and BIRD count on it too). */
const ATTRIBUTE_SETS = 300;
const ONCE = { iterations: ROUNDS, time: 0, warmupIterations: 0, warmupTime: 0 };

/** Lengths as in the public table: most are /24, then /22 and /23. */
const LENGTHS = [24, 24, 24, 24, 24, 24, 23, 22, 22, 21, 20, 19, 18, 16];

function* distinctPrefixes(count: number): Generator<Prefix> {
  const seen = new Set<string>();
  for (let state = 1; seen.size < count; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const prefix = prefixAround(toIpv4(state), LENGTHS[state % LENGTHS.length]!);
    const text = formatPrefix(prefix);
    if (seen.has(text)) continue;
    seen.add(text);
    yield prefix;
  }
}

const prefixes = [...distinctPrefixes(PREFIXES)];
const paths = (source: string): Path[] =>
  Array.from({ length: ATTRIBUTE_SETS }, (_, i) => learnedPath(source, { epoch: 1, asPath: [65001, 65100 + i, 65200 + (i % 7)].slice(0, 1 + (i % 3)), asPathLength: 1 + (i % 3), origin: 'IGP', med: null, communities: [], since: '2026-01-01T00:00:00.000Z' }));
const [FIRST, SECOND] = [paths('tun-1'), paths('tun-2')];

interface Table {
  announce(prefix: Prefix, path: Path): unknown;
  candidates(prefix: Prefix): readonly Path[];
  lose(source: string): void;
}

class RibTable implements Table {
  readonly #rib = new Rib();
  announce(prefix: Prefix, path: Path): unknown {
    return this.#rib.announce(prefix, path);
  }
  candidates(prefix: Prefix): readonly Path[] {
    return this.#rib.candidates(prefix);
  }
  lose(source: string): void {
    for (const _ of this.#rib.withdrawSource(source));
  }
}

class NaiveTable implements Table {
  readonly #routes = new Map<string, Path[]>();
  announce(prefix: Prefix, path: Path): void {
    const key = formatPrefix(prefix);
    const others = (this.#routes.get(key) ?? []).filter((other) => other.source !== path.source);
    this.#routes.set(key, [...others, { ...path }]);
  }
  candidates(prefix: Prefix): readonly Path[] {
    return this.#routes.get(formatPrefix(prefix)) ?? [];
  }
  lose(source: string): void {
    for (const [key, candidates] of this.#routes) {
      const rest = candidates.filter((path) => path.source !== source);
      if (rest.length > 0) this.#routes.set(key, rest);
      else this.#routes.delete(key);
    }
  }
}

function fill(table: Table, ...peers: Path[][]): Table {
  for (const peer of peers) prefixes.forEach((prefix, i) => { table.announce(prefix, peer[i % ATTRIBUTE_SETS]!); });
  return table;
}

/** Tables made before the clock runs: one for each round, and some because the runner looks at the function once or twice. */
class Prepared {
  #tables: Table[] = [];
  constructor(private readonly make: () => Table, private readonly peers: Path[][]) {}

  setup = (): void => {
    while (this.#tables.length < ROUNDS + 2) this.#tables.push(fill(this.make(), ...this.peers));
  };

  next(): Table {
    const table = this.#tables.pop();
    if (!table) throw new Error('more rounds than tables');
    return table;
  }
}

const KINDS: readonly [string, () => Table][] = [['RIB', () => new RibTable()], ['naive Map of text', () => new NaiveTable()]];

describe(`a peer announces ${PREFIXES} prefixes`, () => {
  for (const [name, make] of KINDS) bench(name, () => { fill(make(), FIRST); }, ONCE);
});

describe(`a second peer announces them too`, () => {
  for (const [name, make] of KINDS) {
    const tables = new Prepared(make, [FIRST]);
    bench(name, () => { fill(tables.next(), SECOND); }, { ...ONCE, setup: tables.setup });
  }
});

describe(`one of two peers is lost`, () => {
  for (const [name, make] of KINDS) {
    const tables = new Prepared(make, [FIRST, SECOND]);
    bench(name, () => { tables.next().lose('tun-1'); }, { ...ONCE, setup: tables.setup });
  }
});

describe(`selection for every prefix of two peers`, () => {
  for (const [name, make] of KINDS) {
    let table: Table | undefined;
    bench(name, () => { for (const prefix of prefixes) select(table!.candidates(prefix)); }, { ...ONCE, setup: () => { table ??= fill(make(), FIRST, SECOND); } });
  }
});

import { PrefixTable, type Prefix } from '@bordergate/kernel';
import type { Path } from './path.js';

/** What an update did to one route; an update that changes nothing answers undefined. */
export interface RibChange {
  readonly prefix: Prefix;
  readonly was: Path | undefined;
  readonly now: Path | undefined;
}

/** One path, or several in the order of their sources. Nearly every prefix has one, and an array of one costs 32 bytes. */
type Slot = Path | readonly Path[];

interface Shared {
  readonly path: Path;
  routes: number;
}

/**
 * All that was said about destinations, of one border gateway (RFC 4271 section 3.2: Adj-RIBs-In and the other sources in
 * one table; the Adj-RIB-In of a peer is a view by source, not a copy). It remembers what was said and does not judge:
 * a path whose tunnel is down stays, and fib.ts leaves it out.
 *
 * Equal attribute sets of a source are one object, so a million prefixes of a peer share a few hundred paths, and the
 * loss of a peer needs no walk: its epoch stops counting (standing.ts).
 */
export class Rib {
  readonly #slots = new PrefixTable<Slot>();
  readonly #shared = new Map<string, Map<string, Shared>>();
  #routes = 0;

  /** Paths in the table; a prefix with three candidates counts three. */
  get routes(): number {
    return this.#routes;
  }

  get prefixes(): number {
    return this.#slots.size;
  }

  announce(prefix: Prefix, said: Path): RibChange | undefined {
    const slot = this.#slots.get(prefix);
    const was = pathOf(slot, said.source);
    if (was !== undefined && was.text === said.text) return undefined;
    const now = this.#intern(said);
    if (was) this.#release(was);
    this.#slots.set(prefix, withPath(slot, now));
    return { prefix, was, now };
  }

  withdraw(prefix: Prefix, source: string): RibChange | undefined {
    const slot = this.#slots.get(prefix);
    const was = pathOf(slot, source);
    if (!was) return undefined;
    this.#release(was);
    const rest = withoutPath(slot!, source);
    if (rest === undefined) this.#slots.delete(prefix);
    else this.#slots.set(prefix, rest);
    return { prefix, was, now: undefined };
  }

  /** Everything one source said; lazily, so that a large walk can be taken in slices. */
  *withdrawSource(source: string): Generator<RibChange> {
    if (!this.#shared.has(source)) return;
    for (const [prefix, slot] of this.#slots.entries()) {
      if (pathOf(slot, source)) yield this.withdraw(prefix, source)!;
    }
  }

  /** The candidates of a destination, in the order of their sources. */
  candidates(prefix: Prefix): readonly Path[] {
    return pathsOf(this.#slots.get(prefix));
  }

  *entries(): Generator<[Prefix, readonly Path[]]> {
    for (const [prefix, slot] of this.#slots.entries()) yield [prefix, pathsOf(slot)];
  }

  /** The destinations that contain the prefix (itself included), most specific first. */
  *covering(prefix: Prefix): Generator<[Prefix, readonly Path[]]> {
    for (const [covering, slot] of this.#slots.covering(prefix)) yield [covering, pathsOf(slot)];
  }

  /** The Adj-RIB-In of one source: a walk of the table, for people's questions and for the loss of a source. */
  *routesOf(source: string): Generator<[Prefix, Path]> {
    if (!this.#shared.has(source)) return;
    for (const [prefix, slot] of this.#slots.entries()) {
      const path = pathOf(slot, source);
      if (path) yield [prefix, path];
    }
  }

  /** The attribute sets of a source and how many routes share each. */
  *shared(source: string): Generator<[Path, number]> {
    for (const { path, routes } of this.#shared.get(source)?.values() ?? []) yield [path, routes];
  }

  #intern(said: Path): Path {
    this.#routes++;
    const ofSource = this.#shared.get(said.source) ?? new Map<string, Shared>();
    const shared = ofSource.get(said.text);
    if (shared) {
      shared.routes++;
      return shared.path;
    }
    this.#shared.set(said.source, ofSource.set(said.text, { path: said, routes: 1 }));
    return said;
  }

  #release(path: Path): void {
    const ofSource = this.#shared.get(path.source)!;
    const shared = ofSource.get(path.text)!;
    this.#routes--;
    if (--shared.routes > 0) return;
    ofSource.delete(path.text);
    if (ofSource.size === 0) this.#shared.delete(path.source);
  }
}

const NONE: readonly Path[] = [];
const isMany = (slot: Slot): slot is readonly Path[] => Array.isArray(slot);
const pathsOf = (slot: Slot | undefined): readonly Path[] => (slot === undefined ? NONE : isMany(slot) ? slot : [slot]);

function pathOf(slot: Slot | undefined, source: string): Path | undefined {
  if (slot === undefined) return undefined;
  if (isMany(slot)) return slot.find((path) => path.source === source);
  return slot.source === source ? slot : undefined;
}

function withPath(slot: Slot | undefined, path: Path): Slot {
  if (slot === undefined) return path;
  if (!isMany(slot)) return slot.source === path.source ? path : slot.source < path.source ? [slot, path] : [path, slot];
  const at = slot.findIndex((other) => other.source >= path.source);
  if (at < 0) return [...slot, path];
  return slot.toSpliced(at, slot[at]!.source === path.source ? 1 : 0, path);
}

function withoutPath(slot: Slot, source: string): Slot | undefined {
  const rest = pathsOf(slot).filter((path) => path.source !== source);
  return rest.length > 1 ? rest : rest[0];
}

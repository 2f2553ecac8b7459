import { PrefixRows, type Prefix } from '@bordergate/kernel';
import type { LearnedAttributes, Path } from './path.js';
import { Paths, type SharedPath } from './paths.js';
import { Routes } from './routes.js';

/** What an update did to one route; an update that changes nothing answers undefined. */
export interface RibChange {
  readonly prefix: Prefix;
  /** Where the destination is in `rows`; -1 when it was let go. */
  readonly row: number;
  readonly was: Path | undefined;
  readonly now: Path | undefined;
}

/** Words of a destination's row: its first route, and what it has in the FIB with whether it is to be judged anew (fib-table.ts). */
export const [ROUTES, FIB, WORDS] = [0, 1, 2];

/**
 * All that was said about destinations, of one border gateway (RFC 4271 section 3.2: Adj-RIBs-In and the other sources in
 * one table; the Adj-RIB-In of a peer is a view by source, not a copy). It remembers what was said and does not judge:
 * a path whose tunnel is down stays, and fib.ts leaves it out.
 *
 * Packed (ADR 21): a destination is a row of 16 bytes, a route a link of 8 bytes in the list of its destination that names a path;
 * nothing on the heap grows with the routes but the distinct paths. The loss of a peer says nothing here: its epoch stops counting.
 */
export class Rib {
  /** Also the FIB's, which lives in the same rows. */
  readonly rows = new PrefixRows(WORDS);
  readonly #paths = new Paths();
  readonly #routes = new Routes();
  #prefixes = 0;

  /** Paths in the table; a prefix with three candidates counts three. */
  get routes(): number {
    return this.#routes.size;
  }

  get prefixes(): number {
    return this.#prefixes;
  }

  /** A path of the cloud's own. */
  announce(prefix: Prefix, said: Path): RibChange | undefined {
    return this.#announce(prefix, this.#paths.local(said));
  }

  /** What a peer announced. */
  learn(prefix: Prefix, peer: string, attributes: LearnedAttributes, over: 'tunnel' | 'vif'): RibChange | undefined {
    return this.#announce(prefix, this.#paths.learned(peer, attributes, over));
  }

  #announce(prefix: Prefix, now: SharedPath): RibChange | undefined {
    const row = this.rows.add(prefix.address, prefix.length);
    const head = this.rows.get(row, ROUTES);
    if (head === 0) this.#prefixes++;
    let before = 0; // in the order of sources, this one's place is after it
    let route = head;
    while (route !== 0) {
      const path = this.#routes.path(route);
      if (path === now.id) return undefined;
      const source = this.#paths.sources[path]!;
      if (source === now.source) {
        const was = this.#paths.at(path);
        now.routes++;
        this.#routes.setPath(route, now.id);
        this.#paths.release(was);
        return { prefix, row, was: was.path, now: now.path };
      }
      if (source.name > now.source.name) break;
      before = route;
      route = this.#routes.next(route);
    }
    now.routes++;
    const added = this.#routes.add(now.id, route);
    if (before === 0) this.rows.set(row, ROUTES, added);
    else this.#routes.setNext(before, added);
    return { prefix, row, was: undefined, now: now.path };
  }

  withdraw(prefix: Prefix, source: string): RibChange | undefined {
    const row = this.rows.find(prefix.address, prefix.length);
    return row < 0 ? undefined : this.#withdrawAt(row, source);
  }

  /** Everything one source said; lazily, so that a large walk can be taken in slices. */
  *withdrawSource(source: string): Generator<RibChange> {
    if (!this.#paths.source(source)) return;
    for (const row of this.rows.rows()) {
      const change = this.#withdrawAt(row, source);
      if (change) yield change;
    }
  }

  /** The candidates of a destination, in the order of their sources. */
  candidates({ address, length }: Prefix): readonly Path[] {
    const row = this.rows.find(address, length);
    return row < 0 ? [] : this.candidatesAt(row);
  }

  candidatesAt(row: number): Path[] {
    const paths: Path[] = [];
    for (let route = this.rows.get(row, ROUTES); route !== 0; route = this.#routes.next(route)) paths.push(this.#paths.at(this.#routes.path(route)).path);
    return paths;
  }

  /** The candidates of a row by number, in the order of their sources: the first route (0 is none), the next one, and its path. */
  firstRoute(row: number): number {
    return this.rows.get(row, ROUTES);
  }

  nextRoute(route: number): number {
    return this.#routes.next(route);
  }

  pathOf(route: number): Path {
    return this.#paths.at(this.#routes.path(route)).path;
  }

  gradeOf(route: number): number {
    return this.#paths.grades[this.#routes.path(route)]!;
  }

  *entries(): Generator<[Prefix, readonly Path[]]> {
    for (const row of this.rows.rows()) if (this.rows.get(row, ROUTES) !== 0) yield [this.rows.prefixOf(row), this.candidatesAt(row)];
  }

  /** The destinations with a path of some kind: a walk of the table. */
  forPrefixesWith(wanted: (path: Path) => boolean, what: (prefix: Prefix) => void): void {
    for (const row of this.rows.rows()) {
      let route = this.firstRoute(row);
      while (route !== 0 && !wanted(this.pathOf(route))) route = this.nextRoute(route);
      if (route !== 0) what(this.rows.prefixOf(row));
    }
  }

  /** The destinations that contain the prefix (itself included), most specific first. */
  *covering(prefix: Prefix): Generator<[Prefix, readonly Path[]]> {
    for (const row of this.rows.covering(prefix)) if (this.rows.get(row, ROUTES) !== 0) yield [this.rows.prefixOf(row), this.candidatesAt(row)];
  }

  /** The Adj-RIB-In of one source: a walk of the table, for people's questions. */
  *routesOf(source: string): Generator<[Prefix, Path]> {
    const rows: number[] = [];
    this.forRowsOf(source, (row) => rows.push(row));
    for (const row of rows) yield [this.rows.prefixOf(row), this.candidatesAt(row).find((path) => path.source === source)!];
  }

  /** The rows with a route of a source: a walk of the table, when its session comes or goes. */
  forRowsOf(name: string, what: (row: number) => void): void {
    const source = this.#paths.source(name);
    for (let row = 0; source && row < this.rows.end; row++) {
      if (!this.rows.isUsed(row)) continue;
      for (let route = this.rows.get(row, ROUTES); route !== 0; route = this.#routes.next(route)) {
        if (this.#paths.sources[this.#routes.path(route)] === source) what(row);
      }
    }
  }

  /** The attribute sets of a source and how many routes share each. */
  *shared(source: string): Generator<[Path, number]> {
    for (const found of this.#paths.source(source)?.paths.values() ?? []) {
      for (const { path, routes } of Array.isArray(found) ? found : [found]) yield [path, routes];
    }
  }

  /** A row with neither routes nor a FIB entry is let go. */
  letGo(row: number): boolean {
    const empty = this.rows.get(row, ROUTES) === 0 && this.rows.get(row, FIB) === 0;
    if (empty) this.rows.remove(row);
    return empty;
  }

  #withdrawAt(row: number, source: string): RibChange | undefined {
    let before = 0;
    for (let route = this.rows.get(row, ROUTES); route !== 0; before = route, route = this.#routes.next(route)) {
      const there = this.#paths.at(this.#routes.path(route));
      if (there.source.name !== source) continue;
      const rest = this.#routes.next(route);
      if (before === 0) this.rows.set(row, ROUTES, rest);
      else this.#routes.setNext(before, rest);
      this.#routes.remove(route);
      this.#paths.release(there);
      const prefix = this.rows.prefixOf(row);
      if (before === 0 && rest === 0) this.#prefixes--;
      return { prefix, row: this.letGo(row) ? -1 : row, was: there.path, now: undefined };
    }
    return undefined;
  }
}

import { PrefixRows, type Prefix } from '@bordergate/kernel';
import type { LearnedAttributes, Path } from './path.js';
import { Paths, type SharedPath, type Source } from './paths.js';
import { Routes } from './routes.js';

/** What an update did to one route; an update that changes nothing answers undefined. */
export interface RibChange {
  /** Where the destination is in `rows`; -1 when it was let go. */
  readonly row: number;
  readonly was: Path | undefined;
  readonly now: Path | undefined;
}

/** Words of a destination's row: its list of routes (routes.ts), and what it has in the FIB with whether it is to be judged anew (fib-table.ts). */
export const [ROUTES, FIB, WORDS] = [0, 1, 2];

/**
 * All that was said about destinations, of one border gateway (RFC 4271 section 3.2: Adj-RIBs-In and the other sources in
 * one table; the Adj-RIB-In of a peer is a view by source, not a copy). It remembers what was said and does not judge:
 * a path whose tunnel is down stays, and fib.ts leaves it out.
 *
 * Packed (ADR 21): a destination is a row of 16 bytes that names its path, and 8 bytes more for each further route;
 * nothing on the heap grows with the routes but the distinct paths. The loss of a peer says nothing here: its epoch stops counting.
 */
export class Rib {
  /** Also the FIB's, which lives in the same rows. */
  readonly rows = new PrefixRows(WORDS);
  readonly #paths = new Paths();
  readonly #routes = new Routes();
  #prefixes = 0;
  #size = 0;

  /** Paths in the table; a prefix with three candidates counts three. */
  get routes(): number {
    return this.#size;
  }

  get prefixes(): number {
    return this.#prefixes;
  }

  /** A path of the cloud's own. */
  announce(prefix: Prefix, said: Path): RibChange | undefined {
    return this.#announce(this.rows.add(prefix.address, prefix.length), this.#paths.local(said));
  }

  /** Of a peer that is about to announce something. */
  sourceOf(peer: string): Source {
    return this.#paths.sourceNamed(peer);
  }

  /** What a peer announced for the destination of a row. */
  learn(row: number, peer: Source, attributes: LearnedAttributes, over: 'tunnel' | 'vif'): RibChange | undefined {
    return this.#announce(row, this.#paths.learned(peer, attributes, over));
  }

  #announce(row: number, now: SharedPath): RibChange | undefined {
    const list = this.rows.get(row, ROUTES);
    if (list === 0) this.#prefixes++;
    const was = this.#said(list, now.source.number);
    if (was === now.id) return undefined;
    now.routes++;
    this.rows.set(row, ROUTES, this.#with(list, now));
    if (was === 0) {
      this.#size++;
      return { row, was: undefined, now: now.path };
    }
    const before = this.#paths.at(was);
    this.#paths.release(before);
    return { row, was: before.path, now: now.path };
  }

  /** The number of a source's path in a list; 0 when it has none there. */
  #said(list: number, source: number): number {
    for (let rest = list; rest !== 0; rest = this.#routes.rest(rest)) {
      const path = this.#routes.path(rest);
      if (this.#paths.sourceOf(path) === source) return path;
    }
    return 0;
  }

  /** The list with a path for the one of the same source, or else in its place: in the order of the sources' numbers. */
  #with(list: number, now: SharedPath): number {
    if (list === 0) return this.#routes.before(now.id, 0);
    const first = this.#paths.sourceOf(this.#routes.path(list));
    if (first === now.source.number) return this.#routes.withPath(list, now.id);
    if (first > now.source.number) return this.#routes.before(now.id, list);
    return this.#routes.withRest(list, this.#with(this.#routes.rest(list), now));
  }

  #without(list: number, path: number): number {
    const rest = this.#routes.rest(list);
    if (this.#routes.path(list) !== path) return this.#routes.withRest(list, this.#without(rest, path));
    this.#routes.drop(list);
    return rest;
  }

  withdraw(prefix: Prefix, name: string): RibChange | undefined {
    const source = this.#paths.source(name);
    const row = source ? this.rows.find(prefix.address, prefix.length) : -1;
    return row < 0 ? undefined : this.#withdrawAt(row, source!);
  }

  /** Everything one source said; lazily, so that a large walk can be taken in slices. */
  *withdrawSource(name: string): Generator<RibChange> {
    const source = this.#paths.source(name);
    if (!source) return;
    for (const row of this.rows.rows()) {
      const change = this.#withdrawAt(row, source);
      if (change) yield change;
    }
  }

  /** The candidates of a destination, in the order of their sources' names. */
  candidates({ address, length }: Prefix): readonly Path[] {
    const row = this.rows.find(address, length);
    return row < 0 ? [] : this.candidatesAt(row);
  }

  candidatesAt(row: number): Path[] {
    const paths: Path[] = [];
    for (let list = this.routesAt(row); list !== 0; list = this.rest(list)) paths.push(this.pathOf(list));
    return paths.length > 1 ? paths.sort((a, b) => (a.source < b.source ? -1 : 1)) : paths;
  }

  /** The candidates of a row by number, in an order that changes of the row keep: the list (0 is empty), what follows, and of the first its path. */
  routesAt(row: number): number {
    return this.rows.get(row, ROUTES);
  }

  rest(list: number): number {
    return this.#routes.rest(list);
  }

  pathOf(list: number): Path {
    return this.#paths.at(this.#routes.path(list)).path;
  }

  gradeOf(list: number): number {
    return this.#paths.gradeOf(this.#routes.path(list));
  }

  *entries(): Generator<[Prefix, readonly Path[]]> {
    for (const row of this.rows.rows()) if (this.rows.get(row, ROUTES) !== 0) yield [this.rows.prefixOf(row), this.candidatesAt(row)];
  }

  /** The destinations with a path of some kind: a walk of the table. */
  forPrefixesWith(wanted: (path: Path) => boolean, what: (prefix: Prefix) => void): void {
    for (const row of this.rows.rows()) {
      let list = this.routesAt(row);
      while (list !== 0 && !wanted(this.pathOf(list))) list = this.rest(list);
      if (list !== 0) what(this.rows.prefixOf(row));
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
      if (this.rows.isUsed(row) && this.#said(this.rows.get(row, ROUTES), source.number) !== 0) what(row);
    }
  }

  /** The attribute sets of a source and how many routes share each. */
  *shared(name: string): Generator<[Path, number]> {
    const source = this.#paths.source(name);
    if (source) for (const { path, routes } of this.#paths.of(source)) yield [path, routes];
  }

  /** A row with neither routes nor a FIB entry is let go. */
  letGo(row: number): boolean {
    const empty = this.rows.get(row, ROUTES) === 0 && this.rows.get(row, FIB) === 0;
    if (empty) this.rows.remove(row);
    return empty;
  }

  #withdrawAt(row: number, source: Source): RibChange | undefined {
    const list = this.rows.get(row, ROUTES);
    const said = this.#said(list, source.number);
    if (said === 0) return undefined;
    const rest = this.#without(list, said);
    this.rows.set(row, ROUTES, rest);
    if (rest === 0) this.#prefixes--;
    this.#size--;
    const was = this.#paths.at(said);
    this.#paths.release(was);
    return { row: this.letGo(row) ? -1 : row, was: was.path, now: undefined };
  }
}

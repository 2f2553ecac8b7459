import { learnedPath, sameLearned, type LearnedAttributes, type Path } from './path.js';

/** A path that routes share: one object for equal attribute sets of one source. */
export interface SharedPath {
  readonly path: Path;
  readonly source: Source;
  readonly id: number;
  readonly hash: number;
  routes: number;
}

/** Whoever says paths: a peer, a static route, an attachment's subnet. */
export interface Source {
  readonly name: string;
  /** Orders the routes of a destination; by number because each announcement compares it. */
  readonly number: number;
  /** By hash; one path, or those whose hashes collide. */
  readonly paths: Map<number, SharedPath | SharedPath[]>;
  readonly grades: Map<string, number>;
  /** The path it said last: neighbours in an UPDATE have the same. */
  last: SharedPath | undefined;
}

/**
 * The paths of a RIB, each once, under numbers that fit into packed routes. A million routes of a peer share some ten thousand paths
 * (BIRD and bio-rd count on the same). Found by what is in them and without making a text of it: every announcement asks.
 */
export class Paths {
  readonly #sources = new Map<string, Source>();
  readonly #byId: (SharedPath | undefined)[] = [undefined];
  /** By path, the number of its source and its grade: beside the paths, because a walk over all routes asks for nothing else. */
  #packed = new Uint32Array(2);
  readonly #freeIds: number[] = [];
  #grades = 0;
  #sourceNumbers = 0;

  source(name: string): Source | undefined {
    return this.#sources.get(name);
  }

  sourceOf(id: number): number {
    return this.#packed[2 * id]!;
  }

  /** What selection tells apart: paths of one grade have the same source, epoch and rank. */
  gradeOf(id: number): number {
    return this.#packed[2 * id + 1]!;
  }

  at(id: number): SharedPath {
    return this.#byId[id]!;
  }

  /** The shared path equal to a local one; counted by the caller for each route that takes it. */
  local(said: Path): SharedPath {
    const source = this.#sources.get(said.source) ?? this.#newSource(said.source);
    const hash = hashText(SEED, said.text);
    return candidatesAt(source, hash).find(({ path }) => !path.learned && path.text === said.text) ?? this.#new(source, said, hash);
  }

  /** The shared path with these attributes of a peer's; a path is only made where there is none. */
  learned(peer: string, attributes: LearnedAttributes, over: 'tunnel' | 'vif'): SharedPath {
    const source = this.#sources.get(peer) ?? this.#newSource(peer);
    if (source.last && sameLearned(source.last.path.learned, attributes)) return source.last;
    const hash = hashOf(attributes);
    source.last = candidatesAt(source, hash).find(({ path }) => sameLearned(path.learned, attributes)) ?? this.#new(source, learnedPath(source.name, attributes, over), hash);
    return source.last;
  }

  /** One route less; the last takes the path, and the last path its source, with it. */
  release(shared: SharedPath): void {
    if (--shared.routes > 0) return;
    const { source, hash, id } = shared;
    if (source.last === shared) source.last = undefined;
    this.#byId[id] = undefined;
    this.#freeIds.push(id);
    const found = source.paths.get(hash);
    const rest = Array.isArray(found) ? found.filter((other) => other !== shared) : [];
    if (rest.length > 0) source.paths.set(hash, rest.length > 1 ? rest : rest[0]!);
    else source.paths.delete(hash);
    if (source.paths.size === 0) this.#sources.delete(source.name);
  }

  #newSource(name: string): Source {
    const source: Source = { name, number: this.#sourceNumbers++, paths: new Map(), grades: new Map(), last: undefined };
    this.#sources.set(name, source);
    return source;
  }

  #new(source: Source, path: Path, hash: number): SharedPath {
    const id = this.#freeIds.pop() ?? this.#byId.length;
    const shared: SharedPath = { path, source, id, hash, routes: 0 };
    this.#byId[id] = shared;
    if (2 * id + 2 > this.#packed.length) {
      const larger = new Uint32Array(3 * id + 2);
      larger.set(this.#packed);
      this.#packed = larger;
    }
    this.#packed[2 * id] = source.number;
    this.#packed[2 * id + 1] = this.#gradeFor(source, path);
    const others = source.paths.get(hash);
    source.paths.set(hash, others === undefined ? shared : Array.isArray(others) ? [...others, shared] : [others, shared]);
    return shared;
  }

  #gradeFor({ grades }: Source, { nextHopType, routeType, asPathLength, learned }: Path): number {
    const text = `${nextHopType} ${routeType} ${asPathLength} ${learned?.epoch}`;
    const grade = grades.get(text) ?? this.#grades++;
    grades.set(text, grade);
    return grade;
  }
}

function candidatesAt({ paths }: Source, hash: number): readonly SharedPath[] {
  const found = paths.get(hash);
  return found === undefined ? [] : Array.isArray(found) ? found : [found];
}

const SEED = 0x811c9dc5;

/** Of all that is compared but the origin, which has three values. FNV-1a over numbers and characters. */
function hashOf({ epoch, asPathLength, med, asPath, communities, since }: LearnedAttributes): number {
  let h = hashNumber(hashNumber(hashNumber(SEED, epoch), asPathLength), med ?? -1);
  for (let i = 0; i < asPath.length; i++) h = hashNumber(h, asPath[i]!);
  for (let i = 0; i < communities.length; i++) h = hashText(h, communities[i]!);
  return hashText(h, since);
}

const hashNumber = (h: number, n: number): number => Math.imul(h ^ n, 0x01000193);

function hashText(start: number, text: string): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

import { HashIndex } from '@bordergate/kernel';
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
  /** How many it has. */
  paths: number;
  readonly grades: Grades[];
  /** The path it said last: neighbours in an UPDATE have the same. */
  last: SharedPath | undefined;
}

/** Of the paths of a source that differ in nothing but their length, as far as selection asks. */
interface Grades extends Pick<Path, 'nextHopType' | 'routeType'> {
  readonly epoch: number | undefined;
  readonly byLength: Map<number, number>;
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
  readonly #index = new HashIndex();
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
    const source = this.sourceNamed(said.source);
    const hash = hashText(source.number, said.text);
    return this.#find(source, hash, ({ learned, text }) => !learned && text === said.text) ?? this.#new(source, said, hash);
  }

  /** The shared path with these attributes of a peer's; a path is only made where there is none. */
  learned(source: Source, attributes: LearnedAttributes, over: 'tunnel' | 'vif'): SharedPath {
    if (source.last && sameLearned(source.last.path.learned, attributes)) return source.last;
    const hash = hashOf(source.number, attributes);
    source.last = this.#find(source, hash, ({ learned }) => sameLearned(learned, attributes)) ?? this.#new(source, learnedPath(source.name, attributes, over), hash);
    return source.last;
  }

  /** One route less; the last takes the path, and the last path its source, with it. */
  release(shared: SharedPath): void {
    if (--shared.routes > 0) return;
    const { source, hash, id } = shared;
    if (source.last === shared) source.last = undefined;
    this.#byId[id] = undefined;
    this.#freeIds.push(id);
    this.#index.clear(this.#slotFor(hash, (other) => other === id));
    if (--source.paths === 0) this.#sources.delete(source.name);
  }

  /** A new one where there is none: that is for who has a path of it at once. */
  sourceNamed(name: string): Source {
    const known = this.#sources.get(name);
    if (known) return known;
    const source: Source = { name, number: this.#sourceNumbers++, paths: 0, grades: [], last: undefined };
    this.#sources.set(name, source);
    return source;
  }

  /** The paths of a source: a walk of all, for people's questions. */
  *of(source: Source): Generator<SharedPath> {
    for (const shared of this.#byId) if (shared?.source === source) yield shared;
  }

  #find(source: Source, hash: number, isIt: (path: Path) => boolean): SharedPath | undefined {
    if (this.#index.size === 0) return undefined; // no slots either
    const slot = this.#slotFor(hash, (id) => this.sourceOf(id) === source.number && isIt(this.#byId[id]!.path));
    return this.#byId[this.#index.slots[slot]!];
  }

  /** The slot of the path with this hash that is the one, or the empty one where it would be. */
  #slotFor(hash: number, isIt: (id: number) => boolean): number {
    const { slots } = this.#index;
    let slot = this.#index.home(hash);
    while (slots[slot]! !== 0 && !(slots[slot + 1]! === hash && isIt(slots[slot]!))) slot = this.#index.after(slot);
    return slot;
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
    this.#index.makeRoom();
    this.#index.fill(this.#slotFor(hash, () => false), id, hash);
    source.paths++;
    return shared;
  }

  #gradeFor(source: Source, { nextHopType, routeType, asPathLength, learned }: Path): number {
    const epoch = learned?.epoch;
    const { byLength } = source.grades.findLast((of) => of.epoch === epoch && of.nextHopType === nextHopType && of.routeType === routeType) // the last epoch is the one that is spoken in
      ?? newGrades(source, { nextHopType, routeType, epoch, byLength: new Map() });
    const grade = byLength.get(asPathLength) ?? this.#grades++;
    byLength.set(asPathLength, grade);
    return grade;
  }
}

function newGrades(source: Source, grades: Grades): Grades {
  source.grades.push(grades);
  return grades;
}

/** Of a source's number and all that is compared but the origin, which has three values. FNV-1a over numbers and characters. */
function hashOf(source: number, { epoch, asPathLength, med, asPath, communities, since }: LearnedAttributes): number {
  let h = hashNumber(hashNumber(hashNumber(source, epoch), asPathLength), med ?? -1);
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

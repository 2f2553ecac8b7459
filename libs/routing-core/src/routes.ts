const [PATH, NEXT] = [0, 1];
const NOTHING = new Uint32Array(0);
/** Of a list of one route: it is the number of its path and has no link. */
const SINGLE = 0x4000_0000;

/**
 * The routes of a RIB, a list of path numbers for each destination. 0 is the empty list; one of a single route, as nearly all are, is a
 * number without memory of its own; a longer one is a link of two words, the first path and the list of the rest.
 */
export class Routes {
  #links = NOTHING;
  #end = 1;
  #free = 0;
  #inUse = 0;

  /** The first path of a list that is not empty. */
  path(list: number): number {
    return list >= SINGLE ? list - SINGLE : this.#links[2 * list + PATH]!;
  }

  /** The list without its first path. */
  rest(list: number): number {
    return list >= SINGLE ? 0 : this.#links[2 * list + NEXT]!;
  }

  /** A list with one path more in front. */
  before(path: number, rest: number): number {
    if (rest === 0) return SINGLE + path;
    const list = this.#take();
    this.#links[2 * list + PATH] = path;
    this.#links[2 * list + NEXT] = rest;
    return list;
  }

  /** The list with another first path; the list that was given is no more. */
  withPath(list: number, path: number): number {
    if (list >= SINGLE) return SINGLE + path;
    this.#links[2 * list + PATH] = path;
    return list;
  }

  /** The list with another rest; the list that was given is no more. */
  withRest(list: number, rest: number): number {
    if (list >= SINGLE || rest === 0) {
      const path = this.path(list);
      this.drop(list);
      return this.before(path, rest);
    }
    this.#links[2 * list + NEXT] = rest;
    return list;
  }

  /** The first path of the list is no more; its rest is left to the caller. */
  drop(list: number): void {
    if (list >= SINGLE) return;
    this.#links[2 * list + NEXT] = this.#free;
    this.#free = list;
    if (--this.#inUse === 0) [this.#links, this.#end, this.#free] = [NOTHING, 1, 0]; // nothing costs nothing
  }

  #take(): number {
    this.#inUse++;
    if (this.#free !== 0) {
      const list = this.#free;
      this.#free = this.rest(list);
      return list;
    }
    if (2 * this.#end + 2 > this.#links.length) {
      const larger = new Uint32Array(2 * Math.max(4, 2 * this.#end));
      larger.set(this.#links);
      this.#links = larger;
    }
    return this.#end++;
  }
}

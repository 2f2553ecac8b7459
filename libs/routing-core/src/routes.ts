const [PATH, NEXT] = [0, 1];
const NOTHING = new Uint32Array(0);

/** The routes of a RIB: links of two words, the number of a path and the next route of the same destination. 0 is no route. */
export class Routes {
  #links = NOTHING;
  #end = 1;
  #free = 0;
  size = 0;

  path(route: number): number {
    return this.#links[2 * route + PATH]!;
  }

  next(route: number): number {
    return this.#links[2 * route + NEXT]!;
  }

  setPath(route: number, path: number): void {
    this.#links[2 * route + PATH] = path;
  }

  setNext(route: number, next: number): void {
    this.#links[2 * route + NEXT] = next;
  }

  add(path: number, next: number): number {
    this.size++;
    const route = this.#take();
    this.#links[2 * route + PATH] = path;
    this.#links[2 * route + NEXT] = next;
    return route;
  }

  remove(route: number): void {
    this.setNext(route, this.#free);
    this.#free = route;
    if (--this.size === 0) [this.#links, this.#end, this.#free] = [NOTHING, 1, 0]; // an empty table costs nothing
  }

  #take(): number {
    if (this.#free !== 0) {
      const route = this.#free;
      this.#free = this.next(route);
      return route;
    }
    if (2 * this.#end + 2 > this.#links.length) {
      const larger = new Uint32Array(2 * Math.max(5, this.#end + (this.#end >>> 1)));
      larger.set(this.#links);
      this.#links = larger;
    }
    return this.#end++;
  }
}

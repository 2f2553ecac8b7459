import type { Path } from './path.js';
import type { Rib } from './rib.js';

/** What was selected among the candidates whose grades led from the root to here. */
interface Node {
  number: number;
  readonly next: (Node | undefined)[];
}
const UNKNOWN = -1;
const newNode = (): Node => ({ number: UNKNOWN, next: [] });

/**
 * Selection asks each path for its rank and its standing only, so destinations whose candidates have the same grades (paths.ts) have
 * the same outcome: it is worked out once for each sequence of grades that occurs (some hundred), by the same elimination that
 * answers people (fib.ts), and looked up for all others. To be forgotten whenever a standing may have changed.
 */
export class Selections {
  #root = newNode();

  forget(): void {
    this.#root = newNode();
  }

  /** @param variantOf 0 or 1, where a standing depends on more of a path than its grade */
  at(rib: Rib, row: number, variantOf: ((path: Path) => number) | undefined, select: () => number): number {
    let node = this.#root;
    for (let route = rib.firstRoute(row); route !== 0; route = rib.nextRoute(route)) {
      const grade = 2 * rib.gradeOf(route) + (variantOf ? variantOf(rib.pathOf(route)) : 0);
      node = node.next[grade] ??= newNode();
    }
    if (node.number === UNKNOWN) node.number = select();
    return node.number;
  }
}

import type { Path } from './path.js';
import type { Rib } from './rib.js';

/** What was selected among the candidates whose grades led from the root to here. */
interface Selection {
  /** Of the FIB body; undefined until someone has worked it out. */
  number: number | undefined;
  readonly next: (Selection | undefined)[];
}
const unknown = (): Selection => ({ number: undefined, next: [] });

/**
 * Selection asks each path for its rank and its standing only, so destinations whose candidates have the same grades (paths.ts) have
 * the same outcome: it is worked out once for each sequence of grades that occurs (some hundred), by the same elimination that
 * answers people (fib.ts), and looked up for all others. To be forgotten whenever a standing may have changed.
 */
export class Selections {
  #root = unknown();

  forget(): void {
    this.#root = unknown();
  }

  /** @param variantOf 0 or 1, where a standing depends on more of a path than its grade */
  at(rib: Rib, row: number, variantOf: ((path: Path) => number) | undefined): Selection {
    let selection = this.#root;
    for (let list = rib.routesAt(row); list !== 0; list = rib.rest(list)) {
      const grade = 2 * rib.gradeOf(list) + (variantOf ? variantOf(rib.pathOf(list)) : 0);
      selection = selection.next[grade] ??= unknown();
    }
    return selection;
  }
}

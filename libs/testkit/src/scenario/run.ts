import { violations } from '../world/checks.js';
import type { WorldFact } from '../world/journal.js';
import { World } from '../world/world.js';
import { decide, type Stage } from './decisions.js';
import { happen } from './happenings.js';
import { parseScenario, renderScenario, type Block } from './text.js';
import { changedLines, storyOf, tablesOf } from './transcript.js';

export interface Played {
  readonly headline: string;
  /** The file as it should be: the same commands with the transcript of this run. */
  readonly text: string;
  /** What did not hold in a settled state, with the block it happened in. */
  readonly violations: readonly string[];
  readonly settledStates: number;
  /** Everything that was decided, seen and derived, in the order it was told. */
  readonly facts: readonly WorldFact[];
}

/** Plays a scenario in a world of its own. After every block the world is settled and everything that must hold is checked. */
export function playScenario(text: string): Played {
  const { headline, blocks } = parseScenario(text);
  const setting = (name: string): string[] | undefined => blocks.flatMap((block) => block.commands).find((command) => command.startsWith(`${name} `))?.split(' ').slice(1);
  const [nodes, kernelEsp] = [setting('nodes'), setting('kernel-esp')];
  const play = new Play(new World({ ...(nodes ? { nodes } : {}), ...(kernelEsp ? { kernelEsp } : {}) }));
  const played = blocks.map((block) => play.block(block));
  return { headline, text: renderScenario({ headline, blocks: played }), violations: play.violations, settledStates: play.settledStates, facts: play.world.journal.facts };
}

class Play {
  readonly violations: string[] = [];
  settledStates = 0;
  readonly #told = new Map<string, string>();

  constructor(readonly world: World) {
    world.settle();
  }

  block(block: Block): Block {
    if (block.commands.length === 0) return block;
    const { world } = this;
    const before = tablesOf(world);
    const heard = world.journal.facts.length;
    const said: string[] = [];
    const stage: Stage = { world, say: (line) => said.push(line) };
    for (const command of block.commands) {
      perform(stage, command);
      world.settle();
    }
    world.settle();
    this.settledStates++;
    this.violations.push(...violations(world, this.settledStates).map((violation) => `after "${block.commands.at(-1)}": ${violation}`));
    const lost = world.blackHoles.take().map(([what, ms]) => `lost ${what} for ${ms} ms`);
    const lines = [...storyOf(world.journal.facts.slice(heard), this.#told), ...changedLines(before, tablesOf(world)), ...lost.sort(), ...said];
    return { ...block, transcript: lines.length > 0 ? lines : ['(nothing changes)'] };
  }
}

/** One line of a scenario. */
export function perform(stage: Stage, command: string): void {
  const words = command.trim().split(/\s+/);
  if (words[0] === 'nodes' || words[0] === 'kernel-esp' || happen(stage, words) || decide(stage, words)) return;
  throw new Error(`no such command: ${command}`);
}

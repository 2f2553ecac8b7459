export { batched, duplicated, interleaved, replayed, reversedSources, roads, type Sourced } from './expand.js';
export { given } from './given.js';
export { randomOf, type Random } from './random.js';
export { playScenario, type Played } from './scenario/run.js';
export { violations } from './world/checks.js';
export { forwarded, type Forwarded, type HeardRoute } from './world/selection.js';
export { cloudEvent, type WorldFact } from './world/journal.js';
export type { WorldCommand } from './world/resources.js';
export { World, type WorldOptions } from './world/world.js';

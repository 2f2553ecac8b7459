export type { DataPlane } from './data-plane.js';
export { createDataPlane, missingForTunnels, type DriverChoice, type DriverOptions, type Machine } from './driver.js';
export { readWorkerPlace, type WorkerPlace } from './options.js';
export type { FetchPsk } from './psk-source.js';
export { removeAll } from './remove-all.js';
export { SimulatedDataPlane } from './simulated/data-plane.js';
export { SimulatedNode } from './simulated/node.js';
export { createTunnelWorker, type TunnelWorker, type TunnelWorkerOptions } from './worker.js';

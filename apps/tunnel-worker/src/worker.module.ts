import { Module, type DynamicModule } from '@nestjs/common';
import type { DataPlane } from './data-plane.js';
import { SimulatedDataPlane } from './simulated/data-plane.js';
import { SimulatedNode } from './simulated/node.js';
import { SimulationController } from './simulated/simulation.controller.js';

/** What the worker serves besides metrics and health: with the simulated driver, the customers at the other end. */
@Module({})
export class WorkerModule {
  static with(dataPlane: DataPlane): DynamicModule {
    if (!(dataPlane instanceof SimulatedDataPlane)) return { module: WorkerModule };
    return { module: WorkerModule, controllers: [SimulationController], providers: [{ provide: SimulatedNode, useValue: dataPlane.node }] };
  }
}

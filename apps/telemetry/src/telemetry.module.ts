import { TunnelStates, VifStates } from '@bordergate/telemetry-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { EventStreams } from './event-stream.js';
import { StatesController } from './states.controller.js';
import { VifStatesController } from './vif-states.controller.js';

@Module({})
export class TelemetryModule {
  static with(states: TunnelStates, vifs: VifStates, streams: EventStreams): DynamicModule {
    return {
      module: TelemetryModule,
      controllers: [StatesController, VifStatesController],
      providers: [{ provide: TunnelStates, useValue: states }, { provide: VifStates, useValue: vifs }, { provide: EventStreams, useValue: streams }],
    };
  }
}

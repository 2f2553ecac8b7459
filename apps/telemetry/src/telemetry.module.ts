import { TunnelStates } from '@bordergate/telemetry-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { EventStreams } from './event-stream.js';
import { StatesController } from './states.controller.js';

@Module({})
export class TelemetryModule {
  static with(states: TunnelStates, streams: EventStreams): DynamicModule {
    return {
      module: TelemetryModule,
      controllers: [StatesController],
      providers: [{ provide: TunnelStates, useValue: states }, { provide: EventStreams, useValue: streams }],
    };
  }
}

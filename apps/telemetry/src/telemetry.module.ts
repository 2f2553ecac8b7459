import { ParkedRecords } from '@bordergate/platform';
import { TunnelStates, VifStates } from '@bordergate/telemetry-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { EventStreams } from './event-stream.js';
import { ParkedController } from './parked.controller.js';
import { StatesController } from './states.controller.js';
import { VifStatesController } from './vif-states.controller.js';

@Module({})
export class TelemetryModule {
  static with(states: TunnelStates, vifs: VifStates, streams: EventStreams, parked: ParkedRecords): DynamicModule {
    return {
      module: TelemetryModule,
      controllers: [StatesController, VifStatesController, ParkedController],
      providers: [{ provide: TunnelStates, useValue: states }, { provide: VifStates, useValue: vifs }, { provide: EventStreams, useValue: streams }, { provide: ParkedRecords, useValue: parked }],
    };
  }
}

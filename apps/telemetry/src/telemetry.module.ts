import { ParkedRecords } from '@bordergate/platform';
import { TunnelStates, VifStates } from '@bordergate/telemetry-core';
import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { EventStreams } from './event-stream.js';
import { ParkedController } from './parked.controller.js';
import { MetricsService } from './series/metrics.service.js';
import { MonitoringController } from './series/monitoring.controller.js';
import { StatesController } from './states.controller.js';
import { StateChanges } from './store/state-changes.js';
import { VifStatesController } from './vif-states.controller.js';

/** Whoever is told when the last request has been answered. */
const CLOSED = Symbol('bordergate.telemetry.closed');

@Module({})
export class TelemetryModule {
  /** @param closed after the last answer: for what answers need */
  static with(states: TunnelStates, vifs: VifStates, streams: EventStreams, parked: ParkedRecords, metrics: MetricsService, changes: StateChanges, closed: () => Promise<void>): DynamicModule {
    const providers: Provider[] = [
      { provide: TunnelStates, useValue: states }, { provide: VifStates, useValue: vifs }, { provide: EventStreams, useValue: streams }, { provide: ParkedRecords, useValue: parked },
      { provide: MetricsService, useValue: metrics }, { provide: StateChanges, useValue: changes },
      { provide: CLOSED, useValue: { onApplicationShutdown: closed } satisfies OnApplicationShutdown },
    ];
    return {
      module: TelemetryModule,
      controllers: [StatesController, VifStatesController, ParkedController, MonitoringController],
      providers,
    };
  }
}

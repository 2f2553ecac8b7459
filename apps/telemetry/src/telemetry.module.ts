import { ParkedRecords } from '@bordergate/platform';
import { TunnelStates, VifStates } from '@bordergate/telemetry-core';
import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { AlarmReader } from './alarms/alarm-reader.js';
import { AlarmRulesController, ALARMS_CONFIG, type AlarmsConfig } from './alarms/alarm-rules.controller.js';
import { AlarmsController } from './alarms/alarms.controller.js';
import { RuleStore } from './alarms/rule-store.js';
import { EventStreams } from './event-stream.js';
import { ParkedController } from './parked.controller.js';
import { MetricsService } from './series/metrics.service.js';
import { MonitoringController } from './series/monitoring.controller.js';
import { StatesController } from './states.controller.js';
import { StateChanges } from './store/state-changes.js';
import { VifStatesController } from './vif-states.controller.js';

/** Whoever is told when the last request has been answered. */
const CLOSED = Symbol('bordergate.telemetry.closed');

interface AlarmParts { readonly rules: RuleStore; readonly reader: AlarmReader; readonly config: AlarmsConfig }

@Module({})
export class TelemetryModule {
  /** @param closed after the last answer: for what answers need */
  static with(states: TunnelStates, vifs: VifStates, streams: EventStreams, parked: ParkedRecords, metrics: MetricsService, changes: StateChanges, alarms: AlarmParts, closed: () => Promise<void>): DynamicModule {
    const providers: Provider[] = [
      { provide: TunnelStates, useValue: states }, { provide: VifStates, useValue: vifs }, { provide: EventStreams, useValue: streams }, { provide: ParkedRecords, useValue: parked },
      { provide: MetricsService, useValue: metrics }, { provide: StateChanges, useValue: changes },
      { provide: CLOSED, useValue: { onApplicationShutdown: closed } satisfies OnApplicationShutdown },
      { provide: RuleStore, useValue: alarms.rules }, { provide: AlarmReader, useValue: alarms.reader }, { provide: ALARMS_CONFIG, useValue: alarms.config },
    ];
    return {
      module: TelemetryModule,
      controllers: [StatesController, VifStatesController, ParkedController, MonitoringController, AlarmRulesController, AlarmsController],
      providers,
    };
  }
}

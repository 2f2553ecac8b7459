export { GAP_INTERVALS, track, withoutStaleRates, type Counters, type CounterTrack, type TunnelCounters, type TunnelRates } from './counters.js';
export type { ConfiguredConnection, ConfiguredTunnel } from './configured.js';
export { HISTORY_LENGTH, type Change } from './history.js';
export { VifStates, type VifState } from './vif-states.js';
export { fitsRibIn, TunnelStates, type Touched, type TunnelFilter, type TunnelOverview, type TunnelState } from './tunnel-states.js';
export { leave, look, type AlarmMemory, type AlarmStep, type Look, type Looked, type Notice, type WatchedRule } from './alarms/alarm.js';
export { keyOfCondition, periodsAt, type Readings } from './alarms/condition.js';

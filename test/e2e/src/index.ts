// The world around the platform, for end-to-end tests and the demo.
export { Capture, type CaptureOptions } from './lab/capture.js';
export { type BgpNeighbor, Customer, type KernelRoute } from './lab/customer.js';
export type { CustomerLine, CustomerSpec, CustomerTunnel } from './lab/customer-spec.js';
export { CommandError, inNetns, run } from './lab/exec.js';
export type { FlowLoss } from './lab/gap.js';
export { GapMeter, type GapMeterOptions, type RoundTripLoss } from './lab/gap-meter.js';
export { Host, type PingOptions, type PingResult } from './lab/host.js';
export type { IpsecEnd } from './lab/ipsec-end.js';
export { Lab, type LabOptions, type VmSpec } from './lab/lab.js';
export { type Download, DownloadedCustomer, type DownloadedCustomerSpec } from './machine/downloaded-customer.js';
export { Machine } from './machine/machine.js';
export { type DirectionLoss, type TrafficLoss, TrafficProbe, type TrafficProbeOptions } from './lab/traffic-probe.js';
export { until } from './lab/until.js';
export type { LossDirection } from './lab/wan-link.js';
export type { WireBytes } from './lab/wire-bytes.js';
export type { WireSummary } from './lab/wire-summary.js';

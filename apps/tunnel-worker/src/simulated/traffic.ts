import type { TunnelCounters } from '../data-plane.js';
import type { SimulatedTunnel } from './state.js';

/** A quiet office, invented: 25 packets in and 20 out a second of 400 and 300 bytes, so that charts have something to draw. */
const PER_SECOND = { packetsIn: 25, packetsOut: 20 };
const BYTES = { in: 400, out: 300 };
/** ESP in UDP with AES and SHA-256, as measured (reference/dataplane.md A.4). */
const OVERHEAD = 57;

/** Counters that grow while the tunnel is up. Simulated: no packet was counted. */
export function simulatedCounters({ device, traffic }: SimulatedTunnel, now: number): TunnelCounters {
  const seconds = (traffic.ms + (traffic.since === null ? 0 : now - traffic.since)) / 1_000;
  const packetsIn = Math.floor(seconds * PER_SECOND.packetsIn);
  const packetsOut = Math.floor(seconds * PER_SECOND.packetsOut);
  const io = (extra: number) => ({ packetsIn, packetsOut, bytesIn: packetsIn * (BYTES.in + extra), bytesOut: packetsOut * (BYTES.out + extra) });
  return { counterEpoch: `simulated-${device?.madeAt ?? 0}`, original: io(0), encrypted: io(OVERHEAD) };
}

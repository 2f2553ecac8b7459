import { setTimeout as sleep } from 'node:timers/promises';
import { TrafficProbe, until } from '../index.js';
import type { Cause } from './causes.js';
import { carriers, carriersOf, customerPrefix, destinations, SITE } from './plan.js';
import type { Subject } from './subject.js';

/** One failover: the longest gap of any flow in each direction, in ms, and the packets that were lost. */
export interface Gap {
  readonly down: number;
  /** Undefined when it was put right before the customer's router had noticed. */
  readonly up?: number;
  readonly lostDown: number;
  readonly lostUp?: number;
  /** From the repair until both tunnels carried everything again. */
  readonly backMs: number;
}

/** Over two tunnels: all of them miss the one that fails once in 256 times. */
const FLOWS = 8;
/** Longer than the hold time of 9 s and the 120 s for which BIRD then takes a router with graceful restart (RFC 4724) to be restarting. */
const PATIENCE_MS = 180_000;

/** Both tunnels carry all routes, at both ends. */
export async function bothCarry({ gateway, devices, ends, agree }: Subject, routes: number, timeoutMs = 90_000): Promise<void> {
  let last = '';
  await until('both tunnels to carry all routes', async () => {
    const [cloud, customer] = await Promise.all([carriers(gateway), carriersOf(ends.customer.router, SITE.subnet)]);
    last = `cloud ${JSON.stringify([...cloud])}, customer ${customer.join(' ')}`;
    return devices.every(device => cloud.get(device) === routes) && customer.length === devices.length;
  }, { timeoutMs, intervalMs: routes > 1_000 ? 500 : 100 }).catch((error: unknown) => {
    throw new Error(`${routes} routes: ${last}`, { cause: error });
  });
  await agree();
}

/** Whose routes are waited for: without BFD, a customer's router takes its hold time. */
export type Ends = 'both' | 'cloud';

/** How a failover is looked at. A packet of each flow is sent every so many ms, which is how fine a gap is measured. */
export interface Watch { readonly ends: Ends; readonly everyMs: number }

/** The gap is what the packets say: who has waited for longer than this looks less often, as not to be a load for minutes. */
const LOOKS_CLOSELY_MS = 2_000;

/** Looks at the first and the last route only, as not to be the load that it measures under; `agree` looks at all. */
async function moved({ gateway, devices, ends }: Subject, routes: number, tunnel: number, which: Ends): Promise<void> {
  const began = performance.now();
  await until('routes to leave the tunnel', async () => {
    if (performance.now() - began > LOOKS_CLOSELY_MS) await sleep(450);
    for (const i of [0, routes - 1]) {
      const used = await carriersOf(gateway, customerPrefix(i));
      if (used.includes(devices[tunnel]!)) throw new Error(`the cloud uses ${used.join(' and ')} for ${customerPrefix(i)}`);
    }
    if (which === 'cloud') return true;
    const used = await carriersOf(ends.customer.router, SITE.subnet);
    if (used.length !== 1) throw new Error(`the customer uses ${used.join(' and ') || 'none'}`);
    return true;
  }, { timeoutMs: PATIENCE_MS, intervalMs: 50 });
}

/** One failover and the way back. What it throws is that it did not happen, or that kernel and RIB did not agree. */
export async function measure(subject: Subject, cause: Cause, routes: number, tunnel: number, { ends: which, everyMs }: Watch): Promise<Gap> {
  const { vm, customer } = subject.ends;
  const probe = await TrafficProbe.start({ cloud: vm, customer: customer.host, flows: FLOWS, intervalMs: everyMs, destinations: destinations(routes, FLOWS) });
  const failed = await fail(subject, cause, routes, tunnel, which).then(() => undefined, (error: unknown) => ({ error }));
  const { cloudToCustomer: down, customerToCloud: up } = await probe.stop();
  if (failed) throw failed.error;
  if (!cause.heals && !cause.needsWorker) await subject.agree();
  const began = performance.now();
  await cause.repair(subject, tunnel);
  await bothCarry(subject, routes);
  const backMs = Math.round(performance.now() - began);
  return { down: down.longestGapMs, lostDown: down.lost, backMs, ...(which === 'both' ? { up: up.longestGapMs, lostUp: up.lost } : {}) };
}

async function fail(subject: Subject, cause: Cause, routes: number, tunnel: number, which: Ends): Promise<void> {
  await sleep(400);
  await cause.inject(subject, tunnel);
  // What heals by itself may have left and come back between two looks.
  if (cause.heals) await sleep(2_500);
  else await moved(subject, routes, tunnel, which);
  await sleep(400);
}

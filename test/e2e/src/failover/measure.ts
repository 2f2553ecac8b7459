import { setTimeout as sleep } from 'node:timers/promises';
import { TrafficProbe, until } from '../index.js';
import type { Cause } from './causes.js';
import { carriers, customerCarriers, destinations } from './plan.js';
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
/** Longer than the hold time, which is what moves routes where nothing else does. */
const PATIENCE_MS = 30_000;

/** Both tunnels carry all routes, at both ends. */
export async function bothCarry({ gateway, devices, ends, agree }: Subject, routes: number, timeoutMs = 90_000): Promise<void> {
  let last = '';
  await until('both tunnels to carry all routes', async () => {
    const [cloud, customer] = await Promise.all([carriers(gateway), customerCarriers(ends.customer)]);
    last = `cloud ${JSON.stringify([...cloud])}, customer ${customer.join(' ')}`;
    return devices.every(device => cloud.get(device) === routes) && customer.length === devices.length;
  }, { timeoutMs, intervalMs: 100 }).catch((error: unknown) => {
    throw new Error(`${routes} routes: ${last}`, { cause: error });
  });
  await agree();
}

/** Whose routes are waited for: without BFD, a customer's router takes its hold time. */
export type Ends = 'both' | 'cloud';

async function moved({ gateway, devices, ends }: Subject, tunnel: number, which: Ends): Promise<void> {
  await until('routes to leave the tunnel', async () => {
    if ((await carriers(gateway)).has(devices[tunnel]!)) return false;
    return which === 'cloud' || (await customerCarriers(ends.customer)).length === 1;
  }, { timeoutMs: PATIENCE_MS, intervalMs: 50 });
}

export async function measure(subject: Subject, cause: Cause, routes: number, tunnel: number, which: Ends): Promise<Gap> {
  const { vm, customer } = subject.ends;
  const probe = await TrafficProbe.start({ cloud: vm, customer: customer.host, flows: FLOWS, destinations: destinations(routes, FLOWS) });
  await sleep(400);
  await cause.inject(subject, tunnel);
  // What heals by itself may have left and come back between two looks.
  if (cause.heals) await sleep(2_500);
  else await moved(subject, tunnel, which);
  await sleep(400);
  const { cloudToCustomer: down, customerToCloud: up } = await probe.stop();
  if (!cause.heals && !cause.needsWorker) await subject.agree();
  const began = performance.now();
  await cause.repair(subject, tunnel);
  await bothCarry(subject, routes);
  const backMs = Math.round(performance.now() - began);
  return { down: down.longestGapMs, lostDown: down.lost, backMs, ...(which === 'both' ? { up: up.longestGapMs, lostUp: up.lost } : {}) };
}

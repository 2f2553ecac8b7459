import { DataPlaneError } from '../data-plane.js';
import { removeDevice } from './devices.js';
import { ipBatch, ipList, isAbsent, type Netns } from './exec.js';
import { KeyedLock } from './keyed-lock.js';
import { firstFree } from './numbers.js';

/** Routing table and rule preference of a tunnel in the uplink's namespace: one number serves as both. */
const FIRST = 10_000;
const COUNT = 10_000;

interface Rule { priority: number; src: string; dst?: string; table?: string }
interface Route { dst: string; dev?: string; table?: string }

export interface UplinkRoute { device: string; cloudIp: string; customerIp: string }

// Choosing a number and taking it are two steps; every driver in this process may share the uplink.
const lock = new KeyedLock();

/**
 * Leads what the customer sends to the cloud address to the tunnel's device. Several tunnels may have the same cloud
 * address (and one customer several tunnels), so the pair decides. The number follows from the device's name and moves
 * on when taken; what is there already is kept, and nothing is there twice. Answers the number.
 */
export const ensureUplinkRoute = (uplink: Netns, wanted: UplinkRoute, remembered: number | undefined): Promise<number> =>
  lock.run(uplink ?? '', () => ensure(uplink, wanted, remembered));

/** Removes the device with what leads to it. `remembered`: the number it had, should the device be gone already. */
export const removeUplinkRoute = (uplink: Netns, device: string, remembered: number | undefined): Promise<void> =>
  lock.run(uplink ?? '', async () => {
    const [rules, own] = await Promise.all([ourRules(uplink), tablesTo(uplink, device)]);
    if (remembered !== undefined && await isOursOrEmpty(uplink, remembered, device)) own.add(remembered);
    await ipBatch(uplink, rules.filter(rule => own.has(Number(rule.table))).map(ruleDeletion));
    await removeDevice(uplink, device); // its routes go with it
  });

/** Whether the pair's packets go to the device: the rule is there, and so is the route, which a device that is down has not. */
export async function leadsToUplinkDevice(uplink: Netns, { device, cloudIp, customerIp }: UplinkRoute): Promise<boolean> {
  const [rules, routes] = await Promise.all([ourRules(uplink), routesTo(uplink, device)]);
  return rules.some(rule => rule.src === customerIp && rule.dst === cloudIp && routes.some(route => route.table === rule.table && route.dst === cloudIp));
}

async function ensure(uplink: Netns, { device, cloudIp, customerIp }: UplinkRoute, remembered: number | undefined): Promise<number> {
  const [rules, own] = await Promise.all([ourRules(uplink), tablesTo(uplink, device)]);
  const leads = (rule: Rule) => rule.src === customerIp && rule.dst === cloudIp;
  const number = await choose(uplink, device, rules, [...own, ...(remembered === undefined ? [] : [remembered]), ...rules.filter(leads).map(rule => Number(rule.table))]);
  for (const rule of rules.filter(each => leads(each) && Number(each.table) !== number)) {
    if (!(await isOursOrEmpty(uplink, Number(rule.table), device))) {
      throw new DataPlaneError('wire the tunnel to the uplink', `${customerIp} to ${cloudIp} already leads to another tunnel (rule ${rule.priority})`);
    }
  }
  const fits = (rule: Rule) => leads(rule) && rule.priority === number && Number(rule.table) === number;
  const surplus = rules.filter((rule, i) => (leads(rule) || Number(rule.table) === number) && !(fits(rule) && rules.findIndex(fits) === i));
  await ipBatch(uplink, [
    `route replace ${cloudIp} dev ${device} table ${number}`,
    ...(rules.some(fits) ? [] : [`rule add from ${customerIp} to ${cloudIp} lookup ${number} pref ${number}`]),
    ...surplus.map(ruleDeletion),
  ]);
  // The cloud address it had before, when it was another.
  const stale = own.has(number) ? (await routesIn(uplink, number)).filter(route => route.dst !== cloudIp) : [];
  await ipBatch(uplink, stale.map(route => `route del ${route.dst} table ${number}`));
  return number;
}

async function choose(uplink: Netns, device: string, rules: readonly Rule[], candidates: readonly number[]): Promise<number> {
  for (const number of candidates) {
    if (number >= FIRST && number < FIRST + COUNT && await isOursOrEmpty(uplink, number, device)) return number;
  }
  const taken = new Set(rules.flatMap(rule => [rule.priority, Number(rule.table)]));
  const index = await firstFree(device, COUNT, async i => !taken.has(FIRST + i) && (await routesIn(uplink, FIRST + i)).length === 0);
  if (index === undefined) throw new DataPlaneError('wire the tunnel to the uplink', `routing tables ${FIRST} to ${FIRST + COUNT - 1} are all taken`);
  return FIRST + index;
}

const routesIn = (uplink: Netns, table: number): Promise<Route[]> => ipList<Route>(uplink, '-4', 'route', 'show', 'table', String(table));

/** A table whose device is down is empty: the kernel forgets the routes through it. */
const isOursOrEmpty = async (uplink: Netns, table: number, device: string): Promise<boolean> =>
  (await routesIn(uplink, table)).every(route => route.dev === device);

async function ourRules(uplink: Netns): Promise<Rule[]> {
  const rules = await ipList<Rule>(uplink, 'rule', 'show');
  return rules.filter(rule => rule.priority >= FIRST && rule.priority < FIRST + COUNT);
}

const tablesTo = async (uplink: Netns, device: string): Promise<Set<number>> =>
  new Set((await routesTo(uplink, device)).map(route => Number(route.table)).filter(number => number >= FIRST && number < FIRST + COUNT));

async function routesTo(uplink: Netns, device: string): Promise<Route[]> {
  try {
    return await ipList<Route>(uplink, '-4', 'route', 'show', 'table', 'all', 'dev', device);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

const ruleDeletion = (rule: Rule): string => `rule del from ${rule.src} to ${rule.dst ?? 'all'} lookup ${rule.table} pref ${rule.priority}`;

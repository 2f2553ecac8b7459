// npm run bench:events: commands accepted and relayed, and how soon they are on the topic and in the view of another service, beside the floor of the same
// PostgreSQL and the same broker; how fast a service reads everything again; and what more routing instances bring on this machine.
//   --seconds=8 (of each rate)   --clients=16   --probes=100 (of each latency)   --routes=5000 (of the replay)   --instances=1,2,4   --limit=360 (seconds for all)   --no-install
import { cpus, loadavg, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureHost } from '../../../tools/host.mjs';
import { bareInserts, bareMessages, listen } from './floors.mjs';
import { cpuMs, makeSurroundings, percentile, rate, within } from './surroundings.mjs';

const option = (name, otherwise) => process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const [SECONDS, CLIENTS, PROBES, ROUTES, LIMIT] = [['seconds', 8], ['clients', 16], ['probes', 100], ['routes', 5_000], ['limit', 360]].map(([name, otherwise]) => Number(option(name, otherwise)));
const INSTANCES = option('instances', '1,2,4').split(',').map(Number);
const REGIONS = 4;
const PATIENCE_MS = 20_000;

const { lacking } = ensureHost({ need: ['java', 'maven'], install: !process.argv.includes('--no-install') });
if (lacking.length > 0) {
  console.log(`skipped: bench:events: ${lacking.map(({ name, why }) => `${name}: ${why}`).join('; ')}`);
  process.exit(process.env.CI ? 1 : 0);
}

const ms = (value) => `${value.toFixed(1)} ms`;
const whole = (value) => Math.round(value).toLocaleString('en');
const perSecond = (value) => `${value < 100 ? value.toFixed(1) : whole(value)}/s`;
const rows = [];
const tell = (...row) => {
  rows.push(row);
  console.log(row.filter(Boolean).join(' | '));
};

async function call(url, method, path, body, region = 'bench') {
  const response = await fetch(`${url}/v1/regions/${region}/${path}`, {
    method, signal: AbortSignal.timeout(PATIENCE_MS), headers: body ? { 'content-type': 'application/json' } : {}, ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = response.status === 204 ? undefined : await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const gauge = async (url, name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
const untilRelayed = (url) => within(PATIENCE_MS, 'the relay to have published everything', async (late) => {
  while (!late.aborted && (await gauge(url, 'bordergate_relay_lag_events')) > 0) await sleep(5);
});

/** Commands of so many regions for a while: accepted, and relayed, per second, and what one costs. */
async function commands({ url, pid }, regions, postmaster) {
  const create = (n) => call(url, 'POST', 'customerGateways', { customerGatewayName: `c-${n}`, customerIps: ['198.51.100.1'], bgpAsn: 65_010 }, `bench-${regions}-${n % regions}`);
  for (let n = 0; n < regions; n++) await call(url, 'PATCH', 'quotas/customer_gateway', { maxLimit: 1_000_000 }, `bench-${regions}-${n}`);
  for (let n = 0; n < 4 * CLIENTS; n++) await create(n);
  await untilRelayed(url);
  const [before, began] = [{ service: cpuMs(pid), postgres: cpuMs(postmaster) }, performance.now()];
  const { done, perSecond: accepted } = await rate(CLIENTS, SECONDS, create);
  await untilRelayed(url);
  const relayed = done / ((performance.now() - began) / 1_000);
  return { accepted, relayed, service: (cpuMs(pid) - before.service) / done, postgres: (cpuMs(postmaster) - before.postgres) / done };
}

/** From the call of a POST until a consumer of our own has its event, and until another service answers by it. */
async function latencies(resources, routing, brokers) {
  const bgw = await call(resources.url, 'POST', 'borderGateways', { bgwName: 'bench' });
  const vpc = await call(resources.url, 'POST', 'vpcs', { vpcName: 'bench', cidr: '10.0.0.0/16' });
  const attachment = await call(resources.url, 'POST', 'vpcAttachments', { vpcAttachmentName: 'bench', bgwId: bgw.bgwId, vpcId: vpc.vpcId });
  await call(resources.url, 'PATCH', 'quotas/bgw_route', { maxLimit: 1_000_000 });
  const route = (destination) => ({ bgwRouteDestination: destination, bgwRouteNextHopType: 'vpc_attachment', bgwRouteNexthop: attachment.vpcAttachmentId });
  const ear = await listen(brokers, 'resources.decisions.v1');
  const [toTopic, toView] = [[], []];
  for (let n = 0; n < PROBES + 5; n++) {
    const destination = `172.16.${n >> 8}.${n & 255}/32`;
    const began = performance.now();
    const heard = ear.until(({ value }) => value?.includes(destination)).then(() => performance.now() - began);
    await call(resources.url, 'POST', 'staticRoutes', { bgwId: bgw.bgwId, ...route(destination) });
    const seen = within(PATIENCE_MS, `${destination} in the view of routing`, async (late) => {
      const known = async () => (await call(routing.url, 'GET', `borderGateways/${bgw.bgwId}/explain?prefix=${encodeURIComponent(destination)}`)).destinations.some(({ prefix, candidates }) => prefix === destination && candidates.length > 0);
      while (!late.aborted && !(await known()));
    }).then(() => performance.now() - began);
    const [topic, view] = await Promise.all([within(PATIENCE_MS, `${destination} on the topic`, () => heard), seen]);
    if (n < 5) continue;
    toTopic.push(topic);
    toView.push(view);
  }
  await ear.close();
  return { toTopic, toView, addRoutes: (destinations) => call(resources.url, 'POST', `borderGateways/${bgw.bgwId}:addStaticRoutes`, { routes: destinations.map(route) }) };
}

async function measure(surroundings) {
  const [inserts, messages] = [await bareInserts(surroundings.floorUrl, CLIENTS, SECONDS), await bareMessages(surroundings.brokers, CLIENTS, SECONDS, PROBES)];
  tell('floor: inserts, a transaction each', perSecond(inserts), '', '');
  tell('floor: messages, a request each', perSecond(messages.perSecond), '', '');
  const resources = await surroundings.start('resources');
  const routing = await surroundings.start('routing');
  for (const [regions, name] of [[1, 'one region'], [REGIONS, `${REGIONS} regions`]]) {
    const { accepted, relayed, service, postgres } = await commands(resources, regions, surroundings.postmaster);
    tell(`commands accepted, ${name}`, perSecond(accepted), `${perSecond(inserts)} inserts`, `1 : ${(inserts / accepted).toFixed(0)}`);
    tell(`commands accepted and on the topic, ${name}`, perSecond(relayed), `${perSecond(messages.perSecond)} messages`, `1 : ${(messages.perSecond / relayed).toFixed(0)}`);
    tell(`processor of a command, ${name}`, `${ms(service)} service`, `${ms(postgres)} PostgreSQL`, '');
  }
  const { toTopic, toView, addRoutes } = await latencies(resources, routing, surroundings.brokers);
  for (const [what, values] of [['POST to topic', toTopic], ['POST to view of routing', toView]]) {
    for (const p of [50, 99]) tell(`${what}, p${p}`, ms(percentile(values, p)), `${ms(percentile(messages.latencies, p))} produce to consume`, `${(percentile(values, p) / percentile(messages.latencies, p)).toFixed(1)} : 1`);
  }

  // many routes, in bulk; then everything is read again
  const addressOf = (n) => `10.${64 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}/32`;
  const began = performance.now();
  for (let made = 0; made < ROUTES; made += 100) await addRoutes(Array.from({ length: 100 }, (_, i) => addressOf(made + i)));
  tell('static routes accepted, 100 in a request', perSecond(ROUTES / ((performance.now() - began) / 1_000)), `${perSecond(inserts)} inserts`, '');
  await untilRelayed(resources.url);
  await routing.stop();
  const { readyMs: empty } = await surroundings.start('telemetry');
  for (const count of INSTANCES) {
    const instances = await Promise.all(Array.from({ length: count }, () => surroundings.start('routing')));
    const slowest = Math.max(...instances.map(({ readyMs }) => readyMs));
    const cpu = instances.reduce((sum, { pid }) => sum + cpuMs(pid), 0) / count;
    tell(`${count} routing at once, all topics read from the beginning`, `${(slowest / 1_000).toFixed(1)} s, ${(cpu / 1_000).toFixed(1)} s of processor each`, `${(empty / 1_000).toFixed(1)} s for telemetry, which folds no routes`, `${perSecond((count * ROUTES) / (slowest / 1_000))} routes folded by all`);
    await Promise.all(instances.map((instance) => instance.stop()));
  }
}

console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}; ${CLIENTS} clients, ${SECONDS} s each`);
const surroundings = await makeSurroundings();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void surroundings.close().finally(() => process.exit(1)));
try {
  await within(LIMIT * 1_000, 'the whole benchmark (--limit)', () => measure(surroundings));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await surroundings.close();
}
console.log(['', `load ${loadavg()[0].toFixed(1)} at the end`, '', '| | measured | beside it, same run | ratio |', '|---|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n'));
process.exit();

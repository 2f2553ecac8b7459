// npm run bench:events: commands accepted, and how soon they are on the topic and in the view of another service, beside the floor of the same PostgreSQL and
// the same broker; how fast a service reads everything again; and what more routing instances bring on this machine.
//   --seconds=10 (of each rate)   --clients=16   --probes=200 (of each latency)   --routes=20000 (of the replay)   --instances=1,2,4   --no-install
import { cpus, totalmem } from 'node:os';
import { Kafka, logLevel } from 'kafkajs';
import { ensureHost } from '../../../tools/host.mjs';
import { bareInserts, bareMessages } from './floors.mjs';
import { makeSurroundings, percentile, rate } from './surroundings.mjs';

const option = (name, otherwise) => process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const [SECONDS, CLIENTS, PROBES, ROUTES] = [['seconds', 10], ['clients', 16], ['probes', 200], ['routes', 20_000]].map(([name, otherwise]) => Number(option(name, otherwise)));
const INSTANCES = option('instances', '1,2,4').split(',').map(Number);
const REGION = 'bench';

const { lacking } = ensureHost({ need: ['java', 'maven'], install: !process.argv.includes('--no-install') });
if (lacking.length > 0) {
  console.log(`skipped: bench:events: ${lacking.map(({ name, why }) => `${name}: ${why}`).join('; ')}`);
  process.exit(process.env.CI ? 1 : 0);
}

const surroundings = await makeSurroundings();
const ratio = (a, b) => `${(a / b).toFixed(2)} x`;
const ms = (value) => `${value.toFixed(1)} ms`;
const whole = (value) => Math.round(value).toLocaleString('en');
const rows = [];
const tell = (what, value, floor, share) => {
  rows.push([what, value, floor, share]);
  console.log([what, value, floor, share].filter(Boolean).join(' | '));
};

const call = async (url, method, path, body) => {
  const response = await fetch(`${url}/v1/regions/${REGION}/${path}`, { method, headers: body ? { 'content-type': 'application/json' } : {}, ...(body ? { body: JSON.stringify(body) } : {}) });
  const answer = response.status === 204 ? undefined : await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
};

/** The decisions topic as a consumer of its own sees it. */
async function listen(brokers) {
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'bench', logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${process.pid}`, maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'resources.decisions.v1', fromBeginning: true });
  let hears = () => {};
  const joined = new Promise((resolve) => { consumer.on(consumer.events.GROUP_JOIN, resolve); });
  await consumer.run({ eachMessage: async ({ message }) => hears(message.key.toString()) });
  await joined;
  return { until: (key) => new Promise((resolve) => { hears = (heard) => heard === key && resolve(); }), close: () => consumer.disconnect() };
}

try {
  console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}; ${CLIENTS} clients, ${SECONDS} s each`);
  const resources = await surroundings.start('resources');
  const routing = await surroundings.start('routing');
  const r = resources.url;
  const inserts = await bareInserts(surroundings.floorUrl, CLIENTS, SECONDS);
  await call(r, 'PATCH', 'quotas/customer_gateway', { maxLimit: 1_000_000 });
  const accepted = await rate(CLIENTS, SECONDS, (n) => call(r, 'POST', 'customerGateways', { customerGatewayName: `c-${n}`, customerIps: ['198.51.100.1'], bgpAsn: 65_010 }));
  tell('commands accepted and projected, one region', `${whole(accepted)}/s`, `${whole(inserts)} bare inserts/s`, ratio(accepted, inserts));

  const messages = await bareMessages(surroundings.brokers, CLIENTS, SECONDS, PROBES);
  const ear = await listen(surroundings.brokers);
  const bgw = await call(r, 'POST', 'borderGateways', { bgwName: 'bench' });
  const vpc = await call(r, 'POST', 'vpcs', { vpcName: 'bench', cidr: '10.0.0.0/16' });
  const attachment = await call(r, 'POST', 'vpcAttachments', { vpcAttachmentName: 'bench', bgwId: bgw.bgwId, vpcId: vpc.vpcId });
  await call(r, 'PATCH', 'quotas/bgw_route', { maxLimit: 1_000_000 });
  const [toTopic, toView] = [[], []];
  for (let n = 0; n < PROBES + 5; n++) {
    const destination = `172.16.${n >> 8}.${n & 255}/32`;
    const heard = ear.until(`border-gateway-${bgw.bgwId}`);
    const began = performance.now();
    await call(r, 'POST', 'staticRoutes', { bgwId: bgw.bgwId, bgwRouteDestination: destination, bgwRouteNextHopType: 'vpc_attachment', bgwRouteNexthop: attachment.vpcAttachmentId });
    const topic = heard.then(() => performance.now() - began);
    while (!(await call(routing.url, 'GET', `borderGateways/${bgw.bgwId}/explain?prefix=${encodeURIComponent(destination)}`)).candidates?.length);
    const view = performance.now() - began;
    if (n >= 5) {
      toView.push(view);
      toTopic.push(await topic);
    } else await topic;
  }
  tell('POST to topic, p50', ms(percentile(toTopic, 50)), `${ms(messages.p50)} bare produce to consume`, ratio(percentile(toTopic, 50), messages.p50));
  tell('POST to topic, p99', ms(percentile(toTopic, 99)), ms(messages.p99), ratio(percentile(toTopic, 99), messages.p99));
  tell('POST to view of routing, p50', ms(percentile(toView, 50)), ms(messages.p50), ratio(percentile(toView, 50), messages.p50));
  tell('POST to view of routing, p99', ms(percentile(toView, 99)), ms(messages.p99), ratio(percentile(toView, 99), messages.p99));
  tell('bare messages, one a request', `${whole(messages.perSecond)}/s`, '', '');
  await ear.close();

  // many routes, in bulk, then everything is read again
  let made = 0;
  while (made < ROUTES) {
    const routes = Array.from({ length: 100 }, (_, i) => ({ destination: `10.${64 + ((made + i) >> 16)}.${((made + i) >> 8) & 255}.${(made + i) & 255}/32` }));
    await call(r, 'POST', `borderGateways/${bgw.bgwId}:addStaticRoutes`, { routes: routes.map(({ destination }) => ({ bgwRouteDestination: destination, bgwRouteNextHopType: 'vpc_attachment', bgwRouteNexthop: attachment.vpcAttachmentId })) });
    made += routes.length;
  }
  await routing.stop();
  const empty = (await surroundings.start('telemetry')).readyMs;
  for (const count of INSTANCES) {
    const instances = await Promise.all(Array.from({ length: count }, () => surroundings.start('routing')));
    const slowest = Math.max(...instances.map(({ readyMs }) => readyMs));
    tell(`${count} routing instance${count > 1 ? 's' : ''} read ${whole(made)} routes and their rows from the beginning`, `${(slowest / 1_000).toFixed(1)} s`, `telemetry, which folds no routes, is ready after ${(empty / 1_000).toFixed(1)} s`, `${whole(made / (slowest / 1_000))} routes/s`);
    for (const instance of instances) await instance.stop();
  }
  console.log(['', '| | measured | floor, same run | ratio |', '|---|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n'));
} finally {
  await surroundings.close();
}

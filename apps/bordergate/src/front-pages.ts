import type { Registry } from 'prom-client';
import { send, ServiceAway, sharedPages, type Answer, type Page, type Pages } from './pages.js';
import type { Upstream } from './proxy.js';

/** The pages of the front of services that run apart. Metrics are its own: each service is scraped where it is. */
export function frontPages(upstreams: readonly Upstream[], { region, registry }: { region: string; registry: Registry }): Pages {
  const services = {
    names: upstreams.map(({ service }) => service),
    async ask(name: string, path: string): Promise<Answer> {
      const answers = await upstreams.find(({ service }) => service === name)!.ask(path);
      const answer = answers.find((each) => each?.statusCode === 200) ?? answers.find((each) => each !== undefined);
      if (!answer) throw new ServiceAway(name);
      return answer;
    },
  };
  return {
    ...sharedPages(services, { region, direct: false, simulated: false, place: `Services: ${services.names.join(', ')}.` }),
    '/health/live': async (_, response) => send(response, 'application/json', JSON.stringify({ status: 'ok' })),
    '/health/ready': ready(upstreams),
    '/metrics': async (_, response) => send(response, registry.contentType, await registry.metrics()),
  };
}

/** Ready when resources can be changed: that a view is away is said, and no reason to take the API away as well. */
const ready = (upstreams: readonly Upstream[]): Page => async (_, response) => {
  const services = Object.fromEntries(await Promise.all(upstreams.map(async (upstream) => [upstream.service, summary(await upstream.ask('/health/ready'))] as const)));
  const all = Object.values(services).every(({ status }) => status === 'ok');
  const serves = services.resources?.status !== 'not-ready';
  send(response, 'application/json', JSON.stringify({ status: all ? 'ok' : serves ? 'degraded' : 'not-ready', services }), serves ? 200 : 503);
};

function summary(answers: readonly (Answer | undefined)[]): { status: 'ok' | 'degraded' | 'not-ready'; instances: { status: string }[] } {
  const instances = answers.map((answer): { status: string } => (answer ? JSON.parse(answer.body) : { status: 'no answer' }));
  const ready = answers.some((answer) => answer?.statusCode === 200);
  return { status: instances.every(({ status }) => status === 'ok') ? 'ok' : ready ? 'degraded' : 'not-ready', instances };
}

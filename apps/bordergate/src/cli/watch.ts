import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, UnreachableError, type Api } from './api.js';
import type { State } from './columns.js';
import type { CliIo } from './io.js';
import { serverSentEvents, type ServerSentEvent } from './sse.js';
import { bps, text } from './table.js';

const RETRY_MS = { first: 500, most: 10_000 };

export interface WatchOptions {
  readonly json: boolean;
  /** Also when nothing but the traffic changed. */
  readonly rates: boolean;
}

/** Follows the live stream until the signal says stop. A lost connection is taken up where it broke. */
export async function watch(api: Api, io: CliIo, options: WatchOptions): Promise<void> {
  const told = new Map<string, string>();
  let lastEventId: string | undefined;
  let began = false;
  let retryMs = RETRY_MS.first;
  while (!io.signal?.aborted) {
    try {
      const response = await api.stream('live', lastEventId === undefined ? {} : { 'last-event-id': lastEventId }, io.signal);
      if (began) io.stderr.write('connected again\n');
      began = true;
      for await (const event of serverSentEvents(response.body!)) {
        retryMs = RETRY_MS.first;
        lastEventId = event.id ?? lastEventId;
        for (const line of linesOf(event, told, options)) io.stdout.write(`${line}\n`);
      }
      if (!io.signal?.aborted) io.stderr.write('the stream has ended; connecting again\n');
    } catch (error) {
      if (io.signal?.aborted) return;
      if (!began || (error instanceof ApiError && error.status < 500)) throw error; // a second try would not help
      io.stderr.write(`${error instanceof ApiError || error instanceof UnreachableError ? error.message : `the stream broke: ${(error as Error).message}`}; trying again\n`);
    }
    await sleep(retryMs, undefined, { signal: io.signal }).catch(() => undefined); // the only rejection is the signal
    retryMs = Math.min(2 * retryMs, RETRY_MS.most);
  }
}

function linesOf({ event, data }: ServerSentEvent, told: Map<string, string>, options: WatchOptions): string[] {
  switch (event) {
    case 'snapshot': {
      const { items } = JSON.parse(data) as { items: State[] };
      const present = new Set(items.map((state) => state.vpnTunnelId));
      const gone = [...told.keys()].filter((id) => !present.has(id));
      return [...gone.flatMap((id) => removed(id, told, options)), ...items.flatMap((state) => changed(state, told, options))];
    }
    case 'tunnelState':
      return changed(JSON.parse(data) as State, told, options);
    case 'tunnelRemoved':
      return removed((JSON.parse(data) as { vpnTunnelId: string }).vpnTunnelId, told, options);
    default:
      return []; // of a newer server
  }
}

function changed(state: State, told: Map<string, string>, options: WatchOptions): string[] {
  const now = headline(state);
  const traffic = state.rates ? `in ${bps(state.rates.originalInBps)}  out ${bps(state.rates.originalOutBps)}` : 'no rates';
  const key = options.rates ? `${now}  ${traffic}` : now;
  if (told.get(state.vpnTunnelId) === key) return [];
  told.set(state.vpnTunnelId, key);
  return [options.json ? JSON.stringify(state) : `${at(state)}  ${state.vpnTunnelId}  ${now}  ${traffic}`];
}

function removed(vpnTunnelId: string, told: Map<string, string>, options: WatchOptions): string[] {
  told.delete(vpnTunnelId);
  return [options.json ? JSON.stringify({ vpnTunnelId, removed: true }) : `${'-'.padEnd(24)}  ${vpnTunnelId}  removed`];
}

const headline = (state: State): string => {
  const why = state.opDetail === '' ? state.opReason : `${state.opReason}: ${text(state.opDetail)}`;
  const bgp = state.bgpStatus === 'established' ? `bgp established ${state.learnedPrefixes} prefixes` : `bgp ${state.bgpStatus}`;
  return `admin ${state.adminStatus}  oper ${state.opStatus} (${why})  ${bgp}`;
};

/** When the newest change was, as the server knows it: the reader's clock may be another one. */
const at = (state: State): string => (state.history[0]?.at ?? state.opSince ?? '-').padEnd(24);

import { BirdProtocolError } from './errors.js';
import type { BirdReply } from './reply.js';

const STATES = ['down', 'start', 'up', 'stop', 'flush'] as const;
/** BIRD's own life cycle of a protocol. A BGP session is `up` when it is established, `start` while it tries. */
export type BirdProtocolState = (typeof STATES)[number];

const BGP_STATES = ['Down', 'Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established', 'Close', 'Passive'] as const;
/** RFC 4271 §8.2.2; and BIRD's Down (switched off), Close (saying good-bye) and Passive (waiting to be called). */
export type BgpState = (typeof BGP_STATES)[number];

/** One row of `show protocols [all]`; what only `all` shows, and only for BGP, is optional. */
export interface BirdProtocol {
  readonly name: string;
  /** "BGP", "Static", "Kernel", "BFD", "Device". */
  readonly proto: string;
  readonly table?: string;
  readonly state: BirdProtocolState;
  /** Of the last change of state, in BIRD's `timeformat protocol`, local time. */
  readonly since: string;
  readonly info: string;
  readonly bgpState?: BgpState;
  readonly neighborAddress?: string;
  readonly neighborAsn?: number;
  readonly localAsn?: number;
  /** The peer's BGP identifier; while established. */
  readonly neighborId?: string;
  /** Why it last went down, e.g. "Received: Administrative shutdown"; stays while the next attempt runs. */
  readonly lastError?: string;
  /** The peer's words on its shutdown (RFC 9003). */
  readonly message?: string;
  /** `filtered`: refused by filter or import limit, known where `import keep filtered` is on. */
  readonly routes?: BirdRouteCounts;
  readonly receiveLimit?: number;
  /** BIRD takes in no new prefix until the session starts anew, also when there is room again: see DESIGN.md. */
  readonly receiveLimitHit?: boolean;
}

export interface BirdRouteCounts {
  readonly imported: number;
  readonly exported: number;
  readonly preferred: number;
  readonly filtered?: number;
}

type Draft = { -readonly [K in keyof BirdProtocol]: BirdProtocol[K] };

const ROW = 1002;
const DETAIL = 1006;

const TIME = String.raw`\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d(?:\.\d+)?)?)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?`;
const COLUMNS = new RegExp(String.raw`^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(${TIME})\s*(.*?)\s*$`);

/** Reads `show protocols`, `show protocols all` and both with a name. Throws BirdProtocolError on a row it cannot read. */
export function parseProtocols(reply: BirdReply): BirdProtocol[] {
  const protocols: Draft[] = [];
  for (const { code, text } of reply.lines) {
    if (code === ROW) protocols.push(parseRow(text));
    else if (code === DETAIL && protocols.length > 0) readDetail(protocols.at(-1)!, text);
  }
  return protocols;
}

function parseRow(text: string): Draft {
  const match = COLUMNS.exec(text);
  const state = STATES.find(name => name === match?.[4]);
  if (!match || !state) throw new BirdProtocolError(`not a row of protocols: ${JSON.stringify(text)}`);
  const [, name, proto, table, , since, info] = match as unknown as string[];
  const row: Draft = { name: name!, proto: proto!, state, since: since!, info: info! };
  if (table !== '---') row.table = table!;
  if (proto === 'BGP') {
    const [first = '', ...words] = row.info.split(/\s+/);
    row.bgpState = first === '' ? 'Down' : bgpState(first);
    if (words.length > 0) row.lastError = words.join(' ');
  }
  return row;
}

// Details are "key: value" under indented headings; the keys of interest are unambiguous without the headings.
function readDetail(draft: Draft, text: string): void {
  const match = /^\s+([A-Z][A-Za-z ]*):\s*(.*?)\s*$/.exec(text);
  if (!match) return;
  const [, key, value] = match as unknown as [string, string, string];
  switch (key) {
    case 'BGP state': draft.bgpState = bgpState(value); break;
    // With the device after a percent sign, as the session is bound to one.
    case 'Neighbor address': draft.neighborAddress = value.replace(/%.*$/, ''); break;
    case 'Neighbor AS': draft.neighborAsn = Number(value); break;
    case 'Local AS': draft.localAsn = Number(value); break;
    case 'Neighbor ID': draft.neighborId = value; break;
    case 'Last error': draft.lastError = value; break;
    case 'Message': draft.message = value; break;
    case 'Receive limit':
      draft.receiveLimit = Number.parseInt(value, 10);
      draft.receiveLimitHit = value.endsWith('[HIT]');
      break;
    case 'Routes': draft.routes = routeCounts(value); break;
  }
}

function routeCounts(text: string): BirdRouteCounts {
  const count = (word: string): number | undefined => {
    const match = new RegExp(String.raw`(\d+) ${word}\b`).exec(text);
    return match ? Number(match[1]) : undefined;
  };
  const filtered = count('filtered');
  return {
    imported: count('imported') ?? 0,
    exported: count('exported') ?? 0,
    preferred: count('preferred') ?? 0,
    ...(filtered === undefined ? {} : { filtered }),
  };
}

function bgpState(text: string): BgpState {
  const state = BGP_STATES.find(name => name === text);
  if (!state) throw new BirdProtocolError(`not a state of BGP: ${JSON.stringify(text)}`);
  return state;
}

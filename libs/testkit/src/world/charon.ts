import { sectionOf, textOf, type IkeSa, type ViciMessage } from '@bordergate/vici';
import type { Agenda, Appointment } from './agenda.js';
import type { Internet } from './internet.js';

interface Sa {
  readonly name: string;
  readonly uniqueId: number;
  /** The connection's text when it was used: a loaded change does not touch it. */
  readonly connection: ViciMessage;
  establishedAt: number | null;
  child: { readonly uniqueId: number; readonly installedAt: number } | null;
  trying: boolean;
  /** Somebody who initiated waits for the answer. */
  asked: boolean;
  dpd: Appointment | undefined;
}

/** Delay, then the retransmissions of the lab's strongswan.conf: 10 s + 7.1 s (reference/dataplane.md). */
const DPD_MS = 17_100;
const ROUND_TRIP_MS = 20;
const RETRANSMIT_MS = 1_000;
const GIVES_UP_MS = 7_100;

/** The IKE daemon of one tunnel: connections, secrets and SAs in memory, the far end behind the Internet. */
export class FakeCharon {
  running = false;
  readonly connections = new Map<string, ViciMessage>();
  readonly secrets = new Map<string, { readonly data: string; readonly owners: readonly string[] }>();
  #sas: Sa[] = [];
  #ids = 0;

  /** @param ended how a negotiation or a tunnel came to its end, in charon's words; a look at the SAs says the rest */
  constructor(readonly agenda: Agenda, readonly internet: Internet, readonly pair: string, readonly changed: () => void, readonly ended: (name: string, lines: readonly string[], attempt: boolean) => void) {}

  start(): void {
    this.running = true;
  }

  die(): void {
    this.running = false;
    for (const sa of this.#sas) this.agenda.cancel(sa.dpd);
    this.#sas = [];
    this.connections.clear();
    this.secrets.clear();
    this.changed();
  }

  get usable(): boolean {
    return this.#sas.some((sa) => sa.child !== null);
  }

  initiate(name: string): void {
    const connection = this.connections.get(name);
    if (!connection) throw new Error(`charon: no connection ${name}`);
    const idle = this.#sas.find((other) => other.name === name && other.establishedAt !== null && !other.child);
    const started = idle ?? this.#add(name, connection);
    started.asked = true;
    this.#try(started, ROUND_TRIP_MS);
    this.agenda.patiently(GIVES_UP_MS, () => {
      if (!this.#sas.includes(started) || !started.asked) return;
      started.asked = false;
      this.ended(name, ['retransmit 3 of request with message ID 0', 'giving up after 3 retransmits'], true);
    });
  }

  terminate(ikeId: string): void {
    this.#remove((sa) => String(sa.uniqueId) === ikeId);
  }

  /** The far end, or the line to it, is another. */
  peerChanged(): void {
    for (const sa of this.#sas) {
      if (!this.internet.reaches(this.pair)) {
        if (sa.establishedAt !== null && sa.connection.dpd_delay !== '0s') sa.dpd ??= this.agenda.patiently(DPD_MS, () => this.#dead(sa));
        continue;
      }
      this.agenda.cancel(sa.dpd);
      sa.dpd = undefined;
      if (sa.establishedAt === null) this.#try(sa, RETRANSMIT_MS);
    }
  }

  peerDeleted(): void {
    const ending = this.#sas.filter((sa) => sa.child);
    if (ending.length === 0 || !this.internet.reaches(this.pair)) return;
    for (const sa of ending) this.ended(sa.name, [`received DELETE for IKE_SA ${sa.name}[${sa.uniqueId}]`], false);
    this.#startAgain(ending);
  }

  list(): IkeSa[] {
    const seconds = (since: number) => Math.floor((this.agenda.now - since) / 1000);
    const [localHost, remoteHost] = this.pair.split(' ') as [string, string];
    return this.#sas.map((sa): IkeSa => ({
      name: sa.name, uniqueId: sa.uniqueId, version: sa.connection.version === '1' ? 1 : 2, state: sa.establishedAt === null ? 'CONNECTING' : 'ESTABLISHED',
      localHost, remoteHost, initiator: true, nat: false, ...(sa.establishedAt === null ? {} : { establishedSeconds: seconds(sa.establishedAt) }),
      childSas: Object.keys(sa.child ? sectionOf(sa.connection, 'children') ?? {} : {}).map((name) => ({
        key: `${name}-${sa.child!.uniqueId}`, name, uniqueId: sa.child!.uniqueId, reqId: 1, state: 'INSTALLED', spiIn: spi(sa.child!.uniqueId, 'c'), spiOut: spi(sa.child!.uniqueId, 'd'),
        encap: false, bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0, installSeconds: seconds(sa.child!.installedAt), encrAlg: 'AES_CBC', encrKeySize: 128,
        integAlg: 'HMAC_SHA2_256_128', localTs: ['0.0.0.0/0'], remoteTs: ['0.0.0.0/0'],
      })),
    }));
  }

  #add(name: string, connection: ViciMessage): Sa {
    const sa: Sa = { name, uniqueId: ++this.#ids, connection, establishedAt: null, child: null, trying: false, asked: false, dpd: undefined };
    this.#sas.push(sa);
    return sa;
  }

  #try(sa: Sa, ms: number): void {
    if (sa.trying) return;
    sa.trying = true;
    this.agenda.soon(ms, () => {
      sa.trying = false;
      if (this.#sas.includes(sa)) this.#answered(sa);
    });
  }

  /** A refusal is an answer to whoever initiated; charon's own attempts fail into its log. */
  #answered(sa: Sa): void {
    const answer = this.internet.negotiate(this.pair, sa.connection, this.#pskFor(sa.connection), sa.establishedAt !== null);
    if (answer === 'silence') return; // retransmits for ever: keyingtries 0
    const { asked } = sa;
    sa.asked = false;
    if (answer === 'agreed') {
      sa.establishedAt ??= this.agenda.now;
      sa.child = { uniqueId: ++this.#ids, installedAt: this.agenda.now };
    } else if (answer.phase === 2) {
      sa.establishedAt ??= this.agenda.now;
      this.ended(sa.name, answer.refused, asked);
    } else {
      this.#sas = this.#sas.filter((other) => other !== sa);
      this.ended(sa.name, answer.refused, asked);
    }
    this.changed();
  }

  #pskFor(connection: ViciMessage): string | undefined {
    const owner = textOf(sectionOf(connection, 'remote') ?? {}, 'id') ?? '';
    return [...this.secrets.values()].findLast((secret) => secret.owners.includes(owner))?.data;
  }

  #dead(sa: Sa): void {
    this.ended(sa.name, ['sending DPD request', 'giving up after 3 retransmits'], false);
    this.#startAgain([sa]);
  }

  /** dpd_action restart, close_action start: a new SA tries, as long as its connection is loaded. */
  #startAgain(ending: readonly Sa[]): void {
    this.#remove((sa) => ending.includes(sa));
    const [first] = ending;
    if (first && this.connections.has(first.name)) {
      this.#try(this.#add(first.name, first.connection), ROUND_TRIP_MS);
    }
    this.changed();
  }

  #remove(which: (sa: Sa) => boolean): void {
    for (const sa of this.#sas.filter(which)) this.agenda.cancel(sa.dpd);
    this.#sas = this.#sas.filter((sa) => !which(sa));
    this.changed();
  }
}

const spi = (uniqueId: number, first: string): string => `${first}${uniqueId.toString(16).padStart(7, '0')}`;

import { renderBirdConfig, type BirdBgpSession, type BirdGateway, type BirdProtocol, type BirdRoute } from '@bordergate/bird';
import { contains, prefixOf, sameData } from '@bordergate/kernel';
import type { Agenda, Appointment } from './agenda.js';
import { forwarded, type Forwarded, type HeardRoute } from './selection.js';

/** What a gateway's BIRD sees of its surroundings, by device. */
export interface Surroundings {
  isUp(device: string): boolean;
  /** Packets sent into the device arrive. */
  carries(device: string): boolean;
  /** The speaker at the other end; undefined when none is configured there. */
  speaker(device: string): Speaker | undefined;
  changed(): void;
}
export interface Speaker { readonly asn: number; readonly cloudAsn: number; readonly announces: ReadonlyMap<string, readonly number[]> }

interface Session {
  readonly config: BirdBgpSession;
  establishedAt: number | null;
  opening: Appointment | undefined;
  /** The hold time or BFD's detection time runs. */
  silent: Appointment | undefined;
  since: number;
  lastError: string | undefined;
  readonly heardAt: Map<string, number>;
}

const CONNECT_MS = 1_000;
const MARTIANS = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(prefixOf);
/** Members whose change BIRD applies to a running session (libs/bird/DESIGN.md); any other restarts it. */
const SOFT = { advertise: [], transit: undefined, preference: 0, receiveLimit: 0, bfd: undefined } as const;

/** One gateway's BIRD: its sessions in virtual time, its table by the model in selection.ts. */
export class FakeBird {
  /** What it runs. */
  gateway: BirdGateway | undefined;
  #text = '';
  readonly #sessions = new Map<string, Session>();

  constructor(readonly agenda: Agenda, readonly around: Surroundings) {}

  /** Answers false when it has this configuration already. Rendering proves that BIRD's language can say it. */
  configure(gateway: BirdGateway): boolean {
    const text = renderBirdConfig(gateway, { logFile: '/bird.log' });
    if (text === this.#text) return false;
    this.gateway = gateway;
    this.#text = text;
    for (const config of gateway.bgp) {
      const running = this.#sessions.get(config.name);
      if (running && sameData({ ...running.config, ...SOFT }, { ...config, ...SOFT })) this.#sessions.set(config.name, Object.assign(running, { config }));
      else this.#restart(config);
    }
    for (const name of this.#sessions.keys()) if (!gateway.bgp.some((session) => session.name === name)) this.#drop(name);
    this.look();
    return true;
  }

  /** Devices, lines or speakers may have changed. */
  look(): void {
    for (const session of this.#sessions.values()) this.#look(session);
  }

  stop(): void {
    for (const name of [...this.#sessions.keys()]) this.#drop(name);
    this.gateway = undefined;
    this.#text = '';
  }

  protocols(): BirdProtocol[] {
    return [...this.#sessions.values()].map(({ config, establishedAt, since, lastError }): BirdProtocol => ({
      name: config.name, proto: 'BGP', state: establishedAt === null ? 'start' : 'up', since: birdTime(since), info: '', bgpState: establishedAt === null ? 'Active' : 'Established',
      neighborAddress: config.neighborAddress, neighborAsn: config.neighborAsn, localAsn: config.localAsn, ...(lastError === undefined ? {} : { lastError }),
    }));
  }

  /** The Adj-RIB-In: all that the peer says, but AS_PATH loops (RFC 4271, 9.1.2), up to the receive limit. */
  heardFrom(name: string): BirdRoute[] {
    const session = this.#sessions.get(name);
    const said = session ? this.#said(session) : [];
    for (const prefix of session?.heardAt.keys() ?? []) if (!said.some((route) => route.prefix === prefix)) session!.heardAt.delete(prefix);
    return said.map(({ prefix, asPath }): BirdRoute => ({
      table: 'import', prefix, protocol: name, since: birdTime(this.#since(session!, prefix)), best: true, kernelError: false, destination: 'unicast',
      nextHops: [{ via: session!.config.neighborAddress, device: session!.config.device }], preference: session!.config.preference,
      asPath, asPathLength: asPath.length, asPathTruncated: false, origin: 'igp', communities: [],
    }));
  }

  /** What it writes into the kernel. */
  fib(): Forwarded[] {
    if (!this.gateway) return [];
    return forwarded(this.gateway, (device) => this.around.isUp(device), (config) => this.#heard(this.#sessions.get(config.name)!));
  }

  /** What the peer of an established session hears: advertised, in the table, and not its own; how far that goes is read from the configuration's own text. */
  told(name: string): Forwarded[] {
    const session = this.#sessions.get(name);
    if (!session || session.establishedAt === null) return [];
    const allowed = new Set(session.config.advertise);
    const [block = ''] = this.#text.split(`protocol bgp ${name} {`)[1]?.split('\n}\n') ?? [];
    const onlyStatic = /export where \(?source = RTS_STATIC && net ~/.test(block);
    const { prefixes = [], notFrom = [] } = session.config.transit ?? {};
    const transit = new Set(prefixes);
    const notBack = notFrom.filter((protocol) => block.includes(`proto != "${protocol}"`));
    return this.fib().filter((route) => !route.protocols.includes(name) &&
      ((allowed.has(route.prefix) && !(onlyStatic && route.bgp)) || (transit.has(route.prefix) && !notBack.includes(route.protocols[0]!))));
  }

  get established(): string[] {
    return [...this.#sessions.values()].filter((session) => session.establishedAt !== null).map((session) => session.config.name);
  }

  /** What of it the import filter lets through. */
  #heard(session: Session): HeardRoute[] {
    const { refused, ownAsns } = this.gateway!;
    return this.#said(session).filter(({ prefix, asPath }) => !refused.includes(prefix) && !asPath.some((asn) => ownAsns.includes(asn)) && !MARTIANS.some((range) => contains(range, prefixOf(prefix))));
  }

  #said({ config, establishedAt }: Session): HeardRoute[] {
    const speaker = this.around.speaker(config.device);
    if (establishedAt === null || !speaker) return [];
    return [...speaker.announces].map(([prefix, beyond]) => ({ prefix, asPath: [speaker.asn, ...beyond] })).filter(({ asPath }) => !asPath.includes(config.localAsn)).slice(0, config.receiveLimit);
  }

  /** When a prefix was first heard in this session: looked at often enough to know. */
  #since(session: Session, prefix: string): number {
    const known = session.heardAt.get(prefix) ?? this.agenda.now;
    session.heardAt.set(prefix, known);
    return known;
  }

  #restart(config: BirdBgpSession): void {
    this.#drop(config.name);
    this.#sessions.set(config.name, { config, establishedAt: null, opening: undefined, silent: undefined, since: this.agenda.now, lastError: undefined, heardAt: new Map() });
  }

  #drop(name: string): void {
    const session = this.#sessions.get(name);
    this.agenda.cancel(session?.opening);
    this.agenda.cancel(session?.silent);
    this.#sessions.delete(name);
  }

  #look(session: Session): void {
    const { config } = session;
    const carries = this.around.carries(config.device);
    if (session.establishedAt === null) {
      if (this.#agrees(session)) session.opening ??= this.agenda.soon(CONNECT_MS, () => this.#open(session));
      return;
    }
    if (!this.around.isUp(config.device)) this.#close(session, 'Interface down');
    else if (!carries) {
      const [ms, error] = config.bfd ? [config.bfd.intervalMs * config.bfd.multiplier, 'BFD session down'] : [config.holdSeconds * 1000, 'Hold timer expired'];
      session.silent ??= this.agenda.patiently(ms, () => this.#close(session, error));
    } else if (!this.#agrees(session)) this.#close(session, 'Received: Administrative shutdown');
    else {
      this.agenda.cancel(session.silent);
      session.silent = undefined;
    }
  }

  #agrees({ config }: Session): boolean {
    const speaker = this.around.speaker(config.device);
    return this.around.carries(config.device) && speaker?.asn === config.neighborAsn && speaker.cloudAsn === config.localAsn;
  }

  #open(session: Session): void {
    session.opening = undefined;
    if (!this.#agrees(session)) return;
    Object.assign(session, { establishedAt: this.agenda.now, since: this.agenda.now, lastError: undefined });
    this.around.changed();
  }

  #close(session: Session, error: string): void {
    this.agenda.cancel(session.silent);
    Object.assign(session, { establishedAt: null, silent: undefined, since: this.agenda.now, lastError: error });
    this.around.changed();
    this.#look(session);
  }
}

/** `timeformat protocol iso long ms`, UTC. */
const birdTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

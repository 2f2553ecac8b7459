import { ViciDecodeError } from './errors.js';
import { listOf, sectionOf, sectionsOf, textOf, type ViciMessage } from './message.js';

/** An IKE_SA as `list-sas` shows it (RFC 7296 §1.2; IKEv1 phase 1). Times are seconds, relative to the answer. */
export interface IkeSa {
  /** The connection's name. */
  readonly name: string;
  readonly uniqueId: number;
  readonly version: 1 | 2;
  /** CREATED, CONNECTING, ESTABLISHED, PASSIVE, REKEYING, REKEYED, DELETING, DESTROYING. */
  readonly state: string;
  readonly localHost: string;
  readonly remoteHost: string;
  readonly localPort?: number;
  readonly remotePort?: number;
  readonly localId?: string;
  readonly remoteId?: string;
  /** True when our side started it. */
  readonly initiator: boolean;
  /** True when a NAT was found, or faked, on either side. */
  readonly nat: boolean;
  readonly establishedSeconds?: number;
  readonly rekeySeconds?: number;
  readonly reauthSeconds?: number;
  readonly encrAlg?: string;
  /** Bits. */
  readonly encrKeySize?: number;
  readonly integAlg?: string;
  readonly prfAlg?: string;
  readonly dhGroup?: string;
  readonly childSas: readonly ChildSa[];
}

/** A CHILD_SA: a pair of ESP SAs. Counters are of plain inner packets and start again at each rekeying. */
export interface ChildSa {
  /** The name with the unique id, e.g. "net-7". */
  readonly key: string;
  readonly name: string;
  readonly uniqueId: number;
  readonly reqId: number;
  /** CREATED, ROUTED, INSTALLING, INSTALLED, UPDATING, REKEYING, REKEYED, RETRYING, DELETING, DELETED, DESTROYING. */
  readonly state: string;
  /** Eight hexadecimal digits; empty before they are agreed. */
  readonly spiIn: string;
  readonly spiOut: string;
  /** ESP in UDP (RFC 3948). */
  readonly encap: boolean;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  /** Since the last packet; absent when there was none. */
  readonly useInSeconds?: number;
  readonly useOutSeconds?: number;
  readonly rekeySeconds?: number;
  readonly lifeSeconds?: number;
  readonly installSeconds?: number;
  /** Absent while no key is agreed. */
  readonly encrAlg?: string;
  /** Bits. */
  readonly encrKeySize?: number;
  /** Absent for AEAD ciphers. */
  readonly integAlg?: string;
  /** Absent without PFS, and for the first CHILD_SA of an IKEv2 IKE_SA, whose keys come from it (RFC 7296 §1.2). */
  readonly dhGroup?: string;
  readonly localTs: readonly string[];
  readonly remoteTs: readonly string[];
}

/** An IKE_SA from the section under its connection's name (`list-sa`, `ike-updown`, `child-updown`). Throws ViciDecodeError. */
export function parseIkeSa(name: string, message: ViciMessage): IkeSa {
  return withoutAbsent({
    name,
    uniqueId: number(message, 'uniqueid'),
    version: ikeVersion(message),
    state: text(message, 'state'),
    localHost: text(message, 'local-host'),
    remoteHost: text(message, 'remote-host'),
    localPort: maybe(message, 'local-port'),
    remotePort: maybe(message, 'remote-port'),
    localId: textOf(message, 'local-id'),
    remoteId: textOf(message, 'remote-id'),
    initiator: textOf(message, 'initiator') === 'yes',
    nat: textOf(message, 'nat-any') === 'yes',
    establishedSeconds: maybe(message, 'established'),
    rekeySeconds: maybe(message, 'rekey-time'),
    reauthSeconds: maybe(message, 'reauth-time'),
    encrAlg: textOf(message, 'encr-alg'),
    encrKeySize: maybe(message, 'encr-keysize'),
    integAlg: textOf(message, 'integ-alg'),
    prfAlg: textOf(message, 'prf-alg'),
    dhGroup: textOf(message, 'dh-group'),
    childSas: sectionsOf(sectionOf(message, 'child-sas') ?? {}).map(([key, child]) => parseChildSa(key, child)),
  });
}

/** A CHILD_SA from its section under `child-sas`. Throws ViciDecodeError. */
export function parseChildSa(key: string, message: ViciMessage): ChildSa {
  return withoutAbsent({
    key,
    name: text(message, 'name'),
    uniqueId: number(message, 'uniqueid'),
    reqId: number(message, 'reqid'),
    state: text(message, 'state'),
    spiIn: textOf(message, 'spi-in') ?? '',
    spiOut: textOf(message, 'spi-out') ?? '',
    encap: textOf(message, 'encap') === 'yes',
    bytesIn: maybe(message, 'bytes-in') ?? 0,
    bytesOut: maybe(message, 'bytes-out') ?? 0,
    packetsIn: maybe(message, 'packets-in') ?? 0,
    packetsOut: maybe(message, 'packets-out') ?? 0,
    useInSeconds: maybe(message, 'use-in'),
    useOutSeconds: maybe(message, 'use-out'),
    rekeySeconds: maybe(message, 'rekey-time'),
    lifeSeconds: maybe(message, 'life-time'),
    installSeconds: maybe(message, 'install-time'),
    encrAlg: textOf(message, 'encr-alg'),
    encrKeySize: maybe(message, 'encr-keysize'),
    integAlg: textOf(message, 'integ-alg'),
    dhGroup: textOf(message, 'dh-group'),
    localTs: listOf(message, 'local-ts'),
    remoteTs: listOf(message, 'remote-ts'),
  });
}

function ikeVersion(message: ViciMessage): 1 | 2 {
  const version = text(message, 'version');
  if (version === '1') return 1;
  if (version === '2') return 2;
  throw new ViciDecodeError(`IKE version ${version}`);
}

function text(message: ViciMessage, key: string): string {
  const value = textOf(message, key);
  if (value === undefined) throw new ViciDecodeError(`an SA without ${key}`);
  return value;
}

function number(message: ViciMessage, key: string): number {
  const value = maybe(message, key);
  if (value === undefined) throw new ViciDecodeError(`an SA without ${key}`);
  return value;
}

function maybe(message: ViciMessage, key: string): number | undefined {
  const value = textOf(message, key);
  if (value === undefined) return undefined;
  if (!/^-?\d+$/.test(value)) throw new ViciDecodeError(`${key} is no number: ${value}`);
  return Number(value);
}

type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
type Present<T> = Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> };

// What charon did not say has no key, rather than a key without a value: two readings then compare as data.
function withoutAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Present<T>;
}

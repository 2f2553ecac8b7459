import { listOf, sectionsOf, textOf, type ViciMessage } from './message.js';
import { type IkeSa, parseIkeSa } from './sas.js';
import { assertSuccess, type ViciSession } from './session.js';

export interface CharonVersion {
  readonly daemon: string;
  readonly version: string;
}

export interface SharedSecret {
  /** The handle to unload it by; loading the same id again replaces the secret. */
  readonly id: string;
  readonly type: 'IKE' | 'EAP' | 'XAUTH' | 'NTLM';
  readonly data: string;
  /** The identities of both ends it is between. */
  readonly owners: readonly string[];
}

/** `timeoutMs`: how long to wait for the result; -1 does not wait at all. charon's 0, for ever, is not offered. */
export interface InitiateOptions {
  readonly ike: string;
  readonly child: string;
  readonly timeoutMs: number;
}

/** By the connection's name, or one IKE_SA by its unique id. `force`: without the peer's consent, once the time is over. */
export type TerminateOptions = ({ readonly ike: string } | { readonly ikeId: number }) & {
  readonly timeoutMs: number;
  readonly force?: boolean;
};

/**
 * The commands of charon that a tunnel needs. Each rejects with ViciCommandError when charon says no, and as the session
 * does. Loading an identical connection or secret changes nothing, so all of it may be sent again at any time.
 */
export class Charon {
  constructor(readonly session: ViciSession) {}

  async version(): Promise<CharonVersion> {
    const response = await this.#command('version');
    return { daemon: textOf(response, 'daemon') ?? '', version: textOf(response, 'version') ?? '' };
  }

  /** `conn` in the words of swanctl.conf(5). Running SAs stay as they are while its `start_action` is none. */
  async loadConn(name: string, conn: ViciMessage): Promise<void> {
    await this.#command('load-conn', { [name]: conn });
  }

  /** Running SAs stay. */
  async unloadConn(name: string): Promise<void> {
    await this.#command('unload-conn', { name });
  }

  /** Used from the next authentication on; a running SA is not touched. */
  async loadShared(secret: SharedSecret): Promise<void> {
    await this.#command('load-shared', { id: secret.id, type: secret.type, data: secret.data, owners: secret.owners });
  }

  async unloadShared(id: string): Promise<void> {
    await this.#command('unload-shared', { id });
  }

  /** The names of the connections loaded over VICI. */
  async getConns(): Promise<readonly string[]> {
    return listOf(await this.#command('get-conns'), 'conns');
  }

  /** The ids of the secrets loaded over VICI. */
  async getShared(): Promise<readonly string[]> {
    return listOf(await this.#command('get-shared'), 'keys');
  }

  async initiate(options: InitiateOptions): Promise<void> {
    // Without `init-limits: no`, charon may silently decline while many half-open SAs exist.
    await this.#command('initiate', { ike: options.ike, child: options.child, timeout: timeout(options.timeoutMs), 'init-limits': 'no' });
  }

  /** Rejects with ViciCommandError when nothing matched, too ("no matching SAs to terminate found"). */
  async terminate(options: TerminateOptions): Promise<void> {
    const which: ViciMessage = 'ike' in options ? { ike: options.ike } : { 'ike-id': String(options.ikeId) };
    await this.#command('terminate', { ...which, timeout: timeout(options.timeoutMs), force: options.force ? 'yes' : 'no' });
  }

  /** All IKE_SAs, or those of one connection; duplicates and dying ones included, as charon has them. */
  async listSas(filter: { readonly ike?: string } = {}): Promise<IkeSa[]> {
    const { response, events } = await this.session.stream('list-sas', 'list-sa', filter.ike === undefined ? {} : { ike: filter.ike });
    assertSuccess(response);
    return events.flatMap(sectionsOf).map(([name, sa]) => parseIkeSa(name, sa));
  }

  async #command(name: string, message: ViciMessage = {}): Promise<ViciMessage> {
    return assertSuccess(await this.session.request(name, message));
  }
}

/** 0 would mean for ever to charon: the soonest there is, is 1. */
const timeout = (ms: number): string => String(ms < 0 ? -1 : Math.max(1, Math.round(ms)));

import { assertSuccess, type Charon, textOf, ViciCommandError, type ViciMessage } from '@bordergate/vici';
import { type CharonPort, DataPlaneError } from '../data-plane.js';
import { withCharon } from './vici.js';

const COMMAND_MS = 10_000;
/** charon keeps to the time it is given; this is for the one that hangs. */
const GRACE_MS = 5_000;

type Shared = Parameters<CharonPort['loadShared']>[0];

/** The commands of one charon, over its VICI socket. `learn`: whether a negotiation that failed is worth a second try at once. */
export class ViciCharonPort implements CharonPort {
  constructor(readonly socket: string, readonly learn: (error: unknown) => Promise<boolean> = async () => false) {}

  loadShared(secret: Shared): Promise<void> {
    return this.#talk('load-shared', charon => charon.loadShared(secret));
  }

  unloadShared(id: string): Promise<void> {
    return this.#talk('unload-shared', charon => charon.unloadShared(id));
  }

  loadConn(name: string, connection: ViciMessage): Promise<void> {
    return this.#talk(`load-conn ${name}`, charon => charon.loadConn(name, connection));
  }

  unloadConn(name: string): Promise<void> {
    return this.#talk(`unload-conn ${name}`, charon => charon.unloadConn(name));
  }

  async initiate(request: { ike: string; child: string; timeoutMs: number }): Promise<void> {
    try {
      await this.#initiate(request);
    } catch (error) {
      if (!(await this.learn(error))) throw error;
      await this.#initiate(request);
    }
  }

  /** charon's log of the negotiation is the explanation of a failure. */
  #initiate({ ike, child, timeoutMs }: { ike: string; child: string; timeoutMs: number }): Promise<void> {
    const what = `initiate ${ike}/${child}`;
    return this.#talk(what, async charon => {
      const log: string[] = [];
      await charon.session.subscribe(['control-log'], (_name, message) => { log.push(textOf(message, 'msg') ?? ''); });
      // Without `init-limits: no`, charon declines in silence while many half-open SAs exist.
      const request = { ike, child, timeout: String(Math.max(1, Math.round(timeoutMs))), 'init-limits': 'no', loglevel: '1' };
      try {
        assertSuccess(await charon.session.request('initiate', request));
      } catch (error) {
        if (!(error instanceof ViciCommandError)) throw error;
        throw new DataPlaneError(`vici ${what}`, [error.errmsg, ...log].join('\n'), { cause: error });
      }
    }, timeoutMs + GRACE_MS);
  }

  async terminate(request: { ike: string } | { ikeId: string }, timeoutMs: number): Promise<void> {
    const which = 'ike' in request ? { ike: request.ike } : { ikeId: Number(request.ikeId) };
    const what = `terminate ${'ike' in request ? request.ike : `#${request.ikeId}`}`;
    await this.#talk(what, async charon => {
      if (await ends(charon, { ...which, timeoutMs })) return;
      await ends(charon, { ...which, timeoutMs: -1, force: true });
    }, timeoutMs + GRACE_MS);
  }

  #talk<T>(what: string, talk: (charon: Charon) => Promise<T>, deadlineMs = COMMAND_MS): Promise<T> {
    return withCharon(this.socket, what, deadlineMs, talk);
  }
}

/** False when the peer did not agree in time. That there is nothing to end is no failure. */
async function ends(charon: Charon, options: Parameters<Charon['terminate']>[0]): Promise<boolean> {
  try {
    await charon.terminate(options);
    return true;
  } catch (error) {
    if (!(error instanceof ViciCommandError)) throw error;
    if (error.errmsg.includes('no matching SAs')) return true;
    if (options.force) throw error;
    return false;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { sectionsOf, textOf, ViciClosedError, type ViciMessage, ViciSession } from '@bordergate/vici';
import type { Log } from '@bordergate/platform';
import { connectUnix } from '../linux/unix-stream.js';
import { CharonReasons } from './charon-reasons.js';
import { refusedSelector } from './selector-address.js';
import { answered } from './vici.js';

const EVENTS = ['ike-updown', 'child-updown', 'ike-rekey', 'child-rekey', 'ike-update', 'log'];
const RECONNECT_MS = 100;
const SUBSCRIBE_MS = 5_000;

/**
 * What one charon tells of its SAs, as the name of what happened: "child-updown up tun", "ike-rekey", "child-updown down
 * tun: received DELETE for IKE_SA tun[7]". No state: IKEv1 re-keys as one IKE_SA up and another down. The socket closing
 * is told too, for it means that charon is gone; then it connects again until it is closed itself.
 */
export class CharonEvents {
  #session: ViciSession | undefined;
  #open = false;
  #closed = false;

  constructor(readonly socket: string, readonly log: Log, readonly onEvent: (event: string) => void, readonly deadlineMs = SUBSCRIBE_MS, readonly onRefusedSelector?: (address: string) => void) {}

  /** Resolves when the events are coming; when charon is not there, or does not answer by the deadline, it goes on trying. */
  async start(): Promise<void> {
    if (this.#open || this.#closed) return;
    this.#open = true;
    if (!(await this.#connect())) void this.#retry();
  }

  close(): void {
    this.#closed = true;
    this.#session?.close();
  }

  async #retry(): Promise<void> {
    do await sleep(RECONNECT_MS, undefined, { ref: false });
    while (!this.#closed && !(await this.#connect()));
    if (!this.#closed) this.onEvent('vici connected');
  }

  async #connect(): Promise<boolean> {
    try {
      const stream = await connectUnix(this.socket);
      const session: ViciSession = new ViciSession({
        ...stream,
        onClose: listener => stream.onClose(error => {
          listener(error);
          this.#lost(session);
        }),
      });
      const reasons = new CharonReasons();
      const subscribed = session.subscribe(EVENTS, (name, message) => {
        const refused = name === 'log' ? refusedSelector(textOf(message, 'msg') ?? '') : undefined;
        if (refused !== undefined) this.onRefusedSelector?.(refused);
        const event = name === 'log' ? reasons.noted(message, Date.now()) : describe(name, message, reasons);
        if (event !== undefined) this.onEvent(event);
      });
      await answered(session, this.deadlineMs, subscribed);
      if (this.#closed) session.close();
      else this.#session = session;
      return true;
    } catch (error) {
      // Not there, or gone again, is the ordinary case while charon starts.
      const ordinary = error instanceof ViciClosedError || ['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!ordinary) this.log.warn('no events from charon', { socket: this.socket, error });
      return false;
    }
  }

  #lost(session: ViciSession): void {
    if (this.#closed || this.#session !== session) return;
    this.#session = undefined;
    this.onEvent('vici closed');
    void this.#retry();
  }
}

function describe(name: string, message: ViciMessage, reasons: CharonReasons): string {
  if (!name.endsWith('-updown')) return name;
  const up = textOf(message, 'up') === 'yes';
  const [[connection, sa] = ['?', {}]] = sectionsOf(message);
  const event = `${name} ${up ? 'up' : 'down'} ${connection}`;
  return name === 'child-updown' && !up ? reasons.explained(event, textOf(sa, 'uniqueid') ?? '', Date.now()) : event;
}

import { textOf, type ViciMessage } from '@bordergate/vici';

/** charon says why just before it says that; but its log comes by a thread of its own, and may be overtaken. */
const RECENT_MS = 1_000;
const LATE_MS = 200;

/**
 * Why a tunnel was lost, in charon's words: a line of its log next to the event that it explains. On its own such a line
 * tells nothing, for a peer that re-keys deletes SAs as well, and then no `child-updown` follows.
 */
export class CharonReasons {
  readonly #reasons = new Map<string, { text: string; at: number }>();
  readonly #unexplained = new Map<string, { event: string; at: number }>();

  /** A `log` event. Answers the loss that it explains after the fact. */
  noted(message: ViciMessage, now: number): string | undefined {
    const id = textOf(message, 'ikesa-uniqueid');
    const text = reasonIn(textOf(message, 'msg') ?? '');
    if (id === undefined || text === undefined) return undefined;
    const loss = this.#unexplained.get(id);
    this.#unexplained.delete(id);
    if (loss && now - loss.at <= LATE_MS) return `${loss.event}: ${text}`;
    this.#reasons.set(id, { text, at: now });
    return undefined;
  }

  /** The loss of an IKE_SA's child, with its reason if that is known. */
  explained(event: string, uniqueId: string, now: number): string {
    for (const [id, { at }] of this.#reasons) if (now - at > RECENT_MS) this.#reasons.delete(id);
    const reason = this.#reasons.get(uniqueId);
    if (reason) return `${event}: ${reason.text}`;
    this.#unexplained.clear(); // one at a time is under way; older ones stay without a reason
    this.#unexplained.set(uniqueId, { event, at: now });
    return event;
  }
}

function reasonIn(line: string): string | undefined {
  if (/^received DELETE for /.test(line) || /^DPD check timed out/.test(line)) return line;
  // IKEv2 has no liveness time-out of its own: any request that is never answered means that the peer is dead (RFC 7296 §2.4).
  if (/^giving up after \d+ retransmits/.test(line)) return `DPD check timed out, ${line}`;
  return undefined;
}

import type { ChildSa, IkeSa } from '@bordergate/vici';

/** Life of a CHILD SA by volume, in either direction; 0 is none. */
export interface VolumeLimits { readonly bytes: number; readonly packets: number }

const LOOK_MS = 250;
/** A re-keying takes its time, and a look may be late: what passes in two more looks must still fit. */
const LOOKS_AHEAD = 2;

/**
 * libipsec counts what an SA carries and ends it by time only; by volume (`rekey_bytes`, `rekey_packets`) it does nothing
 * (strongSwan 5.9.8; kernel ESP does it itself). So the counters are watched here, and an SA that will reach its limit
 * within the next looks, at the pace of the last one, is re-keyed before it does (ADR 18).
 */
export class VolumeWatch {
  #limits: VolumeLimits = { bytes: 0, packets: 0 };
  #timer: NodeJS.Timeout | undefined;
  #seen = new Map<number, ChildSa>();

  constructor(private readonly charon: { list(): Promise<readonly IkeSa[]>; rekey(child: ChildSa): Promise<void> }, private readonly onError: (error: unknown) => void) {}

  /** From now on these limits; without any nothing is looked at. */
  watch(limits: VolumeLimits): void {
    this.#limits = limits;
    if (limits.bytes === 0 && limits.packets === 0) this.close();
    else this.#timer ??= this.#later();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#look().catch(this.onError).finally(() => { if (this.#timer) this.#timer = this.#later(); });
    }, LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const installed = (await this.charon.list()).flatMap(sa => sa.childSas).filter(child => child.state === 'INSTALLED');
    const due = installed.filter(child => isDue(this.#seen.get(child.uniqueId), child, this.#limits));
    this.#seen = new Map(installed.map(child => [child.uniqueId, child]));
    for (const child of due) await this.charon.rekey(child);
  }
}

/** Whether a CHILD SA will have reached a limit soon. Seen for the first time, all it has carried counts as one look's. */
export function isDue(before: ChildSa | undefined, now: ChildSa, { bytes, packets }: VolumeLimits): boolean {
  const reaches = (limit: number, counter: 'bytesIn' | 'bytesOut' | 'packetsIn' | 'packetsOut'): boolean =>
    limit > 0 && now[counter] + LOOKS_AHEAD * (now[counter] - (before?.[counter] ?? 0)) >= limit;
  return reaches(bytes, 'bytesIn') || reaches(bytes, 'bytesOut') || reaches(packets, 'packetsIn') || reaches(packets, 'packetsOut');
}

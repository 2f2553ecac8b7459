import { setTimeout as sleep } from 'node:timers/promises';
import type { Subject } from './subject.js';

/** What goes wrong with one of two tunnels, and how it is put right again. */
export interface Cause {
  readonly name: string;
  inject(subject: Subject, tunnel: number): Promise<void>;
  repair(subject: Subject, tunnel: number): Promise<void>;
  /** Only where there is a control plane that can die. */
  readonly needsWorker?: true;
  /** The tunnel comes back by itself: there is no settled state without it. */
  readonly heals?: true;
}

const wan = (tunnel: number): string => `wan${tunnel + 1}`;

export const CAUSES: Readonly<Record<string, Cause>> = {
  'link-cut': {
    name: 'link cut',
    inject: ({ ends }, i) => ends.customer.cutLink(wan(i)),
    repair: ({ ends }, i) => ends.customer.restoreLink(wan(i)),
  },
  'silent-loss': {
    name: 'silent loss',
    inject: ({ ends }, i) => ends.customer.blackhole(wan(i)),
    repair: ({ ends }, i) => ends.customer.unblackhole(wan(i)),
  },
  'session-broken': {
    name: 'BGP session broken',
    inject: ({ ends }, i) => ends.customer.breakBgpSession(wan(i)),
    repair: ({ ends }, i) => ends.customer.restoreBgpSession(wan(i)),
  },
  'charon-killed': {
    name: 'charon killed',
    heals: true,
    inject: (subject, i) => subject.killCharon(i),
    repair: (subject, i) => subject.repairCharon(i),
  },
  'worker-dead': {
    name: 'silent loss, worker dead',
    needsWorker: true,
    async inject({ ends, worker }, i) {
      await worker!.kill();
      await sleep(200);
      await ends.customer.blackhole(wan(i));
    },
    async repair({ ends, worker }, i) {
      await ends.customer.unblackhole(wan(i));
      await worker!.start();
    },
  },
  'planned-disable': {
    name: 'planned disable',
    inject: (subject, i) => subject.disable(i),
    repair: (subject, i) => subject.enable(i),
  },
};

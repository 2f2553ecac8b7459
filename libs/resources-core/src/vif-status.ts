import { nodeSilent, type AdminStatus, type http } from '@bordergate/contracts';
import type { SilentNode } from './tunnel-status.js';

/** What a worker last said of a virtual interface; `at` is when it said it. */
export interface ReportedVif {
  readonly at: string;
  readonly operStatus: Shown['opStatus'];
  readonly reason: Shown['opReason'];
  readonly detail: string;
  readonly since: string;
  readonly driver: Shown['driver'];
}
type Shown = Pick<ReturnType<typeof http.VirtualInterface.parse>, 'status' | 'opStatus' | 'opReason' | 'opDetail' | 'opSince' | 'driver'>;

/**
 * The state that is shown: the worker's word, unless someone has disabled or enabled the interface since; then what that
 * decision means stands until the worker has looked again.
 * @param decidedAt RFC 3339 time of the last decision about it
 */
export function shownVif(adminStatus: AdminStatus, decidedAt: string, reported: ReportedVif | undefined, silent?: SilentNode): Shown {
  const shown = ofWorker(adminStatus, decidedAt, reported);
  if (!silent || (adminStatus === 'DOWN' && shown.opStatus === 'DOWN')) return shown;
  return { ...shown, status: adminStatus === 'DOWN' ? 'InActive' : 'Down', opStatus: 'DOWN', opReason: 'node-silent', opDetail: nodeSilent(silent.node, silent.since, 'line'), opSince: silent.since };
}

function ofWorker(adminStatus: AdminStatus, decidedAt: string, reported: ReportedVif | undefined): Shown {
  const driver = reported?.driver ?? null;
  const stale = !reported || Date.parse(reported.at) < Date.parse(decidedAt);
  if (adminStatus === 'DOWN' && stale) return { status: 'InActive', opStatus: 'DOWN', opReason: 'admin-down', opDetail: 'the interface is disabled', opSince: decidedAt, driver };
  if (!reported) return { status: 'Pending', opStatus: 'DOWN', opReason: 'preparing', opDetail: 'no worker has reported on this interface yet', opSince: null, driver };
  if (stale && reported.reason === 'admin-down') return { status: 'Pending', opStatus: 'DOWN', opReason: 'preparing', opDetail: 'the interface has just been enabled', opSince: decidedAt, driver };
  const status = adminStatus === 'DOWN' ? 'InActive' : reported.operStatus === 'UP' ? 'Active' : 'Down';
  return { status, opStatus: reported.operStatus, opReason: reported.reason, opDetail: reported.detail, opSince: reported.since, driver };
}

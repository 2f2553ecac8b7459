import { ADMIN_DOWN, nodeSilent, type AdminStatus, type http } from '@bordergate/contracts';

/** What a worker last said of a tunnel; `at` is when it said it. */
export interface ReportedStatus {
  readonly at: string;
  /** How often the tunnel had been enabled. */
  readonly generation: number;
  readonly operStatus: 'UP' | 'DOWN';
  readonly reason: Status['opReason'];
  readonly detail: string;
  readonly since: string;
  readonly driver: Status['driver'];
}
type Status = Pick<ReturnType<typeof http.VpnTunnel.parse>, 'opStatus' | 'opReason' | 'opDetail' | 'opSince' | 'driver'>;

/** A node that has not been heard for longer than its lease. */
export interface SilentNode { readonly node: string; readonly since: string }

/** What is decided about a tunnel, as far as its status goes; `decidedAt` is the RFC 3339 time of the last decision. */
export interface DecidedStatus { readonly adminStatus: AdminStatus; readonly generation: number; readonly decidedAt: string }

/**
 * The oper status that is shown: the worker's word, unless someone has disabled or enabled the tunnel since; then what
 * that decision means stands until the worker has looked again. What it said of the tunnel as it was enabled before counts no more: that is
 * being taken down, if the worker has not been told yet. Of a node that is not heard nobody knows what its tunnels do: missing means closed.
 */
export function shownStatus(decided: DecidedStatus, reported: ReportedStatus | undefined, silent?: SilentNode): Status {
  const status = ofWorker(decided, reported);
  if (!silent || (decided.adminStatus === 'DOWN' && status.opStatus === 'DOWN')) return status;
  return { ...status, opStatus: 'DOWN', opReason: 'node-silent', opDetail: nodeSilent(silent.node, silent.since), opSince: silent.since };
}

function ofWorker({ adminStatus, generation, decidedAt }: DecidedStatus, reported: ReportedStatus | undefined): Status {
  const driver = reported?.driver ?? null;
  const stale = !reported || Date.parse(reported.at) < Date.parse(decidedAt);
  if (adminStatus === 'DOWN' && stale) return { opStatus: 'DOWN', opReason: 'admin-down', opDetail: ADMIN_DOWN, opSince: decidedAt, driver };
  if (!reported) return { opStatus: 'DOWN', opReason: 'negotiating', opDetail: 'no worker has reported on this tunnel yet', opSince: null, driver };
  if (reported.generation < generation || (stale && reported.reason === 'admin-down')) return { opStatus: 'DOWN', opReason: 'negotiating', opDetail: 'the tunnel has just been enabled', opSince: decidedAt, driver };
  return { opStatus: reported.operStatus, opReason: reported.reason, opDetail: reported.detail, opSince: reported.since, driver };
}

/**
 * The BGP session that is shown: a worker's word, too. Whoever disables a tunnel or virtual interface ends its session; one that was
 * established before counts as over at once, though its worker may not have said so yet.
 * @param establishedAt when a worker said that it is established; undefined when it is not
 */
export function shownSession(adminStatus: AdminStatus, decidedAt: string, establishedAt: string | undefined): 'established' | 'down' {
  if (establishedAt === undefined) return 'down';
  return adminStatus === 'DOWN' && Date.parse(establishedAt) < Date.parse(decidedAt) ? 'down' : 'established';
}

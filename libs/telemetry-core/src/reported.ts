import type { CloudEvent, Driver, OperReason, OperStatus, TunnelObservation } from '@bordergate/contracts';
import { History, type Change } from './history.js';
import { RecentIds } from './recent-ids.js';

export interface OperState {
  readonly status: OperStatus;
  readonly reason: OperReason;
  readonly detail: string;
  readonly since: string;
}

/** One tunnel as its worker reports it (tunnel.observations.v1). The last word about each thing stands. */
export class ReportedTunnel {
  readonly history: History;
  readonly #seen = new RecentIds();
  readonly #ikeSas = new Set<string>();
  readonly #childSas = new Set<string>();
  #oper: OperState | undefined;
  #driver: Driver | null = null;
  #rekeys = 0;
  #flaps = 0;

  constructor(onChange?: (change: Change) => void) {
    this.history = new History(onChange);
  }

  /** Undefined until a worker reports, and again when it no longer runs the tunnel. */
  get oper(): OperState | undefined {
    return this.#oper;
  }

  get driver(): Driver | null {
    return this.#driver;
  }

  get ikeSas(): number {
    return this.#ikeSas.size;
  }

  /** UP means that there is a usable one, also when its installation was missed. */
  get childSas(): number {
    return this.#oper?.status === 'UP' ? Math.max(1, this.#childSas.size) : this.#childSas.size;
  }

  get rekeys(): number {
    return this.#rekeys;
  }

  /** How often it went from UP to DOWN. */
  get flaps(): number {
    return this.#flaps;
  }

  /** True when anything changed. */
  apply(event: CloudEvent<TunnelObservation>): boolean {
    if (!this.#seen.admit(event.id)) return false;
    const observation = event.data;
    switch (observation.type) {
      case 'IkeSaEstablished':
        this.#ikeSas.add(observation.uniqueId);
        break;
      case 'IkeSaDeleted':
        this.#ikeSas.delete(observation.uniqueId);
        break;
      case 'ChildSaInstalled':
        this.#childSas.clear(); // said of a first one only: what is known besides is from before its worker started
        this.#childSas.add(observation.uniqueId);
        break;
      case 'ChildSaRekeyed':
        this.#childSas.add(observation.uniqueId);
        this.#rekeys++;
        break;
      case 'ChildSaDeleted':
        this.#childSas.delete(observation.uniqueId);
        break;
      case 'NegotiationFailed':
        this.history.addNews({ at: event.time, what: 'negotiation failed', detail: said(observation.fault, observation.detail) });
        break;
      case 'TunnelOperStatusChanged':
        this.#driver = observation.driver;
        this.#become({ status: observation.operStatus, reason: observation.reason, detail: observation.detail, since: observation.since }, event.time);
        break;
      case 'TunnelGone':
        this.#forget();
        this.history.addNews({ at: event.time, what: 'gone', detail: `${observation.node} no longer runs the tunnel` });
        break;
      case 'KernelFibObserved':
        return false; // about a gateway, not a tunnel
    }
    return true;
  }

  #become(oper: OperState, toldAt: string): void {
    const turned = this.#oper?.status !== oper.status;
    if (turned && oper.status === 'DOWN' && this.#oper) this.#flaps++;
    this.#oper = oper;
    // A device is down because its CHILD SA is gone; a daemon that dies says no farewell to its SAs.
    if (oper.status === 'DOWN' && oper.reason !== 'draining' && oper.reason !== 'peer-silent') this.#childSas.clear();
    if (oper.reason === 'charon-not-running' || oper.reason === 'admin-down') this.#ikeSas.clear();
    // `since` is when it turned; another reason for the same status is as new as its report.
    this.history.addNews({ at: turned ? oper.since : toldAt, what: `oper ${oper.status}`, detail: said(oper.reason, oper.detail) });
  }

  #forget(): void {
    if (this.#oper?.status === 'UP') this.#flaps++;
    this.#oper = undefined;
    this.#driver = null;
    this.#ikeSas.clear();
    this.#childSas.clear();
  }
}

const said = (reason: string, detail: string): string => (detail === '' || detail === reason ? reason : `${reason}: ${detail}`);

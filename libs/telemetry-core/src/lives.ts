import type { CloudEvent, Decision } from '@bordergate/contracts';

export interface Life {
  readonly kind: 'vpnConnection' | 'vpnTunnel';
  readonly id: string;
  readonly region: string;
  readonly borderGatewayId: string;
  readonly vpnConnectionId: string;
  readonly from: number;
  /** Undefined while it is there. */
  readonly to: number | undefined;
}

/** From when to when there were which connections and tunnels, by the decisions. Ids are never used again, so a duplicate changes nothing. */
export class Lives {
  readonly #lives = new Map<string, Life>();

  decision({ data, time }: Pick<CloudEvent<Decision>, 'data' | 'time'>): void {
    const at = Date.parse(time);
    switch (data.type) {
      case 'VpnConnectionCreated':
        this.#begin({ kind: 'vpnConnection', id: data.vpnConnectionId, region: data.region, borderGatewayId: data.borderGatewayId, vpnConnectionId: data.vpnConnectionId, from: at, to: undefined });
        break;
      case 'TunnelAdded': {
        const connection = this.#lives.get(data.vpnConnectionId);
        if (connection) this.#begin({ ...connection, kind: 'vpnTunnel', id: data.tunnel.tunnelId, from: at, to: undefined });
        break;
      }
      case 'TunnelRemoved':
        this.#end(data.tunnelId, at);
        break;
      case 'VpnConnectionDeleted':
        for (const { id, vpnConnectionId } of [...this.#lives.values()]) if (vpnConnectionId === data.vpnConnectionId) this.#end(id, at);
        break;
      default: // nothing begins or ends with it
    }
  }

  /** Who was there in [from, to), and for how many whole seconds of it. Whoever was there at all was there for one. */
  within(from: number, to: number): { readonly life: Life; readonly seconds: number }[] {
    return [...this.#lives.values()].flatMap((life) => {
      const ms = Math.min(life.to ?? to, to) - Math.max(life.from, from);
      return ms > 0 ? [{ life, seconds: Math.max(1, Math.round(ms / 1_000)) }] : [];
    });
  }

  #begin(life: Life): void {
    if (!this.#lives.has(life.id)) this.#lives.set(life.id, life);
  }

  #end(id: string, at: number): void {
    const life = this.#lives.get(id);
    if (life && life.to === undefined) this.#lives.set(id, { ...life, to: at });
  }
}

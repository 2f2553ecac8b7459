import type { EventMeta, http } from '@bordergate/contracts';
import type { Handled, Idempotency } from '@bordergate/platform';
import type {
  AddressPoolCommand, BorderGatewayCommand, CustomerGatewayCommand, InitialTunnelRequest, RegionCommand, TunnelChange, TunnelRequest, VirtualInterfaceCommand, VpcCommand, VpnConnectionCommand,
} from '@bordergate/resources-core';
import { Command } from '@nestjs/cqrs';
import type { ClientConfigAsk } from '../clients/client-configs.js';
import type { Scope } from '../store/region-reader.js';

/** A command before its facts are known: its handler reads those inside the region's command lock. */
export type Intent<C> = C extends { facts: unknown } ? Omit<C, 'facts'> : C;

/** The resource a request is about: what it answers with, and what If-Match speaks of. */
export interface Target { readonly kind: http.ResourceKind; readonly id: string; readonly isNew: boolean }

/** Who asks, for what, and on which conditions. */
export interface ChangeContext {
  readonly scope: Scope;
  readonly meta: EventMeta;
  readonly target: Target;
  /** Versions the caller has seen (If-Match); undefined: any will do. */
  readonly seenVersions: readonly number[] | undefined;
  readonly idempotency: Idempotency | undefined;
  /** Whether the caller has hung up. */
  readonly abandoned: () => boolean;
}

/** The same of a change to the region's settings, which are no resource: their version is their stream's. */
export type SettingsContext = Omit<ChangeContext, 'target' | 'idempotency'>;

/** What the caller gets: a document and its version; null when the resource is gone. */
export type Answer = { readonly version: number; readonly document: object } | null;

abstract class Change<I> extends Command<Handled<Answer>> {
  constructor(readonly context: ChangeContext, readonly intent: I) {
    super();
  }
}

export class ToVpc extends Change<Intent<VpcCommand>> {
  constructor(context: ChangeContext, readonly vpcId: string, intent: Intent<VpcCommand>) {
    super(context, intent);
  }
}

export class ToBorderGateway extends Change<Intent<BorderGatewayCommand>> {
  constructor(context: ChangeContext, readonly borderGatewayId: string, intent: Intent<BorderGatewayCommand>) {
    super(context, intent);
  }
}

export class ToCustomerGateway extends Change<Intent<CustomerGatewayCommand>> {
  constructor(context: ChangeContext, readonly customerGatewayId: string, intent: Intent<CustomerGatewayCommand>) {
    super(context, intent);
  }
}

export class ToVirtualInterface extends Change<Intent<VirtualInterfaceCommand>> {
  constructor(context: ChangeContext, readonly vifId: string, intent: Intent<VirtualInterfaceCommand>) {
    super(context, intent);
  }
}

/** Where a secret goes in: the handler puts it into the vault, and only its reference goes on. */
type WithPsk<T> = Omit<T, 'tunnelId' | 'pskRef'> & { readonly psk?: string | undefined };
type TunnelIntent =
  | { type: 'AddTunnel'; tunnelId: string; tunnel: WithPsk<TunnelRequest> }
  | { type: 'AddTunnels'; tunnels: readonly WithPsk<InitialTunnelRequest>[] }
  | { type: 'ReconfigureTunnel'; tunnelId: string; change: WithPsk<TunnelChange> };
/** A client configuration with the keys in it: each key shown is remembered. */
type ClientConfigIntent = { type: 'RevealClientConfig'; ask: ClientConfigAsk };
export type VpnConnectionIntent = TunnelIntent | ClientConfigIntent | Intent<Exclude<VpnConnectionCommand, { type: TunnelIntent['type'] }>>;

export class ToVpnConnection extends Change<VpnConnectionIntent> {
  constructor(context: ChangeContext, readonly vpnConnectionId: string, intent: VpnConnectionIntent) {
    super(context, intent);
  }
}

export class ToRegion extends Command<Handled<null>> {
  constructor(readonly context: SettingsContext, readonly intent: Intent<RegionCommand>) {
    super();
  }
}

export class ToAddressPool extends Change<Intent<Extract<AddressPoolCommand, { type: 'AddPublicAddress' | 'RemovePublicAddress' }>>> {}

import { streamOf } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import type { Handled, UnitOfWork } from '@bordergate/platform';
import { addressPoolDecider, vpnConnectionDecider, type ConnectionFacts, type Fields, type VpnConnectionCommand } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ClientConfigs } from '../clients/client-configs.js';
import { PskVault } from '../store/psk-vault.js';
import type { RegionReader } from '../store/region-reader.js';
import { ChangeRunner, type Work } from './change-runner.js';
import { type Answer, type ChangeContext, ToVpnConnection, type VpnConnectionIntent } from './commands.js';
import { NewDocuments } from './new-documents.js';
import { settingsOf } from './to-region.handler.js';
import { TunnelCommands } from './tunnel-commands.js';

type IntentOf<T extends VpnConnectionIntent['type']> = Extract<VpnConnectionIntent, { type: T }>;

@CommandHandler(ToVpnConnection)
export class ToVpnConnectionHandler implements ICommandHandler<ToVpnConnection> {
  constructor(
    private readonly runner: ChangeRunner, private readonly documents: NewDocuments, private readonly psks: PskVault,
    private readonly clients: ClientConfigs,
  ) {}

  execute({ context, vpnConnectionId, intent }: ToVpnConnection): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit, region) => {
      if (intent.type === 'CreateVpnConnection') return this.#create(unit, region, intent);
      const connection = await region.find('vpnConnection', vpnConnectionId);
      if (!connection) return reject('unknown-vpn-connection', 'there is no such VPN connection in the region', 'vpnConnectionId');
      if (intent.type === 'DeleteVpnConnection') return this.#delete(unit, region, context, vpnConnectionId);
      const tunnels = new TunnelCommands(unit, region, connection.fields, this.psks);
      switch (intent.type) {
        case 'AddTunnel': return tunnels.add(intent);
        case 'AddTunnels': {
          const added = await tunnels.addSeveral(intent);
          return isRejection(added) ? added : { document: await this.documents.of(unit, region, 'vpnTunnel', added) };
        }
        case 'ReconfigureTunnel': return tunnels.reconfigure(intent);
        case 'RevealTunnelPsk': return tunnels.reveal(intent.tunnelId);
        case 'RevealClientConfig': return this.#clientConfig(region, connection.fields, tunnels, intent);
        case 'RemoveTunnel': return tunnels.remove(intent.tunnelId);
        case 'UpdateVpnConnection': return decide(unit, vpnConnectionId, { ...intent, facts: { quotas: (await settingsOf(unit, region)).quotas } });
        default: return decide(unit, vpnConnectionId, intent);
      }
    });
  }

  /** Addresses first, so that a reader of the log never sees a connection with addresses that nobody has allocated. */
  async #create(unit: UnitOfWork, region: RegionReader, intent: IntentOf<'CreateVpnConnection'>): ReturnType<Work> {
    const { vpnConnectionId, borderGatewayId: bgwId, customerGatewayId: cgwId } = intent;
    const allocated = await unit.decide(streamOf.addressPool(intent.region), addressPoolDecider, { type: 'AllocatePublicAddresses', region: intent.region, vpnConnectionId });
    const facts: ConnectionFacts = {
      quotas: (await settingsOf(unit, region)).quotas,
      borderGateway: (await region.find('borderGateway', bgwId)) && { vpnConnections: await region.count('vpnConnection', { bgwId }) },
      customerGateway: (await region.find('customerGateway', cgwId))?.fields,
      cloudPublicIps: isRejection(allocated) ? allocated : allocated.events.flatMap((event) => (event.type === 'PublicAddressesAllocated' ? event.addresses : [])),
    };
    return decide(unit, vpnConnectionId, { ...intent, facts });
  }

  async #delete(unit: UnitOfWork, region: RegionReader, { scope }: ChangeContext, vpnConnectionId: string): ReturnType<Work> {
    const refused = await decide(unit, vpnConnectionId, { type: 'DeleteVpnConnection', facts: { staticRouteIds: await region.ids('staticRoute', { bgwRouteNexthop: vpnConnectionId }) } });
    if (refused) return refused;
    const released = await unit.decide(streamOf.addressPool(scope.region), addressPoolDecider, { type: 'ReleasePublicAddresses', region: scope.region, vpnConnectionId });
    return isRejection(released) ? released : undefined;
  }

  /** A configuration that is refused shows no key, and so remembers none: the refusal undoes the whole unit. */
  async #clientConfig(region: RegionReader, connection: Fields['vpnConnection'], tunnels: TunnelCommands, { ask }: IntentOf<'RevealClientConfig'>): ReturnType<Work> {
    const psks = await tunnels.revealAll(ask.tunnelId === undefined ? connection.vpnTunnelIds : [ask.tunnelId]);
    if (isRejection(psks)) return psks;
    const config = await this.clients.make(region, connection, ask, psks);
    return isRejection(config) ? config : { document: config };
  }
}

async function decide(unit: UnitOfWork, vpnConnectionId: string, command: VpnConnectionCommand): Promise<Rejection | undefined> {
  const decided = await unit.decide(streamOf.vpnConnection(vpnConnectionId), vpnConnectionDecider, command);
  return isRejection(decided) ? decided : undefined;
}

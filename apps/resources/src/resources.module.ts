import { dataSourceOptions, Vault } from '@bordergate/platform';
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BorderGatewaysController } from './api/border-gateways.controller.js';
import { ClientConfigsController, ClientDevicesController } from './api/client-configs.controller.js';
import { CustomerGatewaysController } from './api/customer-gateways.controller.js';
import { Door } from './api/door.js';
import { PsksController } from './api/psks.controller.js';
import { PublicAddressesController } from './api/public-addresses.controller.js';
import { RegionsController } from './api/regions.controller.js';
import { PolicyController, QuotasController } from './api/settings.controllers.js';
import { READS_CONTROLLERS } from './api/reads.controller.js';
import { SettingsDoor } from './api/settings-door.js';
import { VirtualInterfacesController } from './api/virtual-interfaces.controller.js';
import { VpcsController } from './api/vpcs.controller.js';
import { VpnConnectionsController } from './api/vpn-connections.controller.js';
import { VpnTunnelsController } from './api/vpn-tunnels.controller.js';
import { ClientConfigs } from './clients/client-configs.js';
import { ChangeRunner } from './commands/change-runner.js';
import { NewDocuments } from './commands/new-documents.js';
import { ToAddressPoolHandler } from './commands/to-address-pool.handler.js';
import { ToBorderGatewayHandler } from './commands/to-border-gateway.handler.js';
import { ToCustomerGatewayHandler } from './commands/to-customer-gateway.handler.js';
import { ToRegionHandler } from './commands/to-region.handler.js';
import { ToVirtualInterfaceHandler } from './commands/to-virtual-interface.handler.js';
import { ToVpcHandler } from './commands/to-vpc.handler.js';
import { ToVpnConnectionHandler } from './commands/to-vpn-connection.handler.js';
import { CONFIG, DATA_SOURCE, type ResourcesConfig } from './config.js';
import { Presenter } from './present/presenter.js';
import { LiveRoutes } from './store/live-routes.js';
import { LiveStatus } from './store/live-status.js';
import { PskVault } from './store/psk-vault.js';
import { SCHEMA } from './store/schema.js';

@Module({})
export class ResourcesModule {
  static with(databaseUrl: string, vault: Vault, { live, routes }: { live: LiveStatus; routes: LiveRoutes }, config: ResourcesConfig): DynamicModule {
    return {
      module: ResourcesModule,
      imports: [
        CqrsModule.forRoot(),
        TypeOrmModule.forRoot({ name: DATA_SOURCE, ...dataSourceOptions(databaseUrl, SCHEMA, 'bordergate-resources'), retryAttempts: 0 }),
      ],
      controllers: [
        ...READS_CONTROLLERS, VpcsController, BorderGatewaysController, CustomerGatewaysController, VpnConnectionsController, VpnTunnelsController, PublicAddressesController, ClientConfigsController, ClientDevicesController, PsksController,
        VirtualInterfacesController, QuotasController, PolicyController, RegionsController,
      ],
      providers: [
        { provide: CONFIG, useValue: config }, { provide: PskVault, useValue: new PskVault(vault) }, { provide: LiveStatus, useValue: live }, { provide: LiveRoutes, useValue: routes },
        Presenter, NewDocuments, ClientConfigs, Door, ChangeRunner, ToVpcHandler, ToBorderGatewayHandler, ToCustomerGatewayHandler, ToVpnConnectionHandler, ToAddressPoolHandler, ToVirtualInterfaceHandler, ToRegionHandler, SettingsDoor,
      ],
    };
  }
}

import { streamOf } from '@bordergate/contracts';
import { isRejection } from '@bordergate/kernel';
import type { Handled } from '@bordergate/platform';
import { customerGatewayDecider, type CustomerGatewayCommand } from '@bordergate/resources-core';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CONFIG, type ResourcesConfig } from '../config.js';
import type { RegionReader } from '../store/region-reader.js';
import { ChangeRunner } from './change-runner.js';
import { type Answer, type Intent, ToCustomerGateway } from './commands.js';

@CommandHandler(ToCustomerGateway)
export class ToCustomerGatewayHandler implements ICommandHandler<ToCustomerGateway> {
  constructor(private readonly runner: ChangeRunner, @Inject(CONFIG) private readonly config: ResourcesConfig) {}

  execute({ context, customerGatewayId, intent }: ToCustomerGateway): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit, region) => {
      const decided = await unit.decide(streamOf.customerGateway(customerGatewayId), customerGatewayDecider, await this.#withFacts(intent, customerGatewayId, region));
      return isRejection(decided) ? decided : undefined;
    });
  }

  async #withFacts(intent: Intent<CustomerGatewayCommand>, cgwId: string, region: RegionReader): Promise<CustomerGatewayCommand> {
    switch (intent.type) {
      case 'CreateCustomerGateway': return { ...intent, facts: { quotas: this.config.quotas, customerGatewaysInRegion: await region.count('customerGateway') } };
      case 'UpdateCustomerGateway': return { ...intent, facts: { tunnelIds: (await region.where('vpnConnection', { cgwId })).flatMap(({ fields }) => fields.vpnTunnelIds) } };
      case 'DeleteCustomerGateway': return { ...intent, facts: { vpnConnectionIds: await region.ids('vpnConnection', { cgwId }) } };
    }
  }
}

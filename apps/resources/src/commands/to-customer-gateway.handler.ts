import { streamOf } from '@bordergate/contracts';
import { isRejection } from '@bordergate/kernel';
import type { Handled } from '@bordergate/platform';
import { customerGatewayDecider, type CustomerGatewayCommand, type RegionSettings } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegionReader } from '../store/region-reader.js';
import { ChangeRunner } from './change-runner.js';
import { type Answer, type Intent, ToCustomerGateway } from './commands.js';
import { settingsOf } from './to-region.handler.js';

@CommandHandler(ToCustomerGateway)
export class ToCustomerGatewayHandler implements ICommandHandler<ToCustomerGateway> {
  constructor(private readonly runner: ChangeRunner) {}

  execute({ context, customerGatewayId, intent }: ToCustomerGateway): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit, region) => {
      const decided = await unit.decide(streamOf.customerGateway(customerGatewayId), customerGatewayDecider, await withFacts(intent, customerGatewayId, region, await settingsOf(unit, region)));
      return isRejection(decided) ? decided : undefined;
    });
  }
}

async function withFacts(intent: Intent<CustomerGatewayCommand>, cgwId: string, region: RegionReader, { quotas }: RegionSettings): Promise<CustomerGatewayCommand> {
  switch (intent.type) {
    case 'CreateCustomerGateway': return { ...intent, facts: { quotas, customerGatewaysInRegion: await region.count('customerGateway') } };
    case 'UpdateCustomerGateway': return { ...intent, facts: { tunnelIds: (await region.where('vpnConnection', { cgwId })).flatMap(({ fields }) => fields.vpnTunnelIds) } };
    case 'DeleteCustomerGateway': return { ...intent, facts: { vpnConnectionIds: await region.ids('vpnConnection', { cgwId }) } };
  }
}

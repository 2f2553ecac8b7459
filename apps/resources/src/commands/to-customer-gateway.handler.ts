import { streamOf } from '@bordergate/contracts';
import { isRejection } from '@bordergate/kernel';
import type { Handled, UnitOfWork } from '@bordergate/platform';
import { customerGatewayDecider, type CustomerGatewayCommand } from '@bordergate/resources-core';
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
      const stream = streamOf.customerGateway(customerGatewayId);
      unit.foresee(stream, customerGatewayDecider);
      const decided = await unit.decide(stream, customerGatewayDecider, await withFacts(intent, customerGatewayId, unit, region));
      return isRejection(decided) ? decided : undefined;
    });
  }
}

async function withFacts(intent: Intent<CustomerGatewayCommand>, cgwId: string, unit: UnitOfWork, region: RegionReader): Promise<CustomerGatewayCommand> {
  switch (intent.type) {
    case 'CreateCustomerGateway': {
      const [{ quotas }, customerGatewaysInRegion] = await Promise.all([settingsOf(unit, region), region.count('customerGateway')]);
      return { ...intent, facts: { quotas, customerGatewaysInRegion } };
    }
    case 'UpdateCustomerGateway': return { ...intent, facts: { tunnelIds: (await region.where('vpnConnection', { cgwId })).flatMap(({ fields }) => fields.vpnTunnelIds) } };
    case 'DeleteCustomerGateway': return { ...intent, facts: { vpnConnectionIds: await region.ids('vpnConnection', { cgwId }) } };
  }
}

import { streamOf } from '@bordergate/contracts';
import { isRejection, reject } from '@bordergate/kernel';
import type { Handled, UnitOfWork } from '@bordergate/platform';
import { virtualInterfaceDecider, type VirtualInterfaceCommand } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { innerPrefixesOf } from '../store/inner-prefixes.js';
import type { RegionReader } from '../store/region-reader.js';
import { ChangeRunner } from './change-runner.js';
import { type Answer, type Intent, ToVirtualInterface } from './commands.js';
import { settingsOf } from './to-region.handler.js';

@CommandHandler(ToVirtualInterface)
export class ToVirtualInterfaceHandler implements ICommandHandler<ToVirtualInterface> {
  constructor(private readonly runner: ChangeRunner) {}

  execute({ context, vifId, intent }: ToVirtualInterface): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit, region) => {
      const existing = await region.find('virtualInterface', vifId);
      if (intent.type !== 'CreateVirtualInterface' && !existing) return reject('unknown-virtual-interface', 'there is no such virtual interface in the region', 'vifId');
      const decided = await unit.decide(streamOf.virtualInterface(vifId), virtualInterfaceDecider, await this.#withFacts(intent, vifId, existing?.fields.bgwId, unit, region));
      return isRejection(decided) ? decided : undefined;
    });
  }

  async #withFacts(intent: Intent<VirtualInterfaceCommand>, vifId: string, gatewayOf: string | undefined, unit: UnitOfWork, region: RegionReader): Promise<VirtualInterfaceCommand> {
    switch (intent.type) {
      case 'CreateVirtualInterface': {
        const { borderGatewayId: bgwId, line: { node, interface: name } } = intent;
        return {
          ...intent,
          facts: {
            quotas: (await settingsOf(unit, region)).quotas,
            borderGateway: (await region.find('borderGateway', bgwId)) && { virtualInterfaces: await region.count('virtualInterface', { bgwId }) },
            innerPrefixes: await innerPrefixesOf(region, bgwId),
            onInterface: (await region.where('virtualInterface', { node, interface: name })).map(({ id, fields }) => ({ vifId: id, vlanId: fields.vlanId })),
          },
        };
      }
      case 'UpdateVirtualInterface': return { ...intent, facts: { innerPrefixes: gatewayOf === undefined ? [] : await innerPrefixesOf(region, gatewayOf, vifId) } };
      case 'DeleteVirtualInterface': return { ...intent, facts: { staticRouteIds: await region.ids('staticRoute', { bgwRouteNexthop: vifId }) } };
      default: return intent;
    }
  }
}

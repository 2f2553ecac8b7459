import { streamOf } from '@bordergate/contracts';
import { isRejection, reject } from '@bordergate/kernel';
import type { Handled } from '@bordergate/platform';
import { vpcDecider, type GatewayFacts, type VpcCommand, type RegionSettings } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegionReader } from '../store/region-reader.js';
import { ChangeRunner } from './change-runner.js';
import { type Answer, type Intent, ToVpc } from './commands.js';
import { settingsOf } from './to-region.handler.js';

@CommandHandler(ToVpc)
export class ToVpcHandler implements ICommandHandler<ToVpc> {
  constructor(private readonly runner: ChangeRunner) {}

  execute({ context, vpcId, intent }: ToVpc): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit, region) => {
      // A stream's name does not say its region: another region's VPC is not there.
      if (intent.type !== 'CreateVpc' && !(await region.find('vpc', vpcId))) return reject('unknown-vpc', 'there is no such VPC in the region', 'vpcId');
      const decided = await unit.decide(streamOf.vpc(vpcId), vpcDecider, await withFacts(intent, vpcId, region, await settingsOf(unit, region)));
      return isRejection(decided) ? decided : undefined;
    });
  }
}

async function withFacts(intent: Intent<VpcCommand>, vpcId: string, region: RegionReader, { quotas }: RegionSettings): Promise<VpcCommand> {
  switch (intent.type) {
    case 'CreateVpc': return { ...intent, facts: { quotas, vpcsInRegion: await region.count('vpc') } };
    case 'CreateSubnet':
    case 'CreateVpcRouteTable': return { ...intent, facts: { quotas } };
    case 'DeleteSubnet': return { ...intent, facts: { partialAttachmentIds: await region.ids('vpcAttachment', { vpcId, propagateType: 'partial', subnetIds: [intent.subnetId] }) } };
    case 'AddRoutePropagation': return { ...intent, facts: { borderGateway: await gatewayFacts(region, vpcId, intent.borderGatewayId) } };
    case 'AddVpcStaticRoute': return { ...intent, facts: { quotas, borderGateway: await gatewayFacts(region, vpcId, intent.borderGatewayId) } };
    case 'DeleteVpc': return { ...intent, facts: { vpcAttachmentIds: await region.ids('vpcAttachment', { vpcId }) } };
    default: return intent;
  }
}

async function gatewayFacts(region: RegionReader, vpcId: string, bgwId: string): Promise<GatewayFacts> {
  const gateway = await region.find('borderGateway', bgwId);
  return { exists: gateway !== undefined, attached: gateway !== undefined && (await region.count('vpcAttachment', { bgwId, vpcId })) > 0 };
}

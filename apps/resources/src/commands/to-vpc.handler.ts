import { streamOf } from '@bordergate/contracts';
import { isRejection, reject } from '@bordergate/kernel';
import type { Handled } from '@bordergate/platform';
import { vpcDecider, type GatewayFacts, type VpcCommand, type RegionSettings } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { innerPrefixesOf } from '../store/inner-prefixes.js';
import type { RegionReader } from '../store/region-reader.js';
import { innerPrefixesAround } from './address-facts.js';
import { ChangeRunner } from './change-runner.js';
import { type Answer, type Intent, ToVpc } from './commands.js';
import { NewDocuments } from './new-documents.js';
import { settingsOf } from './to-region.handler.js';

@CommandHandler(ToVpc)
export class ToVpcHandler implements ICommandHandler<ToVpc> {
  constructor(private readonly runner: ChangeRunner, private readonly documents: NewDocuments) {}

  execute({ context, vpcId, intent }: ToVpc): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit, region) => {
      // A stream's name does not say its region: another region's VPC is not there.
      if (intent.type !== 'CreateVpc' && !(await region.find('vpc', vpcId))) return reject('unknown-vpc', 'there is no such VPC in the region', 'vpcId');
      const decided = await unit.decide(streamOf.vpc(vpcId), vpcDecider, await withFacts(intent, vpcId, region, await settingsOf(unit, region)));
      if (isRejection(decided)) return decided;
      return intent.type === 'AddVpcStaticRoutes' ? { document: await this.documents.of(unit, region, 'vpcRoute', intent.routes.map(({ vpcRouteId }) => vpcRouteId)) } : undefined;
    });
  }
}

async function withFacts(intent: Intent<VpcCommand>, vpcId: string, region: RegionReader, { quotas }: RegionSettings): Promise<VpcCommand> {
  switch (intent.type) {
    case 'CreateVpc': return { ...intent, facts: { quotas, vpcsInRegion: await region.count('vpc') } };
    case 'CreateSubnet': return { ...intent, facts: { quotas, innerPrefixes: await innerPrefixesAround(region, vpcId) } };
    case 'CreateVpcRouteTable': return { ...intent, facts: { quotas } };
    case 'DeleteSubnet': return { ...intent, facts: { partialAttachmentIds: await region.ids('vpcAttachment', { vpcId, propagateType: 'partial', subnetIds: [intent.subnetId] }) } };
    case 'AddRoutePropagation': return { ...intent, facts: { borderGateway: await gatewayFacts(region, vpcId, intent.borderGatewayId) } };
    case 'AddVpcStaticRoute': return { ...intent, facts: { quotas, borderGateway: await gatewayFacts(region, vpcId, intent.borderGatewayId) } };
    case 'AddVpcStaticRoutes': {
      const gateways = [...new Set(intent.routes.map(({ borderGatewayId }) => borderGatewayId))];
      return { ...intent, facts: { quotas, borderGateways: new Map(await Promise.all(gateways.map(async (id) => [id, await gatewayFacts(region, vpcId, id)] as const))) } };
    }
    case 'DeleteVpc': return { ...intent, facts: { vpcAttachmentIds: await region.ids('vpcAttachment', { vpcId }) } };
    default: return intent;
  }
}

async function gatewayFacts(region: RegionReader, vpcId: string, bgwId: string): Promise<GatewayFacts> {
  const gateway = await region.find('borderGateway', bgwId);
  if (!gateway) return { exists: false, attached: false, innerPrefixes: [] };
  return { exists: true, attached: (await region.count('vpcAttachment', { bgwId, vpcId })) > 0, innerPrefixes: await innerPrefixesOf(region, bgwId) };
}

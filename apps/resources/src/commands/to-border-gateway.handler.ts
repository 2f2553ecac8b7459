import { streamOf } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import type { Handled, UnitOfWork } from '@bordergate/platform';
import { borderGatewayDecider, vpcDecider, type BorderGatewayCommand, type VpcFacts, type RegionSettings } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { innerPrefixesOf } from '../store/inner-prefixes.js';
import type { RegionReader } from '../store/region-reader.js';
import { ChangeRunner } from './change-runner.js';
import { type Answer, type Intent, ToBorderGateway } from './commands.js';
import { NewDocuments } from './new-documents.js';
import { settingsOf } from './to-region.handler.js';

@CommandHandler(ToBorderGateway)
export class ToBorderGatewayHandler implements ICommandHandler<ToBorderGateway> {
  constructor(private readonly runner: ChangeRunner, private readonly documents: NewDocuments) {}

  execute({ context, borderGatewayId, intent }: ToBorderGateway): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit, region) => {
      const stream = streamOf.borderGateway(borderGatewayId);
      unit.foresee(stream, borderGatewayDecider);
      if (intent.type !== 'CreateBorderGateway' && !(await region.find('borderGateway', borderGatewayId))) return reject('unknown-border-gateway', 'there is no such border gateway in the region', 'bgwId');
      const refused = await leaveVpc(unit, region, borderGatewayId, intent);
      if (refused) return refused;
      const decided = await unit.decide(stream, borderGatewayDecider, await withFacts(intent, borderGatewayId, region, await settingsOf(unit, region)));
      if (isRejection(decided)) return decided;
      return intent.type === 'AddStaticRoutes' ? { document: await this.documents.of(unit, region, 'staticRoute', intent.routes.map(({ staticRouteId }) => staticRouteId)) } : undefined;
    });
  }
}

async function withFacts(intent: Intent<BorderGatewayCommand>, bgwId: string, region: RegionReader, { quotas }: RegionSettings): Promise<BorderGatewayCommand> {
  switch (intent.type) {
    case 'CreateBorderGateway': return { ...intent, facts: { quotas, borderGatewaysInRegion: await region.count('borderGateway') } };
    case 'AttachVpc': return { ...intent, facts: { quotas, vpc: await vpcFacts(region, intent.vpcId), innerPrefixes: await innerPrefixesOf(region, bgwId) } };
    case 'UpdateVpcAttachment': {
      const vpcId = intent.vpcId ?? (await region.find('vpcAttachment', intent.vpcAttachmentId))?.fields.vpcId;
      return { ...intent, facts: { vpc: vpcId === undefined ? undefined : await vpcFacts(region, vpcId), innerPrefixes: await innerPrefixesOf(region, bgwId) } };
    }
    case 'AddStaticRoute':
    case 'AddStaticRoutes': {
      const [legs, innerPrefixes] = await Promise.all([legsOf(region, bgwId), innerPrefixesOf(region, bgwId)]);
      return { ...intent, facts: { quotas, ...legs, innerPrefixes } };
    }
    case 'DeleteBorderGateway': return { ...intent, facts: await legsOf(region, bgwId) };
    default: return intent;
  }
}

/** What leads out of the gateway. */
async function legsOf(region: RegionReader, bgwId: string): Promise<{ vpnConnectionIds: string[]; vifIds: string[] }> {
  const [vpnConnectionIds, vifIds] = await Promise.all([region.ids('vpnConnection', { bgwId }), region.ids('virtualInterface', { bgwId })]);
  return { vpnConnectionIds, vifIds };
}

async function vpcFacts(region: RegionReader, vpcId: string): Promise<VpcFacts> {
  const vpc = (await region.find('vpc', vpcId))?.fields;
  return vpc && { subnetIds: vpc.subnetIds, subnetCidrs: (await region.where('subnet', { vpcId })).map(({ fields }) => fields.cidr) };
}

/** An attachment that leaves its VPC takes along what the VPC's tables say of the gateway: propagation relations and static routes. */
async function leaveVpc(unit: UnitOfWork, region: RegionReader, borderGatewayId: string, intent: Intent<BorderGatewayCommand>): Promise<Rejection | undefined> {
  if (intent.type !== 'DetachVpc' && intent.type !== 'UpdateVpcAttachment') return undefined;
  const attachment = await region.find('vpcAttachment', intent.vpcAttachmentId);
  const before = attachment?.fields.vpcId;
  const after = intent.type === 'DetachVpc' ? undefined : (intent.vpcId ?? before);
  if (before === undefined || before === after) return undefined;
  const decided = await unit.decide(streamOf.vpc(before), vpcDecider, { type: 'RemoveRoutesVia', borderGatewayId });
  return isRejection(decided) ? decided : undefined;
}

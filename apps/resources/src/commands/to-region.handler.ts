import { ruleOf, streamOf } from '@bordergate/contracts';
import { isRejection, reject } from '@bordergate/kernel';
import type { Handled, UnitOfWork } from '@bordergate/platform';
import { regionDecider, type RegionCommand, type RegionSettings } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegionReader } from '../store/region-reader.js';
import { ChangeRunner } from './change-runner.js';
import { ToRegion, type Intent } from './commands.js';

/** The settings a command is decided by: read inside the region's lock, so that they still hold when it is stored. */
export const settingsOf = async (unit: UnitOfWork, { scope }: RegionReader): Promise<RegionSettings> => (await unit.load(streamOf.region(scope.region), regionDecider)).state;

@CommandHandler(ToRegion)
export class ToRegionHandler implements ICommandHandler<ToRegion> {
  constructor(private readonly runner: ChangeRunner) {}

  execute({ context, intent }: ToRegion): Promise<Handled<null>> {
    return this.runner.runSettings(context, async (unit, region) => {
      const stream = streamOf.region(context.scope.region);
      const { version } = await unit.load(stream, regionDecider);
      if (context.seenVersions && !context.seenVersions.includes(version)) return reject('version-mismatch', `the region's settings are at version ${version}; read them again`, 'If-Match');
      const decided = await unit.decide(stream, regionDecider, await withFacts(intent, region));
      return isRejection(decided) ? decided : null;
    });
  }
}

async function withFacts(intent: Intent<RegionCommand>, region: RegionReader): Promise<RegionCommand> {
  if (intent.type !== 'SetQuota') return intent;
  const { parent } = ruleOf(intent.quotaType);
  const parentExists = parent !== null && parent !== 'pair' && intent.parentResourceId !== null && (await region.find(parent, intent.parentResourceId)) !== undefined;
  return { ...intent, facts: { parentExists } };
}

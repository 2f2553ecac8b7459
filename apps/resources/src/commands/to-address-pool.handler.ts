import { streamOf } from '@bordergate/contracts';
import { isRejection } from '@bordergate/kernel';
import type { Handled } from '@bordergate/platform';
import { addressPoolDecider } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ChangeRunner } from './change-runner.js';
import { type Answer, ToAddressPool } from './commands.js';

@CommandHandler(ToAddressPool)
export class ToAddressPoolHandler implements ICommandHandler<ToAddressPool> {
  constructor(private readonly runner: ChangeRunner) {}

  execute({ context, intent }: ToAddressPool): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit) => {
      const decided = await unit.decide(streamOf.addressPool(context.scope.region), addressPoolDecider, intent);
      return isRejection(decided) ? decided : undefined;
    });
  }
}

import { streamOf } from '@bordergate/contracts';
import { isRejection } from '@bordergate/kernel';
import type { Handled } from '@bordergate/platform';
import { addressPoolDecider } from '@bordergate/resources-core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { otherPoolWith } from '../store/public-addresses.js';
import { ChangeRunner } from './change-runner.js';
import { type Answer, ToAddressPool } from './commands.js';

@CommandHandler(ToAddressPool)
export class ToAddressPoolHandler implements ICommandHandler<ToAddressPool> {
  constructor(private readonly runner: ChangeRunner) {}

  execute({ context, intent }: ToAddressPool): Promise<Handled<Answer>> {
    return this.runner.run(context, async (unit) => {
      const command = intent.type === 'AddPublicAddress' ? { ...intent, facts: { elsewhere: await otherPoolWith(unit.tx, context.scope, intent.address) } } : intent;
      const decided = await unit.decide(streamOf.addressPool(context.scope.region), addressPoolDecider, command);
      return isRejection(decided) ? decided : undefined;
    });
  }
}

import { Controller, type DynamicModule, Get, Module, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import type { Log } from './log.js';
import { Readiness } from './readiness.js';

/** Injection token of the service's Log. */
export const LOG = Symbol('bordergate.log');

/** What every service answers to its operators. */
@ApiExcludeController()
@Controller()
class OpsController {
  constructor(private readonly registry: Registry, private readonly readiness: Readiness) {}

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(this.registry.contentType).send(await this.registry.metrics());
  }

  /** The process answers: nothing else is looked at, because a restart would not mend it. */
  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const look = await this.readiness.look();
    await reply.code(look.status === 'not-ready' ? 503 : 200).send(look);
  }
}

/** Gives all modules of the service its Registry, Readiness and Log (`@Inject(LOG)`). */
@Module({})
export class OpsModule {
  static with(registry: Registry, readiness: Readiness, log: Log): DynamicModule {
    const providers = [{ provide: Registry, useValue: registry }, { provide: Readiness, useValue: readiness }, { provide: LOG, useValue: log }];
    return { module: OpsModule, global: true, controllers: [OpsController], providers, exports: providers };
  }
}

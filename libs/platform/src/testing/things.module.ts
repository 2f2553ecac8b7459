import { Body, Controller, type DynamicModule, Get, HttpCode, Inject, Module, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse } from '@nestjs/swagger';
import { reject } from '@bordergate/kernel';
import { z } from 'zod';
import type { Log } from '../log.js';
import { LOG } from '../ops.module.js';
import { RejectionError } from '../problem.js';
import { Readiness } from '../readiness.js';

// A service to try createService on. Not in the spec itself: decorators need a tsconfig.json that includes their file.

const Thing = z.strictObject({ name: z.string().min(2, 'at least 2 characters'), size: z.int().default(1), parts: z.array(z.strictObject({ psk: z.string() })).default([]) }).meta({ id: 'Thing' });
const PageQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });

@Controller('v1/things')
class ThingsController {
  constructor(@Inject(LOG) private readonly log: Log, private readonly readiness: Readiness) {}

  @Post()
  @ApiCreatedResponse({ standardSchema: Thing })
  make(@Body({ schema: Thing }) body: z.infer<typeof Thing>) {
    this.log.info('made', { psk: 'hidden-psk', readiness: this.readiness instanceof Readiness });
    return body;
  }
  @Get()
  list(@Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>) {
    return query;
  }
  @Get(':id')
  get(@Param('id', { schema: z.string().regex(/^t-/, 'an id such as t-1') }) id: string) {
    if (id === 't-0') throw new RejectionError(reject('not-found', 'there is no such thing'));
    if (id === 't-busy') throw new RejectionError(reject('thing-in-use', 'detach it first', 'id'));
    if (id === 't-cut') throw new Error('Connection terminated unexpectedly'); // as pg says it
    if (id === 't-bug') throw new Error('select * from secrets failed');
    return { id };
  }
  @Post(':id(^[^:]+)::enable')
  @HttpCode(200)
  enable(@Param('id') id: string) {
    return { enabled: id };
  }
  @Post(':id(^[^:]+)::addParts')
  @HttpCode(200)
  addParts(@Param('id') id: string, @Body({ schema: z.strictObject({ n: z.int().default(3) }).prefault({}) }) body: { n: number }) {
    return { id, ...body };
  }
}

@Controller('v1/regions/:region/things')
class RegionalThingsController {
  @Get()
  list(@Param('region') region: string) {
    return { region };
  }
}

@Module({ controllers: [ThingsController, RegionalThingsController] })
export class ThingsModule {}

/** A module whose only answer, GET /slow, waits for `go`. */
export function slowModule(): { module: DynamicModule; entered: Promise<void>; go: () => void } {
  let go!: () => void;
  let enter!: () => void;
  const entered = new Promise<void>((resolve) => { enter = resolve; });
  const gate = new Promise<void>((resolve) => { go = resolve; });
  @Controller()
  class SlowController {
    @Get('slow')
    async slow() {
      enter();
      await gate;
      return 'done';
    }
  }
  return { module: { module: class SlowModule {}, controllers: [SlowController] }, entered, go };
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { http } from '@bordergate/contracts';
import { reject } from '@bordergate/kernel';
import { RejectionError } from '@bordergate/platform';
import { Controller, Get, Headers, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { InjectDataSource } from '@nestjs/typeorm';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { CONFIG, DATA_SOURCE, type ResourcesConfig } from '../config.js';
import { PskVault } from '../store/psk-vault.js';

const REF = /^psk-[a-z0-9]{1,60}$/;

/** How a worker gets the secret that a decision names; not part of the public API. */
@ApiExcludeController()
@Controller('internal/v1/psks')
export class PsksController {
  constructor(@InjectDataSource(DATA_SOURCE) private readonly db: DataSource, @Inject(CONFIG) private readonly config: ResourcesConfig, private readonly psks: PskVault) {}

  @Get(':ref')
  async get(@Headers('authorization') authorization: string | undefined, @Param('ref') pskRef: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ReturnType<typeof http.PskByRef.parse>> {
    void reply.header('cache-control', 'no-store');
    const token = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      void reply.header('www-authenticate', 'Bearer');
      throw new RejectionError(reject('unauthenticated', 'a worker shows its token: Authorization: Bearer …'));
    }
    if (this.config.workerToken === undefined || !sameSecret(token, this.config.workerToken)) throw new RejectionError(reject('forbidden', 'this is not the token of the workers'));
    const psk = REF.test(pskRef) ? await this.psks.open(this.db.manager, this.config.tenant, pskRef) : undefined;
    if (psk === undefined) throw new RejectionError(reject('not-found', 'the vault has no such secret'));
    return { pskRef, psk };
  }
}

/** In a time that says nothing about how much was right, nor how long the right one is. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

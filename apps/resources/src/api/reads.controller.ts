import { http } from '@bordergate/contracts';
import { InvalidRequestError } from '@bordergate/platform';
import { Controller, Get, Param, Query, type Type } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { DOCUMENTS } from '../present/documents.js';
import type { Where } from '../store/region-reader.js';
import { AtRegion, type Call } from './call.js';
import { FILTERS, pageOf } from './documents.js';
import { Door } from './door.js';

/** No NUL: Postgres has none in its texts. */
const filter = z.string().max(128).regex(/^[^\0\p{Surrogate}]*$/u, 'a value of the field').meta({ pattern: '^[^\\u0000]*$' }).optional();

/** GET of a collection and of one of its resources: alike for all of them. */
function readsOf(collection: http.Collection): Type {
  const { name } = http.COLLECTIONS[collection];
  const fieldOf = new Map([...FILTERS[collection].map((field) => [field, field] as const), ...(name ? [['name', name] as const, [name, name] as const] : [])]);
  const { shape } = DOCUMENTS[collection] as z.ZodObject;
  // a word that the field can never be lists nothing, which looks like an answer
  const filterBy = (field: string) => (shape[field] instanceof z.ZodEnum ? shape[field].optional() : filter);
  const ListQuery = z.strictObject({ ...http.PageQuery.shape, ...Object.fromEntries([...fieldOf].map(([parameter, field]) => [parameter, filterBy(field)])) });

  @ApiTags(collection)
  @ApiParam({ name: 'region' })
  @Controller(`v1/regions/:region/${collection}`)
  class Reads {
    constructor(private readonly door: Door) {}

    @Get()
    @ApiOkResponse({ standardSchema: pageOf(collection) as never })
    list(@AtRegion() call: Call, @Query({ schema: ListQuery }) { limit, cursor, ...parameters }: z.infer<typeof ListQuery>) {
      const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
      if (name && given.filter(([parameter]) => fieldOf.get(parameter) === name).length > 1) throw new InvalidRequestError([{ field: 'name', code: 'repeated', rule: `is the same as ${name}: one of the two` }]);
      const where: Where = Object.fromEntries(given.map(([parameter, value]) => [fieldOf.get(parameter)!, value]));
      return this.door.list(call, collection, where, limit, cursor);
    }

    @Get(':id')
    @ApiOkResponse({ standardSchema: DOCUMENTS[collection] as never })
    one(@AtRegion() call: Call, @Param('id') id: string) {
      return this.door.get(call, collection, id);
    }
  }
  // The names of class and method make the operation's id.
  Object.defineProperty(Reads, 'name', { value: `${collection}Reads` });
  return Reads;
}

export const READS_CONTROLLERS = (Object.keys(http.COLLECTIONS) as http.Collection[]).map(readsOf);

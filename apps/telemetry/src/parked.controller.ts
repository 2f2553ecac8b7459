import { http } from '@bordergate/contracts';
import { isRejection, reject } from '@bordergate/kernel';
import { pageOf, ParkedRecords, RejectionError, type PageOrder, type ParkedRow } from '@bordergate/platform';
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

const ParkedRecordPage = http.page(http.ParkedRecord, 'ParkedRecordPage');
const ParkedQuery = http.PageQuery.extend({ topic: z.string().optional(), consumer: z.string().optional() });
const BY_PLACE: PageOrder<ParkedRow> = { keyOf: (row) => row.place, pattern: /^\S{1,250} \d{6,} \d{16,} [\s\S]{1,500}$/ };
/** There is no access control yet. */
const ACTOR = 'anonymous';

type ParkedRecord = z.infer<typeof http.ParkedRecord>;
type Answer = z.infer<typeof http.ParkedRecordAnswer>;

@ApiTags('telemetry')
@Controller('v1/parkedRecords')
export class ParkedController {
  constructor(private readonly records: ParkedRecords) {}

  @Get()
  @ApiOperation({ summary: 'Messages that a consumer could not read and set aside' })
  @ApiOkResponse({ standardSchema: ParkedRecordPage })
  list(@Query({ schema: ParkedQuery }) { limit, cursor, topic, consumer }: z.infer<typeof ParkedQuery>): z.infer<typeof ParkedRecordPage> {
    const rows = this.records.list().filter(({ parked }) => (topic ?? parked.topic) === parked.topic && (consumer ?? parked.consumer) === parked.consumer);
    const { items, nextCursor } = pageOf(rows, BY_PLACE, { limit, cursor });
    return { items: items.map(shown), nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One of them, with all that it held' })
  @ApiOkResponse({ standardSchema: http.ParkedRecordDetail })
  get(@Param('id') id: string): z.infer<typeof http.ParkedRecordDetail> {
    const row = this.#row(id);
    const { headers = {}, value = null } = row.parked.message ?? {};
    const decoded = Object.entries(headers).map(([name, values]) => [name, values.map(text)]);
    return { ...shown(row), headers: Object.fromEntries(decoded), value: value === null ? null : text(value), valueBase64: value };
  }

  @Post(':id(^[^:]+)::replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Publish it to its topic again', description: 'For all consumers. Refused when this version cannot read it either, or when a newer record of its key would be undone.' })
  @ApiOkResponse({ standardSchema: http.ParkedRecordAnswer })
  async replay(@Param('id') id: string): Promise<Answer> {
    const refused = await this.records.replay(this.#row(id), ACTOR);
    if (isRejection(refused)) throw new RejectionError(refused);
    return { parkedRecordId: id, resolution: 'replayed' };
  }

  @Post(':id(^[^:]+)::discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Leave it out for good', description: 'Consumers that read their topic anew leave it out again, and it is not listed again.' })
  @ApiOkResponse({ standardSchema: http.ParkedRecordAnswer })
  async discard(@Param('id') id: string): Promise<Answer> {
    await this.records.discard(this.#row(id), ACTOR);
    return { parkedRecordId: id, resolution: 'discarded' };
  }

  #row(id: string): ParkedRow {
    const row = this.records.get(id);
    if (!row) throw new RejectionError(reject('not-found', `there is no parked record ${id}`));
    return row;
  }
}

const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

function shown({ id, at, parked: { consumer, topic, partition, offset, reason, message } }: ParkedRow): ParkedRecord {
  const [type] = message?.headers.ce_type ?? [];
  return { parkedRecordId: id, consumer, topic, partition, offset, reason, key: message?.key == null ? null : text(message.key), eventType: type === undefined ? null : text(type), parkedTime: at };
}

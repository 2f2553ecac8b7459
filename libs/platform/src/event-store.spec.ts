import type { RecordedEvent } from '@bordergate/contracts';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append, appendAndCommit, ConcurrencyError, lastPosition, pendingEvents, readLog, readStream, readWholeLog } from './event-store.js';
import { created, META, renamed, testStore } from './testing/store.js';

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => ({ db, close } = await testStore()));
afterAll(() => close());

describe('append', () => {
  it('records at the expected version and reads the stream back', async () => {
    const recorded = [...(await append(db.manager, 'a', 0, [created('a'), renamed('a', 'b')], META)), ...(await append(db.manager, 'a', 2, [renamed('a', 'c')], META))];
    expect(recorded.map((e) => [e.stream, e.version, e.type, e.meta])).toEqual([['a', 1, 'BorderGatewayCreated', META], ['a', 2, 'BorderGatewayUpdated', META], ['a', 3, 'BorderGatewayUpdated', META]]);
    expect(await readStream(db.manager, 'a')).toEqual(recorded);
    expect(await readStream(db.manager, 'none')).toEqual([]);
  });

  it('refuses another version, before and behind', async () => {
    for (const version of [0, 2, 4]) await expect(append(db.manager, 'a', version, [created('x')], META)).rejects.toBeInstanceOf(ConcurrencyError);
  });

  it('does nothing with no decision', async () => {
    expect(await append(db.manager, 'nothing', 7, [], META)).toEqual([]);
  });

  it('lets one of many concurrent writers of a stream win', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => append(db.manager, 'race', 0, [created('r')], META)));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    for (const r of results) if (r.status === 'rejected') expect(r.reason).toBeInstanceOf(ConcurrencyError);
  });

  it('appends to several streams in one transaction, or to none', async () => {
    const both = db.transaction(async (tx) => {
      await append(tx, 'm1', 0, [created('m1')], META);
      await append(tx, 'a', 1, [created('m2')], META);
    });
    await expect(both).rejects.toBeInstanceOf(ConcurrencyError);
    expect(await readStream(db.manager, 'm1')).toEqual([]);
  });
});

describe('append and commit, in one way there and back', () => {
  const unit = async (runs: Parameters<typeof appendAndCommit>[1], statement: Parameters<typeof appendAndCommit>[2][number]) => {
    const runner = db.createQueryRunner();
    try {
      await runner.query('begin');
      return await appendAndCommit(runner.manager, runs, [statement]);
    } finally {
      await runner.release();
    }
  };
  const noted = (id: string) => ({ sql: 'insert into checkpoints (name, position) values ($1, $2)', parameters: [id, 1] });
  const notes = async (id: string) => (await db.query('select name from checkpoints where name = $1', [id])).length;

  it('stores all of it', async () => {
    const recorded = await unit([pendingEvents('c1', 0, [created('c1')], META), pendingEvents('c2', 0, [created('c2')], META)], noted('c1'));
    expect(recorded.map((e) => [e.stream, e.position])).toEqual((await readLog(db.manager, recorded[0]!.position - 1n, 2)).map((e) => [e.stream, e.position]));
    expect(await notes('c1')).toBe(1);
  });

  it('stores nothing when a later stream is at another version, though the commit was sent behind it', async () => {
    await expect(unit([pendingEvents('c3', 0, [created('c3')], META), pendingEvents('c1', 7, [renamed('c1', 'x')], META)], noted('c3'))).rejects.toThrow(new ConcurrencyError('c1', 7));
    expect([await readStream(db.manager, 'c3'), await notes('c3')]).toEqual([[], 0]);
  });

  it('stores nothing when what belongs to it fails, and tells that and not what followed', async () => {
    await expect(unit([pendingEvents('c4', 0, [created('c4')], META)], noted('c1'))).rejects.toThrow('duplicate key');
    expect(await readStream(db.manager, 'c4')).toEqual([]);
  });

  it('sends nothing when an event cannot be written down', async () => {
    const unwritable = { ...created('c5'), bgpAsn: 1n as unknown as number };
    await expect(unit([pendingEvents('c6', 0, [created('c6')], META), pendingEvents('c5', 0, [unwritable], META)], noted('c5'))).rejects.toThrow('BigInt');
    expect([await readStream(db.manager, 'c6'), await notes('c5')]).toEqual([[], 0]);
  });
});

describe('the log', () => {
  it('misses nothing for a reader that tails it while eight writers append', async () => {
    const from = await lastPosition(db.manager);
    let writing = true;
    const seen: RecordedEvent[] = [];
    const reader = (async () => {
      for (let after = from; ; after = seen.at(-1)?.position ?? from) {
        const last = !writing;
        const page = await readLog(db.manager, after, 50);
        seen.push(...page);
        if (!page.length && last) return;
      }
    })();
    await Promise.all(Array.from({ length: 8 }, async (_, w) => {
      for (let v = 0; v < 40; v += 2) {
        await db.transaction(async (tx) => {
          await append(tx, `w${w}`, v, [created('x'), renamed('x', 'y')], META);
          await append(tx, `v${w}`, v / 2, [created('z')], META);
          // A transaction that lingers is what makes plain identity positions appear behind a reader.
          if (v % 8 === 0) await tx.query('select pg_sleep(0.002)');
        });
      }
    }));
    writing = false;
    await reader;
    expect(seen).toHaveLength(8 * 60);
    expect(seen.map((e) => e.position)).toEqual(seen.map((e) => e.position).sort((x, y) => (x < y ? -1 : 1)));
    for (const stream of ['w0', 'v7']) expect(seen.filter((e) => e.stream === stream).map((e) => e.version)).toEqual((await readStream(db.manager, stream)).map((e) => e.version));
  });

  it('reads whole in pages of any size', async () => {
    const all = await readLog(db.manager, 0n, 100_000);
    for (const pageSize of [7, all.length, 100_000]) {
      const read: bigint[] = [];
      for await (const event of readWholeLog(db.manager, pageSize)) read.push(event.position);
      expect(read).toEqual(all.map((e) => e.position));
    }
    expect(await lastPosition(db.manager)).toBe(all.at(-1)!.position);
  });
});

import type { RecordedEvent } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append, readStream, type PendingEvent } from './event-store.js';
import { handle, type Handled, type HandleOptions } from './handle.js';
import { forgetIdempotencyKeys, requestHash } from './idempotency.js';
import { Turns } from './turns.js';
import { parseVaultKeys } from './vault-keys.js';
import { created, gateway, META, renamed, testStore, type GatewayCommand } from './testing/store.js';
import type { UnitOfWork } from './unit-of-work.js';

const [OLD_KEY, NEW_KEY] = [`old:${Buffer.alloc(32, 1).toString('base64')}`, `new:${Buffer.alloc(32, 2).toString('base64')}`];
const [KEYS, ROTATED] = [parseVaultKeys(OLD_KEY), parseVaultKeys(`${NEW_KEY},${OLD_KEY}`)];

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await testStore());
  await db.query('create table names (id text primary key, name text not null)');
});
afterAll(() => close());

const accepted = <T>(handled: Handled<T> | Rejection): Handled<T> => {
  if (isRejection(handled)) throw new Error(`refused: ${handled.code}`);
  return handled;
};
const inRegion = <T>(work: (unit: UnitOfWork) => Promise<T | Rejection>, more: Partial<HandleOptions<T>> = {}) => handle<T>(db, { lockKey: 'cn-north-1', meta: META, work, ...more });
const command = (command: GatewayCommand) => (unit: UnitOfWork) => unit.decide(command.id, gateway, command);
const versions = async (stream: string) => (await readStream(db.manager, stream)).map((e: RecordedEvent) => e.version);

describe('one command', () => {
  it('loads, decides and appends', async () => {
    const done = accepted(await inRegion(async (unit) => {
      await unit.decide('g1', gateway, { do: 'create', id: 'g1' });
      const again = await unit.decide('g1', gateway, { do: 'create', id: 'g1' });
      expect(again).toMatchObject({ code: 'gateway-exists' }); // the second sees the state of the first
      await unit.decide('g2', gateway, { do: 'create', id: 'g2' });
      await unit.decide('g1', gateway, { do: 'rename', id: 'g1', name: 'n' });
      return unit.load('g1', gateway);
    }));
    expect(done.answer).toEqual({ state: { names: ['g1', 'n'] }, version: 2 });
    expect(done.events.map((e) => [e.stream, e.version])).toEqual([['g1', 1], ['g2', 1], ['g1', 2]]);
    expect(await versions('g1')).toEqual([1, 2]);
  });

  it('rolls everything back when it is refused or fails', async () => {
    const half = async (unit: UnitOfWork) => {
      await unit.decide('g3', gateway, { do: 'create', id: 'g3' });
      await unit.tx.query("insert into names values ('g3', 'x')");
    };
    expect(await inRegion((unit) => half(unit).then(() => reject('quota-exceeded', 'at most 2')))).toMatchObject({ code: 'quota-exceeded' });
    await expect(inRegion((unit) => half(unit).then(() => Promise.reject(new Error('bug'))))).rejects.toThrow('bug');
    expect(await versions('g3')).toEqual([]);
    expect(await db.query("select * from names where id = 'g3'")).toEqual([]);
  });

  it('updates inline views in the same transaction, once per event, readable by the work on request', async () => {
    const seen: number[] = [];
    const views = async (tx: EntityManager, events: readonly PendingEvent[]) => {
      for (const { version, decision } of events) {
        seen.push(version);
        if ('name' in decision) await tx.query('insert into names values ($1, $2) on conflict (id) do update set name = excluded.name', ['g4', decision.name]);
      }
    };
    const done = await inRegion(async (unit) => {
      await unit.decide('g4', gateway, { do: 'create', id: 'g4' });
      await unit.applyViews();
      const read = await unit.tx.query("select name from names where id = 'g4'");
      await unit.decide('g4', gateway, { do: 'rename', id: 'g4', name: 'later' });
      return read;
    }, { views });
    expect(accepted(done).answer).toEqual([{ name: 'g4' }]);
    expect(seen).toEqual([1, 2]);
    expect(await db.query("select name from names where id = 'g4'")).toEqual([{ name: 'later' }]);
  });
});

describe('at the same time', () => {
  it('commands of one region are decided one after the other: a quota holds', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => inRegion(async (unit) => {
      const [{ count }] = await unit.tx.query("select count(*)::int as count from names where id like 'q%'");
      if (count >= 3) return reject('quota-exceeded', 'at most 3');
      await unit.tx.query('insert into names values ($1, $1)', [`q${n}`]);
      return unit.decide(`q${n}`, gateway, { do: 'create', id: `q${n}` });
    })));
    expect(results.filter(isRejection)).toHaveLength(5);
  });

  it('a change under another lock is met by a retry', async () => {
    await inRegion(command({ do: 'create', id: 'g5' }));
    let runs = 0;
    const done = await inRegion(async (unit) => {
      await unit.load('g5', gateway);
      if (runs++ === 0) await append(db.manager, 'g5', 1, [renamed('g5', 'meanwhile')], META);
      return unit.decide('g5', gateway, { do: 'rename', id: 'g5', name: 'mine' });
    });
    expect(accepted(done).events.map((e) => e.version)).toEqual([3]);
    expect(runs).toBe(2);
  });

  it('commands that wait for their region hold no connection', async () => {
    const small = await testStore(2);
    let go!: () => void;
    const held = new Promise<void>((resolve) => { go = resolve; });
    const turns = new Turns();
    const commands = ['w1', 'w2', 'w3', 'w4'].map((id) => handle(small.db, { lockKey: 'cn-north-1', meta: META, turns, work: (unit) => held.then(() => unit.decide(id, gateway, { do: 'create', id })) }));
    expect(await small.db.query('select 1 as one')).toEqual([{ one: 1 }]); // one connection works, the other is free
    expect(await handle(small.db, { lockKey: 'cn-east-1', meta: META, turns, work: async () => 'another region' })).toMatchObject({ answer: 'another region' });
    go();
    expect((await Promise.all(commands)).map((done) => accepted(done).events.map(({ stream }) => stream))).toEqual([['w1'], ['w2'], ['w3'], ['w4']]);
    await small.close();
  });

  it('a command that was abandoned while it waited is not decided', async () => {
    const turns = new Turns();
    let gone = false;
    const first = inRegion(async () => { gone = true; }, { turns });
    const second = inRegion(command({ do: 'create', id: 'w9' }), { turns, abandoned: () => gone });
    expect([await first, await second]).toMatchObject([{ replayed: false }, { code: 'abandoned' }]);
    expect(await versions('w9')).toEqual([]);
  });

  it('says so when it does not get through', async () => {
    let version = 0;
    const done = await inRegion(async (unit) => {
      await unit.load('g6', gateway);
      await append(db.manager, 'g6', version, [created(`g6-${version++}`)], META);
      return unit.decide('g6', gateway, { do: 'rename', id: 'g6', name: 'mine' }).then((r) => (isRejection(r) ? unit.decide('g6', gateway, { do: 'create', id: 'g6' }) : r));
    });
    expect(done).toMatchObject({ code: 'concurrent-change' });
    expect(version).toBe(6);
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, body: unknown = 'h', id = key) => inRegion(
    async (unit) => {
      const decided = await command({ do: 'create', id })(unit);
      return isRejection(decided) ? decided : { z: 1, id };
    },
    { idempotency: { tenant: 'default', key, route: 'POST /gateways', requestHash: requestHash(body, KEYS), status: 201 } },
  );

  it('gives the stored answer to a repetition', async () => {
    const [first, second] = [accepted(await keyed('k1')), accepted(await keyed('k1'))];
    expect(first).toMatchObject({ replayed: false, status: 201 });
    expect(second).toEqual({ answer: { z: 1, id: 'k1' }, events: [], replayed: true, status: 201 });
    expect(JSON.stringify(second.answer)).toBe(JSON.stringify(first.answer));
    expect(await versions('k1')).toEqual([1]);
  });

  it('refuses another request under the same key', async () => {
    expect(await keyed('k1', 'other')).toMatchObject({ code: 'idempotency-key-reused', field: 'Idempotency-Key' });
  });

  it('is not used up by a refusal', async () => {
    expect(await keyed('k2', 'h', 'k1')).toMatchObject({ code: 'gateway-exists' });
    expect(accepted(await keyed('k2', 'other', 'k2')).replayed).toBe(false);
  });

  it('serialises duplicates, also under different locks', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, (_, n) => handle(db, {
      lockKey: `region-${n}`, meta: META, idempotency: { tenant: 'default', key: 'k3', route: 'r', requestHash: requestHash('h', KEYS), status: 201 },
      work: (unit) => unit.decide(`k3-${n}`, gateway, { do: 'create', id: 'k3' }).then(() => ({ n })),
    })));
    expect(results.map(accepted).filter((r) => !r.replayed)).toHaveLength(1);
    expect(new Set(results.map((r) => accepted(r).answer.n)).size).toBe(1);
  });

  it('goes with the meaning of a body, not with the order of its keys', () => {
    const same = (a: unknown, b: unknown, later = KEYS) => requestHash(b, later).matches(requestHash(a, KEYS).text);
    expect(same({ a: 1, b: { c: 2, d: [3] } }, { b: { d: [3], c: 2 }, a: 1 })).toBe(true);
    expect(same({ a: 1 }, { a: '1' })).toBe(false);
    expect(same(undefined, null)).toBe(true);
    // another key: known while the old one is still there, and then nothing of before matches
    expect(same({ a: 1 }, { a: 1 }, ROTATED)).toBe(true);
    expect(same({ a: 1 }, { a: 1 }, parseVaultKeys(NEW_KEY))).toBe(false);
    expect(requestHash({ a: 1 }, ROTATED).text).not.toBe(requestHash({ a: 1 }, KEYS).text);
  });

  it('is forgotten after a while', async () => {
    await forgetIdempotencyKeys(db.manager, new Date(Date.now() + 1_000));
    expect(await keyed('k1')).toMatchObject({ code: 'gateway-exists' });
  });
});

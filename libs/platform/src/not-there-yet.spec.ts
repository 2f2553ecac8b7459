import { QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isNotThereYet, NotThereYet, untilThere } from './not-there-yet.js';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('an error', () => {
  it.each<[string, unknown]>([
    ['of a socket', coded('ECONNREFUSED')], ['of a name', coded('ENOTFOUND')], ['of a server that starts', coded('57P03')], ['of a full server', coded('53300')],
    ['of a database that is not made', coded('3D000')], ['of pg without a code', new Error('Connection terminated unexpectedly')], ['of its pool', new Error('timeout exceeded when trying to connect')], ['of ours', new NotThereYet('wait')],
    ['of kafkajs, that it calls retriable', Object.assign(new Error('x'), { name: 'KafkaJSConnectionError', retriable: true })],
    ['behind a cause', new Error('wrapped', { cause: new Error('again', { cause: coded('ECONNRESET') }) })], ['among others', new AggregateError([new Error('a'), coded('ECONNREFUSED')])],
    ['of a connection that ended between two statements', new QueryRunnerProviderAlreadyReleasedError()],
    ['of TypeORM', Object.assign(new Error('x'), { driverError: { code: '57P01' } })],
  ])('%s is worth waiting for', (_, error) => expect(isNotThereYet(error)).toBe(true));

  it.each<[string, unknown]>([
    ['a wrong password', coded('28P01')], ['a mistake in SQL', coded('42601')], ['a programming mistake', new TypeError('undefined is not a function')],
    ['a refusal of kafkajs', Object.assign(new Error('x'), { name: 'KafkaJSSASLAuthenticationError', retriable: false })], ['what is no error', 'ECONNREFUSED'],
  ])('%s is not', (_, error) => expect(isNotThereYet(error)).toBe(false));
});

describe('waiting', () => {
  it('goes on until it is there, with longer and longer pauses', async () => {
    const pauses: number[] = [];
    let tries = 0;
    const work = async () => {
      if (++tries < 5) throw coded('ECONNREFUSED');
      return 'there';
    };
    expect(await untilThere(work, { onWait: (_, pause) => pauses.push(pause), firstMs: 1, lastMs: 4 })).toBe('there');
    expect(pauses).toEqual([1, 2, 4, 4]);
  });
  it('ends at once with what is wrong', () => expect(untilThere(async () => { throw new TypeError('wrong'); }, { onWait: () => expect.fail() })).rejects.toThrow('wrong'));
  it('ends when it is told to, with the last reason', async () => {
    const stopping = new AbortController();
    const waiting = untilThere(async () => { throw coded('ECONNREFUSED', 'nobody there'); }, { onWait: () => stopping.abort(), signal: stopping.signal, firstMs: 3_600_000 });
    await expect(waiting).rejects.toThrow('nobody there');
  });
});

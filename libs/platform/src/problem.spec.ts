import { reject } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidRequestError, invalidRequestProblem, problemOf, statusOf } from './problem.js';
import { RouteTable } from './route-table.js';
import { fieldErrors } from './validation.js';

describe('status', () => {
  it.each([
    ['not-found', 404], ['version-mismatch', 412], ['precondition-required', 428], ['idempotency-key-reused', 422], ['concurrent-change', 409], ['quota-exceeded', 409],
    ['customer-gateway-in-use', 409], ['static-route-exists', 409], ['tunnels-exist', 409], ['tunnel-not-disabled', 409], ['tunnel-ip-taken', 409], ['vpn-connection-has-tunnels', 409],
    ['vpc-already-attached', 409], ['subnet-overlaps', 409], ['inner-addresses-exhausted', 409],
    ['unknown-vpc', 422], ['tunnel-ip-out-of-range', 422], ['partial-needs-subnets', 422], ['busy', 503], ['abandoned', 499],
  ])('of %s is %i', (code, status) => expect(statusOf(code)).toBe(status));
});

it('makes a problem of a rejection', () => {
  expect(problemOf(reject('tunnel-ip-taken', 'another tunnel has it', 'tunnels[1].tunnelIp'), 'r 1')).toEqual({
    type: 'urn:bordergate:problem:tunnel-ip-taken', title: 'Tunnel ip taken', status: 409, code: 'tunnel-ip-taken',
    detail: 'another tunnel has it', field: 'tunnels[1].tunnelIp', rule: 'another tunnel has it', instance: 'urn:bordergate:request:r%201',
  });
});

it('makes field errors of zod issues, no more than a reader wants', () => {
  const schema = z.strictObject({ list: z.array(z.union([z.literal(1), z.strictObject({ a: z.string() })])) });
  const errorsOf = (value: unknown, parameter?: string) => fieldErrors(schema.safeParse(value).error!.issues, parameter);
  expect(errorsOf(undefined)).toEqual([{ field: '', code: 'required', rule: 'a JSON body is required' }]);
  expect(errorsOf({ list: 1, x: 1, y: 2 }).map((e) => e.field)).toEqual(['list', 'x', 'y']);
  expect(errorsOf({ list: [1, { a: 2 }] }, 'filter')[0]!.field).toBe('filter.list[1]');
  expect(errorsOf({ list: Array.from({ length: 500 }, () => 2) })).toHaveLength(50);
  expect(fieldErrors(schema.safeParse({ list: [], lim: 7 }).error!.issues, undefined, 'query')).toEqual([{ field: 'lim', code: 'unknown-field', rule: 'there is no such query parameter' }]);
  expect(errorsOf({ list: [], ['x'.repeat(100_000)]: 1 })).toEqual([{ field: `${'x'.repeat(200)}…`, code: 'unknown-field', rule: 'there is no such field' }]);
  expect(invalidRequestProblem(new InvalidRequestError(errorsOf(undefined)))).toMatchObject({ status: 400, detail: 'a JSON body is required', errors: [{ code: 'required' }] });
});

it('knows the methods of a path', () => {
  const routes = new RouteTable();
  routes.add(['GET', 'HEAD'], '/v1/a.b/:id');
  routes.add('POST', '/v1/a.b/:id(^[^:]+)::enable');
  routes.add('PUT', '/docs/*');
  expect(routes.methodsOf('/v1/a.b/x')).toEqual(['GET', 'HEAD']);
  expect(routes.methodsOf('/v1/a.b/x:enable')).toEqual(['POST']);
  expect(routes.methodsOf('/v1/a.b/x:other')).toEqual(['GET', 'HEAD']);
  expect(routes.methodsOf('/v1/aXb/x')).toEqual([]);
  expect(routes.methodsOf('/v1/a.b/x/y')).toEqual([]);
  expect(routes.methodsOf('/docs/a/b.js')).toEqual(['PUT']);
});

import { describe, expect, it } from 'vitest';
import { formProblem, placed } from './problem.js';
import type { Problem } from './types.js';

const problem = (more: Partial<Problem>): Problem => ({ type: 'urn:x', title: 'No', status: 422, detail: 'it does not go', code: 'nope', ...more });

describe('where a problem is shown', () => {
  it.each([
    ['the field it names', problem({ field: 'cidr', rule: 'overlaps vpc-1' }), { fields: { cidr: 'overlaps vpc-1' }, form: null }],
    ['every field of several errors', problem({ errors: [{ field: 'cidr', code: 'required', rule: 'is required' }, { field: 'vpcName', code: 'required', rule: 'too' }] }), { fields: { cidr: 'is required', vpcName: 'too' }, form: null }],
    ['the item of a list', problem({ errors: [{ field: 'customerIps[1]', code: 'x', rule: 'no address' }, { field: 'customerIps[3]', code: 'x', rule: 'neither' }] }), { fields: { customerIps: '2: no address; 4: neither' }, form: null }],
    ['above the form when the field is not on it', problem({ field: 'If-Match', rule: 'changed' }), { fields: {}, form: 'If-Match: changed' }],
    ['above the form when it names none', problem({}), { fields: {}, form: 'it does not go' }],
    ['the detail where there is no rule', problem({ field: 'vpcName' }), { fields: { vpcName: 'it does not go' }, form: null }],
  ])('%s', (_, given, shown) => expect(formProblem(given, ['cidr', 'vpcName', 'customerIps'])).toEqual(shown));

  it('is the whole path where the form has it', () =>
    expect(formProblem(problem({ field: 'tunnels[1].psk', rule: 'too short' }), ['tunnels[1].psk'])).toEqual({ fields: { 'tunnels[1].psk': 'too short' }, form: null }));

  it('is the nearest field around it', () =>
    expect(placed([{ field: 'resources.ids[2]', rule: 'is none' }, { field: 'resources.kind', rule: 'is another' }], ['resources', 'resources.ids'])).toEqual({ fields: { 'resources.ids': '3: is none', resources: 'is another' }, form: null }));
});

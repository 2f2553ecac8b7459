import { http } from '@bordergate/contracts';
import type { FormDef } from '../forms/forms.js';
import { fieldsOf, startValues, type FieldSpec, type Values } from '../forms/schema-fields.js';

export const CONDITION_FIELDS = fieldsOf(http.AlarmCondition);
export const RESOURCE_FIELDS = fieldsOf(http.AlarmResources);
export const HOURS_FIELDS = fieldsOf(http.EffectiveHours);
export const MAX_CONDITIONS = 10;

/** A condition with the API's defaults, and without what has none. */
export const newCondition = (): Values => CONDITION_FIELDS.reduce((condition, { name }) => put(condition, name, condition[name]), startValues(CONDITION_FIELDS));

/** A field inside of a field; an empty one is left out, so that it is missed. */
export function put(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = values;
  return value === '' || value === undefined || value === null ? others : { ...values, [name]: value };
}

const inside = (name: string, fields: readonly Pick<FieldSpec, 'name'>[]): readonly string[] => fields.map((field) => `${name}.${field.name}`);
const inner = ({ conditions }: Values): readonly string[] => [
  'resources.ids', ...(conditions as readonly Values[]).flatMap((_, n) => inside(`conditions[${n}]`, CONDITION_FIELDS)), ...inside('webhook', [{ name: 'url' }, { name: 'secret' }]), ...inside('effectiveHours', HOURS_FIELDS),
];

export const CREATE_RULE: FormDef = { schema: http.CreateAlarmRule, inner, start: { resources: http.AlarmResources.parse({ kind: 'vpnTunnel' }), conditions: [newCondition()], notify: http.AlarmNotify.parse({}) } };
export const EDIT_RULE: FormDef = { schema: http.UpdateAlarmRule, inner };
/** What a switch that is put on begins with: midnight to midnight says nothing wrong. */
export const NEW_HOURS = http.EffectiveHours.parse({ from: '00:00', to: '24:00' });

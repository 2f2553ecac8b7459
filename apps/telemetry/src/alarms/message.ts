import { cloudEventType, type CloudEvent, type http } from '@bordergate/contracts';
import { newUuid } from '@bordergate/platform';
import type { AlarmStep, Notice } from '@bordergate/telemetry-core';

const TYPES: Readonly<Record<Notice, string>> = { alarm: 'AlarmRaised', repeat: 'AlarmPersists', insufficientData: 'AlarmDataMissing', recovery: 'AlarmRecovered' };

/** Data of a notification. */
export interface AlarmMessage {
  readonly region: string;
  readonly alarmRuleId: string;
  readonly alarmRuleName: string;
  readonly resourceKind: http.AlarmResourceKind;
  readonly resourceId: string;
  readonly state: http.AlarmState;
  readonly previousState: http.AlarmState | null;
  readonly level: http.AlarmLevel | null;
  readonly detail: string;
}

/** A notification as it is sent, each time the same: a CloudEvent in the JSON format. Its id is the message's. */
export function messageOf(rule: Pick<http.AlarmRule, 'alarmRuleId' | 'alarmRuleName' | 'region' | 'tenant'>, resourceKind: http.AlarmResourceKind, resourceId: string, at: number, step: AlarmStep & { notice: Notice }): { id: string; body: string } {
  const id = newUuid();
  const { alarmRuleId, alarmRuleName, region, tenant } = rule;
  const event: Omit<CloudEvent<AlarmMessage>, 'actor' | 'correlationid' | 'causationid' | 'partitionkey'> & { readonly datacontenttype: string } = {
    specversion: '1.0', id, source: `/bordergate/telemetry/regions/${region}`, type: cloudEventType(TYPES[step.notice]), subject: `${alarmRuleId}/${resourceId}`, time: new Date(at).toISOString(), datacontenttype: 'application/json', tenant,
    data: { region, alarmRuleId, alarmRuleName, resourceKind, resourceId, state: step.to, previousState: step.from, level: step.level, detail: step.detail },
  };
  return { id, body: JSON.stringify(event) };
}

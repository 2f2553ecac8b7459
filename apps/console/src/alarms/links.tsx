import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import type { Alarm } from '../api/types.js';
import { paths } from '../app/routes.js';
import { Ref } from '../ui/cells.js';
import { COLLECTION_OF } from './kinds.js';

/** What an alarm is about. */
export const ResourceLink = ({ of: { resourceKind, resourceId } }: { readonly of: Pick<Alarm, 'resourceKind' | 'resourceId'> }) => (resourceKind === 'vpnTunnel'
  ? <Anchor component={Link} href={paths.one('vpnTunnels', resourceId)} inherit>{resourceId}</Anchor>
  : <Ref collection={COLLECTION_OF[resourceKind]} id={resourceId} />);

export const RuleLink = ({ of: { alarmRuleId, alarmRuleName } }: { readonly of: Pick<Alarm, 'alarmRuleId' | 'alarmRuleName'> }) => <Anchor component={Link} href={paths.alarmRule(alarmRuleId)} inherit>{alarmRuleName}</Anchor>;

import { NEXT_HOP_TYPE, ROUTE_TYPE } from '@bordergate/contracts';
import { Text, Title } from '@mantine/core';
import { useTexts } from '../i18n/index.js';
import { NextHop } from '../ui/cells.js';
import { Icon } from '../ui/icons.js';
import type { Tone } from '../ui/status.js';
import { LessSpecific, Outcome, Part } from './answer-parts.js';
import { IdText } from './id-text.js';
import { standings, STEPS, type Kind, type Mark, type Standing, type Step } from './selection.js';
import type { ExplainedAdvertisement, ExplainedPropagation, GatewayDestination, GatewayExplanation } from './types.js';
import type { Ask } from './why.js';
import classes from './why.module.css';

/** Why a gateway does what it does with a destination. */
export function GatewayAnswer({ answer: { bgwId, destinations, lessSpecific }, onAsk }: { readonly answer: GatewayExplanation; readonly onAsk: Ask }) {
  const t = useTexts();
  return (
    <>
      {destinations.length === 0 && <Text size="sm">{t.why.none}</Text>}
      {destinations.map((destination) => <Destination key={destination.prefix} destination={destination} />)}
      <LessSpecific place={{ kind: 'borderGateways', id: bgwId }} routes={lessSpecific} onAsk={onAsk} />
    </>
  );
}

function Destination({ destination: { prefix, candidates, propagation, advertisements } }: { readonly destination: GatewayDestination }) {
  const t = useTexts();
  return (
    <section aria-label={t.why.candidates(prefix)}>
      <Title order={3} size="h5">{t.why.candidates(prefix)}</Title>
      <Text size="xs" c="dimmed">{t.why.order}</Text>
      <ol className={classes.list}>{standings(candidates).map((standing) => <Candidate key={standing.candidate.source} standing={standing} />)}</ol>
      {propagation.length > 0 && <Part title={`${t.why.went}: ${t.why.propagated}`}><ul className={classes.list}>{propagation.map((one) => <Propagation key={one.routeTableId} propagation={one} />)}</ul></Part>}
      {advertisements.length > 0 && <Part title={`${t.why.went}: ${t.why.advertised}`}><ul className={classes.list}>{advertisements.map((one) => <Advertisement key={one.vpnTunnelId ?? one.vifId} advertisement={one} />)}</ul></Part>}
    </section>
  );
}

const TONES: Readonly<Record<Kind, Tone>> = { winner: 'up', loser: 'off', refused: 'warn' };

function Candidate({ standing: { candidate, kind, marks } }: { readonly standing: Standing }) {
  const t = useTexts();
  const shown: Readonly<Record<Step, string>> = { 'next-hop-type': `${NEXT_HOP_TYPE[candidate.nextHopType]} ${t.routes.nextHopTypes[candidate.nextHopType]}`, 'route-type': `${ROUTE_TYPE[candidate.routeType]} ${t.routes.routeTypes[candidate.routeType]}`, 'as-path-length': candidate.asPath.length > 0 ? `${candidate.asPathLength} (${candidate.asPath.join(' ')})` : String(candidate.asPathLength) };
  return (
    <Outcome tone={TONES[kind]} word={t.why.kinds[kind]} about={<><NextHop id={candidate.nextHop.id} />{candidate.source !== candidate.nextHop.id && <Text span size="xs" c="dimmed"> <IdText text={candidate.source} /></Text>}</>} why={candidate.why} from={candidate.from}>
      <ol className={classes.ladder}>{STEPS.map((step) => <Rung key={step} name={t.why.steps[step]} value={shown[step]} mark={marks[step]} />)}</ol>
    </Outcome>
  );
}

const ICONS = { passed: 'check', lost: 'close', unasked: 'more' } as const;

function Rung({ name, value, mark }: { readonly name: string; readonly value: string; readonly mark: Mark }) {
  const t = useTexts();
  return (
    <li className={`${classes.rung} ${classes[mark]}`}>
      <span className={classes.rungName}>{name}</span>
      <span className={classes.rungValue}><Icon name={ICONS[mark]} size={14} />{value}</span>
      <span className={classes.rungMark}>{t.why.marks[mark]}</span>
    </li>
  );
}

function Propagation({ propagation: { routeTableId, vpcId, effective, why } }: { readonly propagation: ExplainedPropagation }) {
  const t = useTexts();
  return <Outcome tone={effective ? 'up' : 'off'} word={effective ? t.why.taken : t.why.notTaken} about={<><NextHop id={vpcId} /> · <NextHop id={routeTableId} /></>} why={why} />;
}

function Advertisement({ advertisement: { vpnTunnelId, vifId, told, why } }: { readonly advertisement: ExplainedAdvertisement }) {
  const t = useTexts();
  return <Outcome tone={told ? 'up' : 'off'} word={told ? t.why.told : t.why.notTold} about={<NextHop id={(vpnTunnelId ?? vifId)!} />} why={why} />;
}

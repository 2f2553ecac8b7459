import { Button, Text, Title } from '@mantine/core';
import { useTexts } from '../i18n/index.js';
import { NextHop } from '../ui/cells.js';
import { LessSpecific, Outcome, Part } from './answer-parts.js';
import { IdText } from './id-text.js';
import type { VpcDestination, VpcExplanation } from './types.js';
import type { Ask } from './why.js';
import classes from './why.module.css';

/** Why the tables of a VPC do what they do with a destination, and how the gateway goes on. */
export function VpcAnswer({ answer: { vpcId, tables, verdict }, onAsk }: { readonly answer: VpcExplanation; readonly onAsk: Ask }) {
  const t = useTexts();
  return tables.map((table) => (
    <section key={table.routeTableId} aria-label={table.routeTableId}>
      <Title order={3} size="h5"><NextHop id={table.routeTableId} /></Title>
      {table.verdict !== verdict && <Text size="sm"><IdText text={table.verdict} /></Text>}
      {table.destinations.length === 0 && <Text size="sm">{t.why.none}</Text>}
      {table.destinations.map((destination) => <Destination key={destination.prefix} destination={destination} onAsk={onAsk} />)}
      <LessSpecific place={{ kind: 'vpcs', id: vpcId, routeTableId: table.routeTableId }} routes={table.lessSpecific} onAsk={onAsk} />
    </section>
  ));
}

function Destination({ destination: { prefix, candidates, notPropagated }, onAsk }: { readonly destination: VpcDestination; readonly onAsk: Ask }) {
  const t = useTexts();
  const ask = (bgwId: string, at: string) => <Button variant="default" size="compact-xs" onClick={() => onAsk({ place: { kind: 'borderGateways', id: bgwId }, question: { prefix: at } })}>{t.why.askThere}</Button>;
  return (
    <Part title={t.why.candidates(prefix)}>
      {candidates.length === 0 && <Text size="sm">{t.why.none}</Text>}
      <ul className={classes.list}>
        {candidates.map(({ bgwId, source, routeType, effective, why, from, onward }) => (
          <Outcome key={source} tone={effective ? 'up' : 'off'} word={effective ? t.why.kinds.winner : t.why.kinds.loser} about={<>{bgwId ? <NextHop id={bgwId} /> : t.routes.local} <Text span size="xs" c="dimmed">{t.routes.routeTypes[routeType]}{source !== 'local' && <> <IdText text={source} /></>}</Text></>} why={why} from={from}>
            {bgwId && (
              <Text size="sm" component="div" className={classes.head}>
                <span>{t.why.onward}: {onward ? <><span className={classes.code}>{onward.prefix}</span> → {onward.nextHops.map(({ id }, i) => <span key={id}>{i > 0 && ', '}<NextHop id={id} /></span>)}</> : t.why.noOnward}</span>
                {ask(bgwId, onward?.prefix ?? prefix)}
              </Text>
            )}
          </Outcome>
        ))}
      </ul>
      {notPropagated.length > 0 && (
        <>
          <Text size="sm" fw={600} mt="xs">{t.why.notPropagated}</Text>
          <ul className={classes.list}>{notPropagated.map((one) => <Outcome key={`${one.bgwId} ${one.propagationId}`} tone="off" word={t.why.notTaken} about={<NextHop id={one.bgwId} />} why={one.why}>{ask(one.bgwId, prefix)}</Outcome>)}</ul>
        </>
      )}
    </Part>
  );
}

import { Button, Drawer, Group, Loader, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../i18n/index.js';
import { ProblemBox } from '../ui/problem-box.js';
import { GatewayAnswer } from './gateway-answer.js';
import { IdText } from './id-text.js';
import { textOf } from './question.js';
import { useExplanation, type Place, type Question } from './queries.js';
import { VpcAnswer } from './vpc-answer.js';
import classes from './why.module.css';

export interface Asked {
  readonly place: Place;
  readonly question: Question;
}
/** Asks something else, from within an answer. */
export type Ask = (asked: Asked) => void;

/** The answer to "why?", beside the table it was asked of. What is asked within it is answered in the same place, with a way back. */
export function WhyDrawer({ asked, onClose }: { readonly asked: Asked | null; readonly onClose: () => void }) {
  const t = useTexts();
  return (
    <Drawer opened={asked !== null} onClose={onClose} position="right" size="46rem" lockScroll={false} title={asked && t.why.title(textOf(asked.question))} closeButtonProps={{ 'aria-label': t.actions.close }}>
      {asked && <Answers key={textOf(asked.question)} first={asked} />}
    </Drawer>
  );
}

function Answers({ first }: { readonly first: Asked }) {
  const t = useTexts();
  const [trail, setTrail] = useState<readonly Asked[]>([first]);
  const asked = trail.at(-1)!;
  return (
    <Stack gap="md">
      {trail.length > 1 && <Group gap="sm"><Button variant="default" size="xs" onClick={() => setTrail(trail.slice(0, -1))}>{t.why.back}</Button><Text size="sm"><IdText text={`${asked.place.id}: ${textOf(asked.question)}`} /></Text></Group>}
      <Answer asked={asked} onAsk={(next) => setTrail([...trail, next])} />
    </Stack>
  );
}

function Answer({ asked: { place, question }, onAsk }: { readonly asked: Asked; readonly onAsk: Ask }) {
  const t = useTexts();
  const { data, error, isPending } = useExplanation(place, question);
  if (isPending) return <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.why.working}</Text></Group>;
  if (!data) return <ProblemBox error={error} />;
  return (
    <>
      <p className={classes.verdict}><IdText text={data.verdict} /></p>
      {data.in === 'borderGateway' ? <GatewayAnswer answer={data} onAsk={onAsk} /> : <VpcAnswer answer={data} onAsk={onAsk} />}
    </>
  );
}

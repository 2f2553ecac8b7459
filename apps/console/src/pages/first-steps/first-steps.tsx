import { Button, Loader, Progress as Bar, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { paths } from '../../app/routes.js';
import { useTexts } from '../../i18n/index.js';
import { CreateButton } from '../../resources/actions.js';
import { Page } from '../../ui/page.js';
import { Status } from '../../ui/status.js';
import { useList } from '../../api/queries.js';
import classes from './first-steps.module.css';
import { useProgress } from './use-progress.js';

export function FirstSteps() {
  const t = useTexts();
  return <Page title={t.first.title} about={t.first.about}><Steps /></Page>;
}

/** The nine steps of the tutorial: what is done, what is next, and the button for it. */
export function Steps() {
  const t = useTexts();
  const known = useProgress();
  const vpcs = useList('vpcs').rows;
  if (!known) return <Loader size="sm" />;
  const { progress, connectionId } = known;
  const done = progress.steps.filter(Boolean).length;
  const link = (href: string, text: string) => <Button component={Link} href={href}>{text}</Button>;
  const actions: readonly ReactNode[] = [
    <CreateButton key="1" collection="borderGateways" stay />, <CreateButton key="2" collection="vpcAttachments" stay />, <CreateButton key="3" collection="customerGateways" stay />, <CreateButton key="4" collection="vpnConnections" stay />,
    connectionId ? link(paths.one('vpnConnections', connectionId, 'resources'), t.steps[4]!.action) : null, connectionId ? link(paths.one('vpnConnections', connectionId, 'client-configuration'), t.steps[5]!.action) : null,
    link(paths.list('vpnTunnels'), t.steps[6]!.action), <CreateButton key="8" collection="routePropagations" stay />, link(paths.list('vpnTunnels'), t.steps[8]!.action),
  ];
  return (
    <>
      <div>
        <Text size="sm" role="status" mb={6}>{progress.next === null ? t.first.all : t.first.progress(done, progress.steps.length)}</Text>
        <Bar value={(done / progress.steps.length) * 100} aria-label={t.first.progress(done, progress.steps.length)} />
      </div>
      <section aria-label={t.first.before}>
        <Title order={2} size="h4">{t.first.before}</Title>
        <Text size="sm" c="dimmed">{t.first.beforeText}</Text>
        <ul className={classes.steps}>
          <Step title={t.first.vpc} text={t.first.vpcText} state={progress.vpc ? 'done' : 'next'} action={vpcs.length === 0 ? <CreateButton collection="vpcs" stay /> : <CreateButton collection="subnets" stay />} />
          <Step title={t.first.addresses} text={t.first.addressesText} state={progress.addresses ? 'done' : 'next'} action={<CreateButton collection="publicAddresses" stay />} />
        </ul>
      </section>
      <ol className={classes.steps}>
        {t.steps.map(({ title, text }, n) => <Step key={title} n={n + 1} title={title} text={text} state={progress.steps[n] ? 'done' : n === progress.next ? 'next' : 'later'} action={actions[n]} />)}
      </ol>
    </>
  );
}

type StepState = 'done' | 'next' | 'later';

function Step({ n, title, text, state, action }: { readonly n?: number; readonly title: string; readonly text: string; readonly state: StepState; readonly action: ReactNode }) {
  const t = useTexts();
  return (
    <li className={`${classes.step} ${classes[state]}`} aria-current={state === 'next' && n !== undefined ? 'step' : undefined}>
      <div className={classes.words}>
        <Text fw={600}>{n === undefined ? title : `${n}. ${title}`}</Text>
        <Text size="sm" c="dimmed">{text}</Text>
      </div>
      <div className={classes.state}>{state === 'done' ? <Status tone="up">{t.first.done}</Status> : state === 'next' ? action : <Status tone="off">{t.first.later}</Status>}</div>
    </li>
  );
}

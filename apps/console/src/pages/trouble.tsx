import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useTexts } from '../i18n/index.js';
import classes from './trouble.module.css';

interface Props {
  /** Whose it is, where the page does not say it. */
  readonly of?: { readonly name: string; readonly href: string };
  readonly reason: { readonly why: string; readonly fix: string };
  /** What the daemon said. */
  readonly detail: string;
}

/** Why something is down, and what to change. */
export function Trouble({ of, reason: { why, fix }, detail }: Props) {
  const t = useTexts();
  return (
    <section className={classes.trouble} aria-label={why}>
      <Text fw={600}>{of && <><Anchor component={Link} href={of.href} inherit underline="always">{of.name}</Anchor>: </>}{why}</Text>
      {fix && <Text size="sm"><strong>{t.status.whatToDo}:</strong> {fix}</Text>}
      {detail && <Text size="sm" c="dimmed">{t.status.detail}: {detail}</Text>}
    </section>
  );
}

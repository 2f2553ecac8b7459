import { Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTexts } from '../i18n/index.js';
import classes from './page.module.css';

/** A page's head and body. Its title takes the focus when the page comes, so that a screen reader says where one is. */
export function Page({ title, about, actions, above, children }: { readonly title: string; readonly about?: ReactNode; readonly actions?: ReactNode; readonly above?: ReactNode; readonly children: ReactNode }) {
  const t = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => { document.title = `${title} · ${t.product}`; }, [title, t]);
  useEffect(() => {
    // not at the very first page: there the browser begins at the top
    if (document.activeElement !== document.body || sessionFocus.moved) heading.current?.focus({ preventScroll: true });
    sessionFocus.moved = true;
  }, []);
  return (
    <Stack gap="md">
      {above}
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className={classes.title}>
          <Title order={1} size="h2" ref={heading} tabIndex={-1}>{title}</Title>
          {about && <Text c="dimmed" size="sm" maw="46rem">{about}</Text>}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

const sessionFocus = { moved: false };

import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty.module.css';

/** Instead of a list with nothing in it: what to do next. */
export function Empty({ text, action }: { readonly text: string; readonly action?: ReactNode }) {
  return (
    <Stack className={classes.empty} align="center" gap="md">
      <Text maw="34rem" ta="center">{text}</Text>
      {action}
    </Stack>
  );
}

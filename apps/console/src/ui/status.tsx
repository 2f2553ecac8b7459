import type { ReactNode } from 'react';
import classes from './status.module.css';

/** up, down, off (somebody wanted it so) or warn: each by word, colour and shape. */
export type Tone = 'up' | 'down' | 'off' | 'warn';

export function Status({ tone, children, title }: { readonly tone: Tone; readonly children: ReactNode; readonly title?: string }) {
  return <span className={`${classes.status} ${classes[tone]}`} title={title}><span className={classes.mark} aria-hidden="true" />{children}</span>;
}

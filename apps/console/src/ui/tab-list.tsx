import { Tabs } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTexts } from '../i18n/index.js';
import classes from './tab-list.module.css';

/** The views of a page in one line, which is scrolled where it is too long: the one that is shown is in sight. */
export function TabList({ shown, children }: { readonly shown: string; readonly children: ReactNode }) {
  const t = useTexts();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    // sideways only: the page stays where it is
    if (tab) list.current!.scrollLeft = tab.offsetLeft - (list.current!.clientWidth - tab.offsetWidth) / 2;
  }, [shown]);
  return <Tabs.List ref={list} aria-label={t.detail.tabs} className={classes.tabs}>{children}</Tabs.List>;
}

import { ActionIcon, Drawer, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useLiveStatus, usePlatform } from '../api/platform.js';
import { LANGUAGES, useSpeech, useTexts, type Language } from '../i18n/index.js';
import { Icon } from '../ui/icons.js';
import { Status } from '../ui/status.js';
import { NAV } from './nav.js';
import { RegionChooser, useRegions } from './region-chooser.js';
import { paths } from './routes.js';
import classes from './shell.module.css';

/** What is around every page: region, live status, settings, navigation. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const t = useTexts();
  const [opened, setOpened] = useState(false);
  const { config } = usePlatform();
  return (
    <>
      <a href="#main" className={classes.skip}>{t.nav.skip}</a>
      <header className={classes.header}>
        <ActionIcon className={classes.burger} variant="subtle" color="gray" size="lg" aria-label={t.nav.open} aria-expanded={opened} onClick={() => setOpened(true)}><Icon name="menu" /></ActionIcon>
        <Link href={paths.overview} className={classes.brand} aria-label={t.product}><img src="/favicon.svg" alt="" width={24} height={24} /><span className={classes.wide}>{t.product}</span></Link>
        <RegionChooser />
        <span className={classes.grow} />
        <LiveMark />
        <Settings />
      </header>
      <section aria-label={t.live.notices}>
        {config.simulated && <p className={`${classes.banner} ${classes.simulated}`}>{t.live.simulated}</p>}
        <OfflineBanner />
      </section>
      <div className={classes.body}>
        <Navigation />
        <main id="main" className={classes.main} tabIndex={-1}>{children}</main>
      </div>
      <Drawer opened={opened} onClose={() => setOpened(false)} title={t.product} size="18rem" lockScroll={false} classNames={{ body: classes.drawer }} closeButtonProps={{ 'aria-label': t.actions.close }}>
        <Navigation onChosen={() => setOpened(false)} />
      </Drawer>
    </>
  );
}

function Navigation({ onChosen }: { readonly onChosen?: () => void }) {
  const t = useTexts();
  const [location] = useLocation();
  const current = (href: string) => (href === '/' ? location === '/' : location === href || location.startsWith(`${href}/`));
  return (
    <nav className={classes.nav} aria-label={t.nav.label}>
      {NAV.map(({ title, links }) => (
        <div key={links[0]!.href}>
          {title && <h2 className={classes.section}>{title(t)}</h2>}
          <ul className={classes.links}>
            {links.map(({ href, label }) => <li key={href}><Link href={href} className={classes.link} aria-current={current(href) ? 'page' : undefined} onClick={onChosen}>{label(t)}</Link></li>)}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** Whether what one sees is what is. */
function LiveMark() {
  const t = useTexts();
  const status = useLiveStatus();
  const { region } = usePlatform();
  const regions = useRegions();
  // any name is a region: at a mistyped one, nothing is wrong and nothing is well
  if (status === 'live' && regions && !regions.includes(region)) return <span role="status"><Status tone="off">{t.live.empty}</Status></span>;
  return <span role="status"><Status tone={status === 'live' ? 'up' : status === 'offline' ? 'warn' : 'off'}>{t.live[status]}</Status></span>;
}

function OfflineBanner() {
  const t = useTexts();
  return useLiveStatus() === 'offline' ? <p className={`${classes.banner} ${classes.offline}`} role="alert">{t.live.offlineLong}</p> : null;
}

function Settings() {
  const { t, language, speak } = useSpeech();
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const { api } = usePlatform();
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.header.settings}><Icon name="sun" /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.header.scheme}</Menu.Label>
        {(['auto', 'light', 'dark'] satisfies MantineColorScheme[]).map((scheme) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} rightSection={colorScheme === scheme ? <Icon name="check" size={14} /> : null}>{t.header.schemes[scheme]}</Menu.Item>
        ))}
        <Menu.Label>{t.header.language}</Menu.Label>
        {(Object.keys(LANGUAGES) as Language[]).map((each) => <Menu.Item key={each} lang={each} onClick={() => speak(each)} rightSection={language === each ? <Icon name="check" size={14} /> : null}>{LANGUAGES[each]}</Menu.Item>)}
        <Menu.Divider />
        <Menu.Item component="a" href={api.url('/docs')}>{t.nav.api}</Menu.Item>
        <Menu.Item component="a" href={api.url('/status')}>{t.nav.status}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

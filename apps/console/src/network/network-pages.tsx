import { Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { usePlatform } from '../api/platform.js';
import { useTexts } from '../i18n/index.js';
import type { TabProps } from '../pages/tabs.js';
import { CreateButton } from '../resources/actions.js';
import { Empty } from '../ui/empty.js';
import { Icon } from '../ui/icons.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';
import { Status } from '../ui/status.js';
import { useWidth } from '../ui/use-width.js';
import { Drawing } from './drawing.js';
import { layoutOf } from './layout.js';
import { pictureOf, type Parts, type Picture } from './picture.js';
import { PictureText } from './picture-text.js';
import { useParts } from './queries.js';
import { ratesWord, totalWord } from './words.js';
import classes from './network.module.css';

/** So many gateways are drawn at once; of more each is opened by hand. */
const OPEN = 3;

export const GatewayNetwork = ({ id }: TabProps) => <WithParts>{(parts) => <div className={classes.frameOut}><GatewayPicture parts={parts} bgwId={id} /></div>}</WithParts>;

/** All gateways of a region, each with its drawing. */
export function RegionNetwork() {
  const t = useTexts();
  const { region } = usePlatform();
  return <Page title={t.network.of(region)} about={t.network.about}><RegionPictures /></Page>;
}

/** The same below the figures of the overview. */
export function NetworkPanel() {
  const t = useTexts();
  return <section aria-label={t.network.tab}><Title order={2} size="h4" mb="xs">{t.network.tab}</Title><RegionPictures /></section>;
}

function RegionPictures() {
  const t = useTexts();
  return (
    <WithParts>
      {(parts) => (parts.gateways.length === 0
        ? <Empty text={t.resources.borderGateways.empty} action={<CreateButton collection="borderGateways" />} />
        : <Stack>{parts.gateways.map(({ bgwId }) => <RegionGateway key={bgwId} parts={parts} bgwId={bgwId} open={parts.gateways.length <= OPEN} />)}</Stack>)}
    </WithParts>
  );
}

function WithParts({ children }: { readonly children: (parts: Parts) => ReactNode }) {
  const t = useTexts();
  const { parts, loading, error, refetch } = useParts();
  if (error) return <ProblemBox error={error} onRetry={refetch} />;
  if (loading) return <Group gap="xs" role="status"><Loader size="sm" /><Text size="sm">{t.list.loading}</Text></Group>;
  return children(parts);
}

function RegionGateway({ parts, bgwId, open }: { readonly parts: Parts; readonly bgwId: string; readonly open: boolean }) {
  const t = useTexts();
  const [opened, setOpened] = useState(open);
  const picture = pictureOf(parts, bgwId)!;
  const { name } = picture.gateway;
  return (
    <section className={classes.frameOut} aria-label={name}>
      <h2 className={classes.bar}>
        <button type="button" className={classes.regionHead} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          <span className={classes.chevron}><Icon name="chevron" size={14} /></span>
          <Text span fw={600}>{name}</Text>
          <Text span size="sm">{t.network.size(parts.attachments.filter((one) => one.bgwId === bgwId).length, parts.connections.filter((one) => one.bgwId === bgwId).length)}</Text>
          <Total picture={picture} />
          <Text span size="sm">{ratesWord(t, picture.total.rates)}</Text>
        </button>
      </h2>
      {opened && <div className={classes.open}><GatewayPicture parts={parts} bgwId={bgwId} /></div>}
    </section>
  );
}

function Total({ picture }: { readonly picture: Picture }) {
  const t = useTexts();
  const { up, down, disabled } = picture.total;
  return <Status tone={down > 0 ? 'down' : up === 0 ? 'off' : disabled > 0 ? 'warn' : 'up'}><Text span size="sm">{totalWord(t, picture)}</Text></Status>;
}

function GatewayPicture({ parts, bgwId }: { readonly parts: Parts; readonly bgwId: string }) {
  const t = useTexts();
  const { ref, width } = useWidth();
  const [everything, setEverything] = useState(false);
  const picture = pictureOf(parts, bgwId, everything);
  if (!picture) return null; // it was deleted, and its page says so
  const whole = everything || (picture.left === 0 && picture.leftVpcs === 0 && picture.fars.every(({ ways }) => ways.every(({ lines, of }) => lines.length === of)));
  return (
    <>
      {!(whole && !everything) && <Button mb="sm" variant="default" size="xs" aria-pressed={everything} onClick={() => setEverything(!everything)}>{everything ? t.network.lessShown : t.network.allShown}</Button>}
      <div ref={ref} className={classes.measure}>{width > 0 && <Drawing picture={picture} layout={layoutOf(picture, width)} />}</div>
      {picture.vpcs.length === 0 && picture.fars.length === 0 && <Text size="sm" mt="sm">{t.network.nothing}</Text>}
      <PictureText picture={picture} />
    </>
  );
}

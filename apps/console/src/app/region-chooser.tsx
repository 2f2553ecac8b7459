import { Button, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { usePlatform } from '../api/platform.js';
import { POLL_MS } from '../api/queries.js';
import { useTexts } from '../i18n/index.js';
import { Icon } from '../ui/icons.js';

/** What the API takes as a region's name (contracts: Region). */
const REGION = /^[a-z][a-z0-9-]{0,31}$/;

/** Those that have a resource; undefined: not known yet. Whoever looks at an empty one asks again: it may get its first. */
export function useRegions(): readonly string[] | undefined {
  const { api, region } = usePlatform();
  const { data } = useQuery({
    queryKey: ['regions'], queryFn: ({ signal }) => api.get<{ items: { region: string }[] }>('/v1/regions', undefined, signal),
    refetchInterval: ({ state }) => (state.data?.items.some((item) => item.region === region) ? false : POLL_MS),
  });
  return useMemo(() => data?.items.map((item) => item.region), [data]);
}

/** Every resource is of one region. Regions are not made: any name is one, empty at first. */
export function RegionChooser() {
  const t = useTexts();
  const { config, region } = usePlatform();
  const found = useRegions();
  const [other, setOther] = useState('');
  const regions = [...new Set([config.region, region, ...(found ?? [])])].sort();
  // another region is another page: nothing of this one's state may stay
  const go = (name: string) => window.location.assign(`/r/${name}/`);
  const wrong = other !== '' && !REGION.test(other);
  return (
    <Popover position="bottom-start" trapFocus returnFocus shadow="md">
      <Popover.Target><Button variant="default" size="compact-sm" aria-label={`${t.header.region}: ${region}`} rightSection={<Icon name="chevron" size={12} />}>{region}</Button></Popover.Target>
      <Popover.Dropdown aria-label={t.header.region} p="xs">
        <Stack gap={4}>
          {regions.map((name) => (
            <Button key={name} variant={name === region ? 'light' : 'subtle'} justify="space-between" size="compact-md" aria-current={name === region ? 'true' : undefined} rightSection={name === region ? <Icon name="check" size={14} /> : null} onClick={() => go(name)}>{name}</Button>
          ))}
          <form onSubmit={(event) => { event.preventDefault(); if (REGION.test(other)) go(other); }}>
            <TextInput size="xs" mt={4} aria-label={t.header.otherRegion} placeholder={t.header.otherRegion} value={other} onChange={(event) => setOther(event.currentTarget.value)} error={wrong} autoComplete="off" />
            {wrong && <Text size="xs" c="red" role="alert" maw="14rem">{t.header.regionRule}</Text>}
          </form>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

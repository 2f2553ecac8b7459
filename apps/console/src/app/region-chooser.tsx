import { Button, Menu, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { usePlatform } from '../api/platform.js';
import { useTexts } from '../i18n/index.js';
import { Icon } from '../ui/icons.js';

/** What the API takes as a region's name (contracts: Region). */
const REGION = /^[a-z][a-z0-9-]{0,31}$/;

/** Every resource is of one region. Regions are not made: any name is one, empty at first. */
export function RegionChooser() {
  const t = useTexts();
  const { api, config, region } = usePlatform();
  const { data } = useQuery({ queryKey: ['regions'], queryFn: ({ signal }) => api.get<{ items: { region: string }[] }>('/v1/regions', undefined, signal) });
  const [other, setOther] = useState('');
  const regions = [...new Set([config.region, region, ...(data?.items.map((item) => item.region) ?? [])])].sort();
  // another region is another page: nothing of this one's state may stay
  const go = (name: string) => window.location.assign(`/r/${name}/`);
  return (
    <Menu position="bottom-start" trapFocus>
      <Menu.Target><Button variant="default" size="compact-sm" aria-label={`${t.header.region}: ${region}`} rightSection={<Icon name="chevron" size={12} />}>{region}</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.header.region}</Menu.Label>
        {regions.map((name) => <Menu.Item key={name} onClick={() => go(name)} rightSection={name === region ? <Icon name="check" size={14} /> : null}>{name}</Menu.Item>)}
        <Menu.Divider />
        <form onSubmit={(event) => { event.preventDefault(); if (REGION.test(other)) go(other); }}>
          <TextInput size="xs" m="xs" aria-label={t.header.otherRegion} placeholder={t.header.otherRegion} value={other} onChange={(event) => setOther(event.currentTarget.value)} onKeyDown={(event) => event.stopPropagation()} error={other !== '' && !REGION.test(other)} />
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}

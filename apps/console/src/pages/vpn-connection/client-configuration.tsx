import { Alert, Button, Code, Group, List, Loader, Select, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { usePlatform } from '../../api/platform.js';
import { ApiProblem, formProblem } from '../../api/problem.js';
import { POLL_MS, useList } from '../../api/queries.js';
import type { ClientConfig, ClientDevice, Documents } from '../../api/types.js';
import { useTexts } from '../../i18n/index.js';
import { CopyButton } from '../../ui/copy-button.js';
import { Icon } from '../../ui/icons.js';
import { ProblemBox } from '../../ui/problem-box.js';
import { fieldHint } from '../../ui/labels.js';
import type { TabProps } from '../tabs.js';
import classes from './client-configuration.module.css';
import { rememberDownload, downloadedHash } from './downloads.js';

export const ClientConfiguration = ({ row }: TabProps) => <Configuration connectionId={(row as Documents['vpnConnections']).vpnConnectionId} />;
export const TunnelConfiguration = ({ row }: TabProps) => <Configuration connectionId={(row as Documents['vpnTunnels']).vpnConnectionId} only={(row as Documents['vpnTunnels']).vpnTunnelId} />;

/** The customer's side of a connection as files for a make of router: to look at, to download, and whether what was downloaded is still right. */
function Configuration({ connectionId, only }: { readonly connectionId: string; readonly only?: string }) {
  const t = useTexts();
  const { api, region } = usePlatform();
  const tunnels = useList('vpnTunnels', { vpnConnectionId: connectionId }).rows;
  const [device, setDevice] = useState<string | null>(null);
  const [tunnel, setTunnel] = useState(only ?? '');
  const [networks, setNetworks] = useState('');
  const [outsideInterface, setOutside] = useState('');
  const [withKeys, setWithKeys] = useState(false);
  const [keyed, setKeyed] = useState<{ of: string; config: ClientConfig } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const devices = useQuery({ queryKey: ['client-devices'], queryFn: ({ signal }) => api.get<{ items: ClientDevice[] }>('/v1/clientDevices', undefined, signal), staleTime: Infinity });
  const chosen = device ?? devices.data?.items[0]?.id ?? null;
  const path = tunnel ? `vpnTunnels/${tunnel}` : `vpnConnections/${connectionId}`;
  const of = `${region}/${path}/${chosen}`;
  const [hash, setHash] = useState<string>();
  const known = hash ?? downloadedHash(of);
  const query = { device: chosen ?? undefined, networks: networks.trim() || undefined, outsideInterface: outsideInterface.trim() || undefined, knownHash: known };
  const shown = useQuery({
    queryKey: ['client-config', region, path, query, tunnels.length],
    queryFn: ({ signal }) => api.get<ClientConfig>(`/v1/regions/${region}/${path}/clientConfig`, query, signal),
    enabled: chosen !== null && tunnels.length > 0, refetchInterval: POLL_MS, placeholderData: (before) => before,
  });
  const asked = `${of} ${JSON.stringify(query)}`;
  const config = withKeys && keyed?.of === asked ? keyed.config : shown.data;
  const reveal = () => api.send<ClientConfig>(`/v1/regions/${region}/${path}:clientConfig`, { method: 'POST', query }).then(({ data }) => {
    setFailure(null);
    setKeyed({ of: asked, config: data });
  }, setFailure);
  const errors = shown.error instanceof ApiProblem ? formProblem(shown.error.problem, ['networks', 'outsideInterface', 'device', 'knownHash']) : { fields: {} as Record<string, string>, form: null };

  if (tunnels.length === 0) return <Text>{t.client.none}</Text>;
  const download = async (name: string, content: string, made: string) => {
    rememberDownload(of, made);
    setHash(made);
    const url = URL.createObjectURL(new Blob([content], { type: 'text/plain' }));
    Object.assign(document.createElement('a'), { href: url, download: name }).click();
    URL.revokeObjectURL(url);
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">{t.client.text}</Text>
      <div className={classes.choices}>
        <Select label={t.client.device} data={(devices.data?.items ?? []).map(({ id, title, versions }) => ({ value: id, label: `${title} (${versions})` }))} value={chosen} onChange={(next) => { setDevice(next); setHash(undefined); }} allowDeselect={false} error={errors.fields.device} />
        {!only && <Select label={t.client.scope} data={[{ value: '', label: t.client.allTunnels }, ...tunnels.map(({ vpnTunnelId, cloudPublicIp, customerIp }) => ({ value: vpnTunnelId, label: t.tunnels.pairs(cloudPublicIp, customerIp) }))]} value={tunnel} onChange={(next) => { setTunnel(next ?? ''); setHash(undefined); }} allowDeselect={false} />}
        <TextInput label={t.fields.networks} description={fieldHint(t, 'networks')} value={networks} onChange={(event) => setNetworks(event.currentTarget.value)} error={errors.fields.networks} />
        <TextInput label={t.fields.outsideInterface} value={outsideInterface} onChange={(event) => setOutside(event.currentTarget.value)} error={errors.fields.outsideInterface} />
      </div>
      <Switch label={t.client.withKeys} description={t.client.withKeysLong} checked={withKeys} onChange={(event) => { setWithKeys(event.currentTarget.checked); if (event.currentTarget.checked) void reveal(); else setKeyed(null); }} />
      {withKeys && keyed?.of !== asked && <Button variant="default" className="self-start" onClick={() => void reveal()}>{t.client.make}</Button>}
      {failure !== null && <ProblemBox error={failure} />}
      {shown.error && Object.keys(errors.fields).length === 0 && <ProblemBox error={shown.error} />}
      {config?.outOfDate !== undefined && <Alert color={config.outOfDate ? 'yellow' : 'green'} role="status">{config.outOfDate ? t.client.outOfDate : t.client.upToDate}</Alert>}
      {!config && !shown.error && <Loader size="sm" />}
      {config && (
        <>
          {config.notes.length > 0 && <section aria-label={t.client.notes}><Title order={2} size="h4">{t.client.notes}</Title><List size="sm">{config.notes.map((note) => <List.Item key={note}>{note}</List.Item>)}</List></section>}
          {config.files.map(({ name, content }) => (
            <div key={name}>
              <Group justify="space-between" mb="xs">
                <Title order={2} size="h5">{name}</Title>
                <Group gap="xs"><CopyButton text={content} /><Button size="compact-sm" leftSection={<Icon name="download" size={14} />} onClick={() => void download(name, content, config.hash)} aria-label={t.client.download(name)}>{t.actions.download}</Button></Group>
              </Group>
              {/* a region that scrolls is reached by the keyboard, too */}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
              <section className={classes.file} tabIndex={0} aria-label={name}><Code block>{content}</Code></section>
            </div>
          ))}
          <Text size="xs" c="dimmed">{t.client.hash} {config.hash.slice(0, 8)}</Text>
        </>
      )}
    </Stack>
  );
}

import { Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { usePlatform, useTunnelState } from '../../api/platform.js';
import type { Documents, TunnelState } from '../../api/types.js';
import { useSpeech } from '../../i18n/index.js';
import { BgpStatus, TunnelStatus, tunnelTone } from '../../ui/cells.js';
import { CopyButton } from '../../ui/copy-button.js';
import { formatRate, formatTime } from '../../ui/format.js';
import { Pair } from '../../ui/pair.js';
import { ProblemBox } from '../../ui/problem-box.js';
import details from '../../resources/details.module.css';
import type { TabProps } from '../tabs.js';
import { StateHistory } from '../state-history.js';
import { Trouble } from '../trouble.js';
import classes from './tunnel-state.module.css';

/** How a tunnel is now, why, what flows through it, and what happened to it. */
export function TunnelStateTab({ row, id }: TabProps) {
  const { t, language } = useSpeech();
  const tunnel = row as Documents['vpnTunnels'];
  const state = useTunnelState(id);
  const told = state ?? tunnel;
  return (
    <Stack>
      {tunnelTone(told) === 'down' && <Trouble reason={t.reasons[told.opReason] ?? t.reasons.unknown!} detail={told.opDetail} />}
      <dl className={details.details}>
        <Pair label={t.fields.opStatus}><TunnelStatus id={id} opStatus={tunnel.opStatus} adminStatus={tunnel.adminStatus} /> {told.opSince && <Text span size="xs" c="dimmed">{t.status.since(formatTime(told.opSince, language))}</Text>}</Pair>
        <Pair label={t.fields.bgpStatus}><BgpStatus id={id} status={tunnel.bgpStatus} /></Pair>
        {state && <States state={state} />}
      </dl>
      <PreSharedKey id={id} />
      {state && <StateHistory history={state.history} />}
    </Stack>
  );
}

function States({ state }: { readonly state: TunnelState }) {
  const { t } = useSpeech();
  const { rates, probes } = state;
  const rate = (original: number, encrypted: number, packets: number) => `${formatRate(original, 'bit/s')} ${t.tunnels.original}, ${formatRate(encrypted, 'bit/s')} ${t.tunnels.encrypted}, ${formatRate(packets, t.tunnels.packetsPerSecond)}`;
  return (
    <>
      <Pair label={t.tunnels.sas}>{state.ikeSas} / {state.childSas}</Pair>
      <Pair label={t.tunnels.rekeys}>{state.rekeys}</Pair>
      <Pair label={t.tunnels.learned}>{state.learnedPrefixes}</Pair>
      <Pair label={t.tunnels.probes}>{probes ? t.tunnels.loss(`${Math.round(probes.lossRatio * 100)} %`, probes.rttMs ? `${probes.rttMs.avg.toFixed(2)} ms` : t.detail.none) : t.tunnels.noProbes}</Pair>
      {rates && <Pair label={t.tunnels.rateIn}>{rate(rates.originalInBps, rates.encryptedInBps, rates.packetsInPps)}</Pair>}
      {rates && <Pair label={t.tunnels.rateOut}>{rate(rates.originalOutBps, rates.encryptedOutBps, rates.packetsOutPps)}</Pair>}
    </>
  );
}

/** Not shown until it is asked for, and gone with the page. */
function PreSharedKey({ id }: { readonly id: string }) {
  const { t } = useSpeech();
  const { api, region } = usePlatform();
  const [psk, setPsk] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const reveal = () => api.send<{ psk: string }>(`/v1/regions/${region}/vpnTunnels/${id}:revealPsk`, { method: 'POST' }).then(({ data }) => setPsk(data.psk), setError);
  return (
    <section aria-label={t.tunnels.psk}>
      <Title order={2} size="h4" mb="xs">{t.tunnels.psk}</Title>
      {error !== null && <ProblemBox error={error} />}
      <Group gap="xs">
        {psk === null
          ? <Button variant="default" onClick={() => void reveal()}>{t.tunnels.reveal}</Button>
          : <><Code className={classes.psk}>{psk}</Code><CopyButton text={psk} /><Button variant="subtle" onClick={() => setPsk(null)}>{t.actions.hide}</Button><Text size="xs" c="dimmed" role="status">{t.tunnels.revealed}</Text></>}
      </Group>
    </section>
  );
}

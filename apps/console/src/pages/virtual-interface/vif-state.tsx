import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { usePlatform } from '../../api/platform.js';
import type { Documents, VifState } from '../../api/types.js';
import { useSpeech } from '../../i18n/index.js';
import details from '../../resources/details.module.css';
import { BgpStatus, CellValue } from '../../ui/cells.js';
import { formatBytes, formatRate, formatTime } from '../../ui/format.js';
import { Pair } from '../../ui/pair.js';
import { ProblemBox } from '../../ui/problem-box.js';
import { StateHistory } from '../state-history.js';
import type { TabProps } from '../tabs.js';
import { Trouble } from '../trouble.js';

/** Virtual interfaces have no stream: while one looks at one, it is asked for so often. */
const POLL_MS = 5_000;

/** How a direct line is now, why, what flows over it, and what happened to it. */
export function VifStateTab({ row, id }: TabProps) {
  const { t, language } = useSpeech();
  const { api, region } = usePlatform();
  const vif = row as Documents['virtualInterfaces'];
  const { data, error, refetch } = useQuery({ queryKey: ['vifState', region, id], queryFn: ({ signal }) => api.get<VifState>(`/v1/regions/${region}/virtualInterfaces/${encodeURIComponent(id)}/state`, undefined, signal), refetchInterval: POLL_MS });
  const { adminStatus, opStatus, opReason, opDetail, opSince, bgpStatus, driver } = data ?? vif;
  const down = opStatus === 'DOWN' && adminStatus === 'UP';
  const since = (at: string | null) => at && <Text span size="xs" c="dimmed">{t.status.since(formatTime(at, language))}</Text>;
  const status = adminStatus === 'DOWN' ? 'InActive' : driver === null ? 'Pending' : opStatus === 'UP' ? 'Active' : 'Down';
  return (
    <Stack>
      {error && <ProblemBox error={error} onRetry={() => void refetch()} />}
      {down && <Trouble reason={t.vifReasons[opReason] ?? t.reasons.unknown!} detail={opDetail} />}
      <dl className={details.details}>
        <Pair label={t.fields.opStatus}><CellValue row={{ ...vif, status }} field="status" cell="vifStatus" /> {since(opSince)}</Pair>
        <Pair label={t.fields.bgpStatus}><BgpStatus id="" status={bgpStatus} /> {since(data?.bgpSince ?? null)}</Pair>
        {data && <Flow state={data} />}
      </dl>
      {data && <StateHistory history={data.history} />}
    </Stack>
  );
}

/** In is from the customer: nothing is encrypted here, so there is one measurement. */
function Flow({ state: { learnedPrefixes, rates, counters } }: { readonly state: VifState }) {
  const { t, language } = useSpeech();
  const count = (bytes: number, packets: number) => `${formatBytes(bytes)}, ${packets.toLocaleString(language)} ${t.tunnels.packets}`;
  const rate = (bits: number, packets: number) => `${formatRate(bits, 'bit/s')}, ${formatRate(packets, t.tunnels.packetsPerSecond)}`;
  return (
    <>
      <Pair label={t.tunnels.learned}>{learnedPrefixes}</Pair>
      {rates && <Pair label={t.tunnels.rateIn}>{rate(rates.inBps, rates.inPps)}</Pair>}
      {rates && <Pair label={t.tunnels.rateOut}>{rate(rates.outBps, rates.outPps)}</Pair>}
      {counters && <Pair label={t.vif.countedIn}>{count(counters.bytesIn, counters.packetsIn)}</Pair>}
      {counters && <Pair label={t.vif.countedOut}>{count(counters.bytesOut, counters.packetsOut)}</Pair>}
      {counters && <Pair label={t.vif.sampled}>{formatTime(counters.sampledAt, language)}</Pair>}
    </>
  );
}

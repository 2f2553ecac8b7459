import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useTunnelStates } from '../../api/platform.js';
import { paths } from '../../app/routes.js';
import { useTexts } from '../../i18n/index.js';
import { tunnelTone } from '../../ui/cells.js';
import classes from './troubles.module.css';

interface Told { readonly vpnTunnelId: string; readonly opStatus: string; readonly adminStatus: string; readonly opReason: string; readonly opDetail: string }

/** Of many that are down the list of tunnels tells. */
const SHOWN = 20;

/** Why tunnels that should be up are not, and what to change; nothing when all are well. */
export function Troubles({ tunnels }: { readonly tunnels: readonly Told[] }) {
  const t = useTexts();
  const states = useTunnelStates();
  const down = tunnels.map((tunnel): Told => states.get(tunnel.vpnTunnelId) ?? tunnel).filter((tunnel) => tunnelTone(tunnel) === 'down');
  if (down.length === 0) return null;
  const more = down.length - SHOWN;
  return (
    <Stack gap="xs">
      {down.slice(0, SHOWN).map((tunnel) => <Trouble key={tunnel.vpnTunnelId} tunnel={tunnel} named t={t} />)}
      {more > 0 && <Anchor component={Link} href={paths.list('vpnTunnels')} size="sm">{t.overview.moreDown(more)}</Anchor>}
    </Stack>
  );
}

export function Trouble({ tunnel, named, t }: { readonly tunnel: Told; readonly named: boolean; readonly t: ReturnType<typeof useTexts> }) {
  const { why, fix } = t.reasons[tunnel.opReason] ?? t.reasons.unknown!;
  return (
    <section className={classes.trouble} aria-label={why}>
      <Text fw={600}>{named && <><Anchor component={Link} href={paths.one('vpnTunnels', tunnel.vpnTunnelId)} inherit underline="always">{tunnel.vpnTunnelId}</Anchor>: </>}{why}</Text>
      {fix && <Text size="sm"><strong>{t.status.whatToDo}:</strong> {fix}</Text>}
      {tunnel.opDetail && <Text size="sm" c="dimmed">{t.status.detail}: {tunnel.opDetail}</Text>}
    </section>
  );
}

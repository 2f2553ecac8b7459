import { Anchor, Stack } from '@mantine/core';
import { Link } from 'wouter';
import { useTunnelStates } from '../../api/platform.js';
import { paths } from '../../app/routes.js';
import { useTexts } from '../../i18n/index.js';
import { tunnelTone } from '../../ui/cells.js';
import { Trouble } from '../trouble.js';

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
      {down.slice(0, SHOWN).map(({ vpnTunnelId, opReason, opDetail }) => <Trouble key={vpnTunnelId} of={{ name: vpnTunnelId, href: paths.one('vpnTunnels', vpnTunnelId) }} reason={t.reasons[opReason] ?? t.reasons.unknown!} detail={opDetail} />)}
      {more > 0 && <Anchor component={Link} href={paths.list('vpnTunnels')} size="sm">{t.overview.moreDown(more)}</Anchor>}
    </Stack>
  );
}

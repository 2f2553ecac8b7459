import type { Texts } from '../i18n/index.js';
import { formatRate } from '../ui/format.js';
import type { Line, Picture, Rates, Way } from './picture.js';

/** What the drawing, its labels and its text say about a state: the same everywhere. */
export const lineWord = (t: Texts, { up, of, disabled, bgp, collection }: Line): string => {
  if (collection === 'vpnConnections') return t.status.outOf(up, of);
  if (disabled) return t.status.disabled;
  if (up === 0) return t.status.down;
  return bgp === 'off' ? t.status.up : `${t.status.up}, ${bgp === 'established' ? t.network.bgpUp : t.network.bgpDown}`;
};

export const wayWord = (t: Texts, { up, of, lines, collection }: Way): string => (collection === 'virtualInterfaces' ? lineWord(t, lines[0]!) : of === 0 ? t.network.noTunnels : t.status.outOf(up, of));

export const ratesWord = (t: Texts, rates: Rates | null): string => (rates ? t.network.rates(formatRate(rates.inBps, 'bit/s'), formatRate(rates.outBps, 'bit/s')) : '');

export const totalWord = (t: Texts, { total: { up, down, disabled } }: Picture): string =>
  up + down + disabled === 0 ? t.network.noTunnels : [t.status.outOf(up, up + down + disabled), down > 0 && t.network.down(down), disabled > 0 && t.network.disabled(disabled)].filter(Boolean).join(', ');

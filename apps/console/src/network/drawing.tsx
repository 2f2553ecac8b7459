import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { paths } from '../app/routes.js';
import { useTexts, type Texts } from '../i18n/index.js';
import type { Tone } from '../ui/status.js';
import { fit, widthOf, type Box, type Layout, type Placed } from './layout.js';
import type { Picture } from './picture.js';
import { lineWord, ratesWord, totalWord, wayWord } from './words.js';
import classes from './network.module.css';

/** The picture of a gateway: every box and line is a link to what it shows, and its label says all that is to be seen. */
export function Drawing({ picture, layout }: { readonly picture: Picture; readonly layout: Layout }) {
  const t = useTexts();
  return (
    // one unit is one pixel: nothing is scaled, so that texts are as large as elsewhere
    <svg className={classes.drawing} width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`}>
      <title>{t.network.drawingOf(picture.gateway.name, totalWord(t, picture))}</title>
      <g>{layout.links.map((path) => <path key={path} d={path} className={classes.link} />)}</g>
      {layout.placed.map((placed) => <Item key={placed.key} placed={placed} picture={picture} tree={layout.tree} t={t} />)}
    </svg>
  );
}

function Item({ placed, picture, tree, t }: { readonly placed: Placed; readonly picture: Picture; readonly tree: boolean; readonly t: Texts }) {
  const { box } = placed;
  switch (placed.kind) {
    case 'vpc': {
      const { vpcId, name, cidr, attachment, subnets } = placed.vpc;
      return <BoxLink box={box} to={paths.one('vpcs', vpcId)} kind={t.network.vpc} title={name} lines={[cidr, t.network.propagates(subnets)]} label={t.network.vpcLabel(name, cidr, attachment, subnets)} />;
    }
    case 'gateway': {
      const { id, name, asn } = picture.gateway;
      const lines = tree ? [`AS ${asn} · ${totalWord(t, picture)}`] : [`AS ${asn}`, ...totalWord(t, picture).split(', '), ...ratesWord(t, picture.total.rates).split(' · ')];
      return <BoxLink box={box} to={paths.one('borderGateways', id)} kind={t.network.gateway} title={name} lines={lines} label={[t.network.gateway, name, `AS ${asn}`, totalWord(t, picture), ratesWord(t, picture.total.rates)].filter(Boolean).join(', ')} strong />;
    }
    case 'way': {
      const { id, collection, name, tone } = placed.way;
      const kind = collection === 'vpnConnections' ? t.network.connection : t.network.vif;
      return <BoxLink box={box} to={paths.one(collection, id)} kind={kind} title={name} lines={[wayWord(t, placed.way)]} label={`${kind} ${name}: ${wayWord(t, placed.way)}`} tone={tone} />;
    }
    case 'far': {
      const { id, name, asn, addresses } = placed.far;
      const kind = id ? t.network.customer : t.network.peer;
      const about = [...(asn === null ? [] : [`AS ${asn}`]), ...addresses];
      return <BoxLink box={box} to={id && paths.one('customerGateways', id)} kind={kind} title={name} lines={about} label={[kind, name, ...about].join(', ')} />;
    }
    case 'left': {
      const collection = placed.of === 'ways' ? 'vpnConnections' : 'vpcAttachments';
      const text = placed.of === 'ways' ? t.network.moreWays(placed.count) : t.network.moreVpcs(placed.count);
      return <BoxLink box={box} to={paths.list(collection)} kind="" title={text} lines={[]} label={text} />;
    }
    case 'line': {
      const { id, collection, tone } = placed.line;
      const word = lineWord(t, placed.line);
      const rates = ratesWord(t, placed.line.rates);
      const name = collection === 'vpnTunnels' ? id : '';
      const label = `${collection === 'vpnTunnels' ? t.network.tunnel : t.network.line} ${id}: ${[word, rates].filter(Boolean).join(', ')}`;
      const middle = box.y + box.height / 2;
      const [from, to] = tree ? [box.x, box.x + 26] : [box.x, box.x + box.width];
      const textX = tree ? box.x + 52 : box.x + 26;
      const room = box.width - (textX - box.x) - 6;
      return (
        <Linked to={paths.one(collection, id)} label={label} className={`${classes.line} ${classes[tone]}`}>
          <rect x={box.x} y={box.y + 2} width={box.width} height={box.height - 4} rx={6} className={classes.area} />
          <path d={`M${from} ${middle}H${to}`} className={classes.wire} />
          <Mark tone={tone} x={tree ? box.x + 38 : box.x + 14} y={tree ? middle - 10 : middle - 11} />
          <text x={textX} y={middle - 7} className={classes.small}><tspan className={classes.word}>{word}</tspan>{name && <tspan className={classes.id} dx={8}>{fit(name, room - widthOf(word, 12) - 12, 13)}</tspan>}</text>
          <text x={textX} y={middle + 15} className={classes.small}>{fit(rates, room, 12)}</text>
        </Linked>
      );
    }
  }
}

interface BoxProps {
  readonly box: Box;
  readonly to: string | null;
  readonly kind: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly label: string;
  readonly tone?: Tone;
  readonly strong?: boolean;
}

function BoxLink({ box: { x, y, width, height }, to, kind, title, lines, label, tone, strong = false }: BoxProps) {
  const room = width - 20 - (tone ? 16 : 0);
  const texts = [...(kind ? [{ text: kind, className: classes.kind, size: 11, step: 15 }] : []), { text: title, className: classes.title, size: 14, step: 18 }, ...lines.filter(Boolean).map((text) => ({ text, className: classes.small, size: 12, step: 16 }))];
  const fitting = texts.slice(0, Math.max(2, Math.floor((height - 4) / 16)));
  let baseline = y + (height - fitting.reduce((sum, { step }) => sum + step, 0)) / 2 - 4;
  return (
    <Linked to={to} label={label} className={`${classes.box} ${tone ? classes[tone] : ''} ${strong ? classes.strong : ''}`}>
      <rect x={x + 1} y={y + 1} width={width - 2} height={height - 2} rx={8} className={classes.frame} />
      {tone && <Mark tone={tone} x={x + width - 16} y={y + 16} />}
      {fitting.map(({ text, className, size, step }) => {
        baseline += step;
        return <text key={text} x={x + 10} y={baseline} className={className}>{fit(text, room, size)}</text>;
      })}
    </Linked>
  );
}

/** Its name is the title, as SVG has it: an aria-label would have to repeat the texts inside word by word (WCAG 2.5.3). */
function Linked({ to, label, className, children }: { readonly to: string | null; readonly label: string; readonly className: string; readonly children: ReactNode }) {
  const inside = <><title>{label}</title>{children}</>;
  return to === null ? <g className={className}>{inside}</g> : <Link href={to} className={className}>{inside}</Link>;
}

/** The shapes of ui/status: a disc, a diamond, a ring, a triangle. */
function Mark({ tone, x, y }: { readonly tone: Tone; readonly x: number; readonly y: number }) {
  const shape = { up: `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0`, off: `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`, down: `M${x} ${y - 6}l6 6l-6 6l-6 -6z`, warn: `M${x} ${y - 6}l6 11h-12z` }[tone];
  return <path d={shape} className={classes.mark} />;
}

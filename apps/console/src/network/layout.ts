import type { Far, Line, NearVpc, Picture, Way } from './picture.js';

/** Where everything of a picture is drawn. Beside each other where there is room: VPCs, the gateway, ways, far ends, so that every line is straight; else one below the other, as a tree. */
export type Placed =
  | { readonly kind: 'vpc'; readonly key: string; readonly box: Box; readonly vpc: NearVpc }
  | { readonly kind: 'gateway'; readonly key: string; readonly box: Box }
  | { readonly kind: 'way'; readonly key: string; readonly box: Box; readonly way: Way }
  | { readonly kind: 'line'; readonly key: string; readonly box: Box; readonly line: Line }
  | { readonly kind: 'far'; readonly key: string; readonly box: Box; readonly far: Far }
  | { readonly kind: 'left'; readonly key: string; readonly box: Box; readonly of: 'ways' | 'vpcs'; readonly count: number };

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** In the order in which they are read. */
  readonly placed: readonly Placed[];
  /** Links that have no state of their own: SVG path data. */
  readonly links: readonly string[];
  readonly tree: boolean;
}

const GAP = 14;
const BOX = 56;
const LINE = 46;
const WIDE = { vpc: 150, gateway: 130, way: 165, far: 175, toGateway: 36, toWay: 30 };
/** Narrower than that is a tree: a line must have room for its words. */
export const COLUMNS_FROM = 900;

export const layoutOf = (picture: Picture, width: number): Layout => (width >= COLUMNS_FROM ? columns(picture, width) : tree(picture, width));

const wayHeight = ({ lines }: Way): number => Math.max(BOX, lines.length * LINE);
const stackHeight = (heights: readonly number[]): number => heights.reduce((total, height) => total + height, 0) + GAP * Math.max(0, heights.length - 1);

function columns({ vpcs, fars, left, leftVpcs, gateway }: Picture, width: number): Layout {
  const farHeights = fars.map(({ ways }) => stackHeight(ways.map(wayHeight)));
  const nearHeights = [...vpcs.map(() => BOX), ...(leftVpcs > 0 ? [BOX] : [])];
  const wayHeights = [...farHeights, ...(left > 0 ? [BOX] : [])];
  const height = Math.max(110, stackHeight(nearHeights), stackHeight(wayHeights));
  const gatewayX = WIDE.vpc + WIDE.toGateway;
  const wayX = gatewayX + WIDE.gateway + WIDE.toWay;
  const farX = width - WIDE.far;
  const placed: Placed[] = [];
  const links: string[] = [];
  let y = (height - stackHeight(nearHeights)) / 2;
  for (const vpc of vpcs) {
    placed.push({ kind: 'vpc', key: vpc.vpcAttachmentId, box: { x: 0, y, width: WIDE.vpc, height: BOX }, vpc });
    links.push(`M${WIDE.vpc} ${y + BOX / 2}H${gatewayX}`);
    y += BOX + GAP;
  }
  if (leftVpcs > 0) placed.push({ kind: 'left', key: 'left-vpcs', of: 'vpcs', count: leftVpcs, box: { x: 0, y, width: WIDE.vpc, height: BOX } });
  placed.push({ kind: 'gateway', key: gateway.id, box: { x: gatewayX, y: 0, width: WIDE.gateway, height } });
  y = (height - stackHeight(wayHeights)) / 2;
  for (const [i, far] of fars.entries()) {
    const farY = y;
    for (const way of far.ways) {
      const box = { x: wayX, y, width: WIDE.way, height: wayHeight(way) };
      placed.push({ kind: 'way', key: way.id, box, way });
      links.push(`M${gatewayX + WIDE.gateway} ${y + box.height / 2}H${wayX}`);
      const row = box.height / Math.max(1, way.lines.length);
      for (const [n, line] of way.lines.entries()) placed.push({ kind: 'line', key: `line ${line.id}`, line, box: { x: wayX + WIDE.way, y: y + n * row, width: farX - wayX - WIDE.way, height: row } });
      y += box.height + GAP;
    }
    placed.push({ kind: 'far', key: far.key, far, box: { x: farX, y: farY, width: WIDE.far, height: farHeights[i]! } });
  }
  if (left > 0) placed.push({ kind: 'left', key: 'left-ways', of: 'ways', count: left, box: { x: wayX, y, width: WIDE.way, height: BOX } });
  return { width, height, placed, links, tree: false };
}

const INDENT = 22;

/** One below the other; what belongs to something is indented, with an elbow from it. */
function tree({ vpcs, fars, left, leftVpcs, gateway }: Picture, width: number): Layout {
  const placed: Placed[] = [];
  const links: string[] = [];
  let y = 0;
  /** The next row; its elbow comes from the left edge of what it belongs to. */
  const row = (depth: number, height: number, parent: Box | null): Box => {
    const box = { x: depth * INDENT, y, width: width - depth * INDENT, height };
    if (parent) links.push(`M${parent.x + INDENT / 2} ${parent.y + parent.height}V${y + height / 2}H${box.x}`);
    y += height + GAP / 2;
    return box;
  };
  const top = row(0, BOX, null);
  placed.push({ kind: 'gateway', key: gateway.id, box: top });
  for (const vpc of vpcs) placed.push({ kind: 'vpc', key: vpc.vpcAttachmentId, box: row(1, BOX, top), vpc });
  if (leftVpcs > 0) placed.push({ kind: 'left', key: 'left-vpcs', of: 'vpcs', count: leftVpcs, box: row(1, BOX, top) });
  for (const far of fars) {
    for (const way of far.ways) {
      const box = row(1, BOX, top);
      placed.push({ kind: 'way', key: way.id, box, way });
      for (const line of way.lines) placed.push({ kind: 'line', key: `line ${line.id}`, line, box: row(2, LINE, box) });
      placed.push({ kind: 'far', key: `${far.key} ${way.id}`, far, box: row(2, BOX, box) });
    }
  }
  if (left > 0) placed.push({ kind: 'left', key: 'left-ways', of: 'ways', count: left, box: row(1, BOX, top) });
  return { width, height: y, placed, links, tree: true };
}

/** How wide a text is at most, in a font of this size: letters are a little over half as wide as high, Chinese ones as wide. */
export const widthOf = (text: string, size: number): number => [...text].reduce((width, letter) => width + (letter >= '\u2e80' ? 1.05 : 0.56), 0) * size;

/** As much of a text as fits. */
export function fit(text: string, width: number, size: number): string {
  if (widthOf(text, size) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && widthOf(`${letters.join('')}…`, size) > width) letters.pop();
  return `${letters.join('')}…`;
}

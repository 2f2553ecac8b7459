import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { COLUMNS, emptyPoint, type Point } from '@bordergate/telemetry-core';

/**
 * Points as bytes: column by column, a whole number in as many bytes as the largest of its column needs, the first bytes of
 * all rows before the second ones, so that zlib finds what repeats. A column in which nothing was measured is one byte.
 */
const EMPTY = emptyPoint();
const NOTHING = 0; // 1 to 7: bytes of a whole number
const REAL = 8;
const SAME = 9;
const REAL_BYTES = 4;
/** Of a real number 12 bits behind the point are kept, 0.02 %. */
const ROUNDING = 0xff_ff_f8_00;

const scratch = new DataView(new ArrayBuffer(8));
const rounded = (value: number): number => {
  scratch.setFloat32(0, value);
  return Number.isFinite(value) ? (scratch.getUint32(0) & ROUNDING) >>> 0 : scratch.getUint32(0);
};
const realOf = (bits: number): number => {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
};

function bytesFor(largest: number): number {
  let bytes = 1;
  for (let limit = 256; largest >= limit && bytes < 7; limit *= 256) bytes++;
  return bytes;
}

/** @param keys further whole numbers of each row, such as its minute */
export function packRows(points: readonly Point[], keys: readonly (readonly number[])[] = []): Buffer {
  const rows = points.length;
  const columns = keys.length + COLUMNS.length;
  const out = Buffer.allocUnsafe(2 + columns + columns * Math.max(8, 7 * rows));
  out.writeUInt16LE(rows, 0);
  let end = 2;
  const column = (whole: boolean, nothing: number, at: (row: number) => number): void => {
    const first = at(0);
    let same = true;
    let largest = 0;
    for (let row = 0; row < rows; row++) {
      const value = at(row);
      if (value !== first) same = false;
      if (value > largest) largest = value;
    }
    if (same && first === nothing) {
      out[end++] = NOTHING;
    } else if (same && rows > 1) {
      out[end++] = SAME;
      end = out.writeDoubleLE(first, end);
    } else {
      const bytes = whole ? bytesFor(largest) : REAL_BYTES;
      out[end++] = whole ? bytes : REAL;
      for (let row = 0; row < rows; row++) {
        let rest = whole ? Math.min(at(row), Number.MAX_SAFE_INTEGER) : rounded(at(row)); // sums over a region could be more
        for (let byte = 0; byte < bytes; byte++) {
          out[end + byte * rows + row] = rest % 256;
          rest = Math.floor(rest / 256);
        }
      }
      end += bytes * rows;
    }
  };
  for (const key of keys) column(true, 0, (row) => key[row]!);
  for (const [index, { whole }] of COLUMNS.entries()) column(whole, EMPTY[index]!, (row) => points[row]![index]!);
  return out.subarray(0, end);
}

/** What is read; all when not said. */
export interface Wanted {
  /** Rows, by their first key. */
  readonly row?: (key: number) => boolean;
  readonly columns?: ReadonlySet<number> | undefined;
}

export function unpackRows(packed: Buffer, keyCount = 0, wanted: Wanted = {}): { keys: number[][]; points: Point[] } {
  const rows = packed.readUInt16LE(0);
  const all = Array.from({ length: rows }, (_, row) => row);
  let end = 2;
  const column = (of: readonly number[], set: (row: number, value: number) => void): void => {
    const kind = packed[end++]!;
    if (kind === NOTHING) return;
    if (kind === SAME) {
      const value = packed.readDoubleLE(end);
      end += 8;
      for (const row of of) set(row, value);
      return;
    }
    const bytes = kind === REAL ? REAL_BYTES : kind;
    for (const row of of) {
      let value = 0;
      for (let byte = bytes - 1; byte >= 0; byte--) value = value * 256 + packed[end + byte * rows + row]!;
      set(row, kind === REAL ? realOf(value) : value);
    }
    end += bytes * rows;
  };
  const keys = Array.from({ length: keyCount }, () => new Array<number>(rows).fill(0));
  for (const key of keys) column(all, (row, value) => { key[row] = value; });
  const read = wanted.row ? all.filter((row) => wanted.row!(keys[0]![row]!)) : all;
  const points = new Array<Point>(rows);
  for (const row of read) points[row] = emptyPoint();
  for (const index of COLUMNS.keys()) column(wanted.columns?.has(index) === false ? [] : read, (row, value) => { points[row]![index] = value; });
  return { keys: keys.map((key) => read.map((row) => key[row]!)), points: read.map((row) => points[row]!) };
}

export const squeeze = (packed: Buffer): Buffer => deflateRawSync(packed);
export const unsqueeze = (squeezed: Buffer): Buffer => inflateRawSync(squeezed);

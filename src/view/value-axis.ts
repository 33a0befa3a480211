import { type ByteUnit, byteUnit } from './format.js';

/** A scale of bytes with round labels, from a round value below the lowest to one above the highest. */
export interface ValueAxis {
  readonly low: number;
  readonly high: number;
  readonly unit: ByteUnit;
  /** Label of a row, rows counted from the top; only rows that have one. */
  readonly labels: ReadonlyMap<number, string>;
}

/** Four dots a row. */
const dotsPerRow = 4;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

interface Room {
  readonly rows: number;
  readonly labelWidth: number;
}

/**
 * The scale for values between two bounds on so many rows; no label is wider than `labelWidth`. Where none fits in the
 * usual unit, the labels are of the next one.
 */
export function valueAxis(bounds: Bounds, room: Room): ValueAxis {
  const unit = axisUnit(bounds.max);
  return (
    axisIn(unit, bounds, room) ??
    axisIn(byteUnit(unit.size * 1024), bounds, room) ?? {
      low: 0,
      high: Math.max(1, bounds.max),
      unit,
      labels: new Map(),
    }
  );
}

/** The finest round scale in a unit. */
function axisIn(unit: ByteUnit, { min, max }: Bounds, { rows, labelWidth }: Room): ValueAxis | undefined {
  for (let power = -2; power < 12; power++) {
    for (const digit of [1, 2, 5]) {
      const step = digit * 10 ** power;
      const grid = step / 2;
      const low = Math.floor(min / unit.size / grid + rounding) * grid;
      const high = Math.max(low + step, Math.ceil(max / unit.size / grid - rounding) * grid);
      // Labels need a row between them.
      if ((high - low) / step > (rows - 1) / 2 + rounding) continue;
      const axis = { low: low * unit.size, high: high * unit.size, unit };
      const labels = rowLabels(axis, { rows, step, decimals: Math.max(0, -power) });
      if ([...labels.values()].every((label) => label.length <= labelWidth)) return { ...axis, labels };
    }
  }
  return undefined;
}

/** The height of a value in dots from the bottom, kept within the picture. */
export function dotOf({ low, high }: Pick<ValueAxis, 'low' | 'high'>, rows: number, value: number): number {
  const top = rows * dotsPerRow - 1;
  return Math.min(top, Math.max(0, Math.floor(((value - low) / (high - low)) * top + rounding)));
}

/** The row, from the top, in which a value lies. */
export const rowOf = (axis: Pick<ValueAxis, 'low' | 'high'>, rows: number, value: number): number =>
  rows - 1 - Math.floor(dotOf(axis, rows, value) / dotsPerRow);

/** Against the last binary digit of a quotient. */
const rounding = 1e-9;

function rowLabels(
  axis: Omit<ValueAxis, 'labels'>,
  { rows, step, decimals }: { rows: number; step: number; decimals: number },
): Map<number, string> {
  const labels = new Map<number, string>();
  const { size } = axis.unit;
  const first = Math.ceil(axis.low / size / step - rounding);
  const last = Math.floor(axis.high / size / step + rounding);
  for (let tick = first; tick <= last; tick++) {
    labels.set(rowOf(axis, rows, tick * step * size), (tick * step).toFixed(decimals));
  }
  return labels;
}

/** Labels have at most three digits before the point: from 1000 on the next unit is taken. */
const axisUnit = (max: number): ByteUnit => byteUnit(max * (1024 / 1000));

import { columnNamed } from './expression.js';
import { CompilerError, type MergeOp, type Place } from './plan.js';
import type { Column, Frame, Value } from './values.js';

type Merge = Pick<MergeOp, 'how' | 'leftOn' | 'rightOn' | 'suffixes'> & {
  readonly other: Frame;
  readonly place: Place;
};

/** Rows of two frames side by side, where their keys are equal. Throws `CompilerError`. */
export function merged(frame: Frame, { other, how, leftOn, rightOn, suffixes, place }: Merge): Frame {
  const keyed = (of: Frame, on: readonly string[]): string[] => {
    const keys = on.map((name) => columnNamed(name, { frame: of, place }));
    return Array.from({ length: of.rows }, (_, row) =>
      JSON.stringify(keys.map(({ values }) => String(values[row]))),
    );
  };
  const rightRows = new Map<string, number[]>();
  for (const [row, key] of keyed(other, rightOn).entries()) {
    const rows = rightRows.get(key);
    if (rows === undefined) rightRows.set(key, [row]);
    else rows.push(row);
  }
  const pairs = keyed(frame, leftOn).flatMap((key, left): [number, number | undefined][] => {
    const matches = rightRows.get(key) ?? [];
    if (matches.length === 0) return how === 'left' ? [[left, undefined]] : [];
    return matches.map((right) => [left, right]);
  });
  const [leftNames, rightNames] = [frame, other].map(
    ({ columns }) => new Set(columns.map(({ name }) => name)),
  );
  const named = (
    column: Column,
    { also, suffix }: { also: Set<string> | undefined; suffix: string },
  ): string => (also?.has(column.name) ? `${column.name}${suffix}` : column.name);
  const columns = [
    ...frame.columns.map((column) => ({
      ...column,
      name: named(column, { also: rightNames, suffix: suffixes[0] }),
      values: pairs.map(([left]) => column.values[left] ?? 0n),
    })),
    ...other.columns.map((column) => ({
      ...column,
      name: named(column, { also: leftNames, suffix: suffixes[1] }),
      values: pairs.map(([, right]) =>
        right === undefined ? nothing(column) : (column.values[right] ?? 0n),
      ),
    })),
  ];
  const twice = columns.find(
    ({ name }, index) => columns.findIndex((other) => other.name === name) !== index,
  );
  if (twice !== undefined)
    throw new CompilerError(
      `duplicate column '${twice.name}' after merge. Change the specified suffixes`,
      place,
    );
  return { rows: pairs.length, columns };
}

/** What stands where the other frame has no row. */
const nothing = ({ type }: Column): Value =>
  type === 'string' ? '' : type === 'boolean' ? false : type === 'float64' ? 0 : 0n;

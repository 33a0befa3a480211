/** One cell: an INT64 or a time (ns since 1970) and a UINT128 are bigints. */
export type Value = boolean | bigint | number | string;

export type ColumnType = 'boolean' | 'int64' | 'uint128' | 'float64' | 'string' | 'time64ns';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  readonly meaning?: 'upid' | 'duration' | 'time';
}

export interface Column extends ColumnSpec {
  readonly values: ArrayLike<Value>;
}

/** A table of a result, or what will become one. */
export interface Frame {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** Whether two tables have the same columns. */
export const sameColumns = (some: readonly ColumnSpec[], others: readonly ColumnSpec[]): boolean =>
  some.length === others.length &&
  some.every(({ name, type }, index) => name === others[index]?.name && type === others[index]?.type);

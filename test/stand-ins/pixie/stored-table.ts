import type { Column, ColumnSpec, Frame, Value } from './values.js';

/** Rows that were pushed together: they expire together. */
interface Chunk {
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly ArrayLike<Value>[];
}

export interface ReadOptions {
  /** Both inclusive, ns since 1970. */
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
}

/** One table of one agent: it grows up to its size, then the oldest rows go. */
export class StoredTable {
  readonly columns: readonly ColumnSpec[];
  readonly #capacity: number;
  #chunks: Chunk[] = [];
  #bytes = 0;

  constructor(columns: readonly ColumnSpec[], capacityBytes: number) {
    this.columns = columns;
    this.#capacity = capacityBytes;
  }

  push(columns: readonly ArrayLike<Value>[]): void {
    const rows = columns[0]?.length ?? 0;
    if (rows === 0) return;
    const bytes = rows * this.columns.reduce((sum, { type }) => sum + (type === 'uint128' ? 16 : 8), 0);
    this.#chunks.push({ rows, bytes, columns });
    this.#bytes += bytes;
    while (this.#bytes > this.#capacity && this.#chunks.length > 1)
      this.#bytes -= this.#chunks.shift()?.bytes ?? 0;
  }

  /** The rows of a span of time, oldest push first. */
  read({ startNs, endNs }: ReadOptions): Frame {
    const timeIndex = this.columns.findIndex(({ name }) => name === 'time_');
    const values: Value[][] = this.columns.map(() => []);
    for (const chunk of this.#chunks) {
      const times = chunk.columns[timeIndex];
      for (let row = 0; row < chunk.rows; row += 1) {
        const time = BigInt(times?.[row] ?? 0n);
        if ((startNs !== undefined && time < startNs) || (endNs !== undefined && time > endNs)) continue;
        for (const [index, column] of chunk.columns.entries()) values[index]?.push(column[row] ?? 0n);
      }
    }
    const columns = this.columns.map((spec, index): Column => ({ ...spec, values: values[index] ?? [] }));
    return { rows: values[0]?.length ?? 0, columns };
  }
}

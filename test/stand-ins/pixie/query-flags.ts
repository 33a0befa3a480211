import { Code } from '@connectrpc/connect';
import { VizierFailure } from './failure.js';

const prefix = '#px:set ';
const defaultMaxRows = 10_000;

/** How many rows each table of a script's answer may have (query_flags.go). Throws `VizierFailure`. */
export function maxOutputRows(script: string): number {
  let rows = defaultMaxRows;
  for (const line of script.split('\n').filter((text) => text.startsWith(prefix))) {
    const [, setting, ...rest] = line.split(' ');
    const [key = '', value, ...more] = setting?.split('=') ?? [];
    if (value === undefined || rest.length > 0 || more.length > 0) {
      throw new VizierFailure(Code.Unknown, 'Config setting is malformed');
    }
    if (!['explain', 'analyze', 'max_output_rows_per_table'].includes(key)) {
      throw new VizierFailure(Code.Unknown, `${key} is not a valid flag`);
    }
    if (key !== 'max_output_rows_per_table') continue;
    if (!/^\d+$/.test(value)) {
      throw new VizierFailure(Code.Unknown, `strconv.ParseInt: parsing "${value}": invalid syntax`);
    }
    rows = Number(value);
  }
  return rows;
}

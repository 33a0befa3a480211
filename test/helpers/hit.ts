import { EventFormat } from '../../src/sources/local/ring-buffer.js';
import { Hit } from '../../src/sources/local/uprobe-group.js';

/** What a fetch argument read. */
export interface Fetched {
  readonly name: string;
  /** Bytes. */
  readonly size: 1 | 2 | 4 | 8;
  readonly value: bigint;
}

/** A hit as the kernel records it: its format, and its bytes. */
export function hitOf(event: string, fields: readonly Fetched[], { atNs = 0, tid = 1 } = {}): Hit {
  const data = new DataView(new ArrayBuffer(8 + 8 * fields.length));
  data.setInt32(4, tid, true);
  const lines = fields.map(({ name, size, value }, i) => {
    const offset = 8 + 8 * i;
    data.setBigUint64(offset, BigInt.asUintN(64, value), true);
    return `\tfield:u${size * 8} ${name};\toffset:${offset};\tsize:${size};\tsigned:0;`;
  });
  const common = '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;';
  return new Hit(event, { atNs, data }, new EventFormat(['ID: 1', common, ...lines].join('\n')));
}

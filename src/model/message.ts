import type { SourceMessage } from '../gc/stream.js';
import type { Bytes, Nanos } from '../gc/units.js';
import type { Action } from './action.js';

/** The terminal's size in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Everything that can happen to the program: the only input of `update`. */
export type Msg =
  | { readonly type: 'source'; readonly message: SourceMessage }
  /** A key by blessed's full name (`g`, `S-tab`, `C-c`, `escape`, `space`), looked up in the key table. */
  | { readonly type: 'key'; readonly key: string }
  /** What a press of the mouse on the screen stands for. */
  | { readonly type: 'action'; readonly action: Action }
  | { readonly type: 'resize'; readonly size: Size }
  /** Time passed; in a replay it is the recording's time. */
  | { readonly type: 'tick'; readonly nowNs: Nanos }
  /** What gctop itself costs: share of one core, resident memory. */
  | { readonly type: 'observer'; readonly cpuShare: number; readonly rss: Bytes };

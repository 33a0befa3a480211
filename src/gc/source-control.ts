import type { Nanos } from './units.js';

/** What the screen may ask of a running source. A source ignores what it has no use for. */
export type SourceControl =
  | { readonly type: 'probes'; readonly set: 'light' | 'full' }
  | { readonly type: 'retry' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'speed'; readonly factor: number }
  | { readonly type: 'seek'; readonly atNs: Nanos };

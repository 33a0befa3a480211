import type { SourceControl } from '../gc/source-control.js';
import type { TrafficButton } from '../gc/stream.js';

/** An effect wanted by the model: plain data that a test can compare. Its outcome comes back as messages. */
export type Command =
  | { readonly type: 'quit' }
  /** Ctrl-C: quit with the exit code of an interrupt. */
  | { readonly type: 'interrupt' }
  /** The target is gone: choose another one. */
  | { readonly type: 'pick-another' }
  /** Paint every cell again. */
  | { readonly type: 'redraw' }
  | { readonly type: 'send-traffic'; readonly button: TrafficButton; readonly request: TrafficShape }
  | { readonly type: 'set-traffic-rate'; readonly perSecond: number; readonly request: TrafficShape }
  /** Open the port-forward anew. */
  | { readonly type: 'restart-forward' }
  | { readonly type: 'control-source'; readonly control: SourceControl };

/** What a request to the demo service asks it to allocate. */
export interface TrafficShape {
  readonly arrayLength: number;
  readonly bytesPerElement: number;
}

/** What a request asks for until the user says otherwise: the demo service's own defaults. */
export const defaultTrafficShape: TrafficShape = { arrayLength: 1_000, bytesPerElement: 8_192 };

import type { TrafficButton } from '../gc/stream.js';
import type { TrafficField } from './model.js';

/** Panes by the digit that zooms them. */
export const paneIds = ['heap', 'pauses', 'phases', 'work', 'events', 'target', 'traffic'] as const;
export type PaneId = (typeof paneIds)[number];

/** What a key or a press of the mouse stands for. */
export type Action =
  | {
      readonly type:
        | 'quit'
        | 'interrupt'
        | 'help'
        | 'back'
        | 'freeze'
        | 'live'
        | 'unzoom'
        | 'redraw'
        | 'pick-another'
        | 'retry'
        | 'restart-forward'
        | 'probes'
        | 'focus-next'
        | 'focus-previous';
    }
  | { readonly type: 'zoom'; readonly pane: PaneId }
  | { readonly type: 'traffic'; readonly button: TrafficButton }
  | { readonly type: 'edit'; readonly field: TrafficField }
  | { readonly type: 'next-field' | 'accept' | 'erase' }
  | { readonly type: 'digit'; readonly digit: string };

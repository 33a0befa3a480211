import type { PodList, ProcessList, RecordingCandidate } from '../../gc/candidate.js';
import type { Size } from '../message.js';
import type { Look } from '../model.js';

/** The lists that there may be, in the order in which they stand. */
export const listNames = ['processes', 'pods', 'recordings'] as const;
export type ListName = (typeof listNames)[number];

/** By what the processes are sorted, in the order in which a key goes through them. */
export const sortOrders = ['gc', 'rate', 'heap', 'cycles', 'cpu', 'rss', 'started', 'name', 'pid'] as const;
export type SortOrder = (typeof sortOrders)[number];

/** A row by what it is, not by where it stands: rows come and go. */
export interface RowId {
  readonly list: ListName;
  /** The pid, NAMESPACE/POD, or the file. */
  readonly id: string;
}

/** What is being typed: what narrows the lists, a command to start, a file with gctrace lines. */
export type FieldName = 'filter' | 'command' | 'gctrace';

/** All that is known and shown while nothing is chosen yet. */
export interface PickerModel {
  size: Size;
  readonly look: Look;
  nowUnixMs: number;
  readonly utcOffsetMinutes: number;
  /** Undefined until a first part of the first look is there. */
  processes: ProcessList | undefined;
  /** Undefined where there is no kubectl or no context. */
  pods: PodList | undefined;
  recordings: readonly RecordingCandidate[];
  /** Undefined while there is no row. */
  selected: RowId | undefined;
  /** Where the selected row stands in its list, for the time when it goes. */
  selectedIndex: number;
  /** Somebody has chosen a row; before that it is the first one. */
  hasMoved: boolean;
  /** The first row on the screen of each list. */
  readonly tops: Record<ListName, number>;
  sort: { readonly by: SortOrder; readonly reversed: boolean };
  filter: string;
  field: { readonly name: FieldName; readonly text: string } | undefined;
  help: boolean;
  /** Why what was asked for is not done. */
  notice: { readonly text: string; readonly untilUnixMs: number } | undefined;
}

export interface PickerOptions {
  readonly size: Size;
  readonly look: Look;
  readonly nowUnixMs: number;
  readonly utcOffsetMinutes: number;
}

export const createPicker = (options: PickerOptions): PickerModel => ({
  ...options,
  processes: undefined,
  pods: undefined,
  recordings: [],
  selected: undefined,
  selectedIndex: 0,
  hasMoved: false,
  tops: { processes: 0, pods: 0, recordings: 0 },
  sort: { by: 'gc', reversed: false },
  filter: '',
  field: undefined,
  help: false,
  notice: undefined,
});

/** What a key or a press of the mouse stands for. */
export type PickerAction =
  | {
      readonly type:
        | 'quit'
        | 'interrupt'
        | 'redraw'
        | 'help'
        | 'back'
        | 'look-again'
        | 'watch'
        | 'demo'
        | 'next-list'
        | 'previous-list'
        | 'next-sort'
        | 'reverse'
        | 'accept'
        | 'keep'
        | 'erase'
        | 'erase-all';
    }
  | { readonly type: 'move'; readonly by: Step }
  | { readonly type: 'select'; readonly row: RowId }
  | { readonly type: 'sort'; readonly by: SortOrder }
  | { readonly type: 'ask'; readonly field: FieldName }
  | { readonly type: 'type'; readonly text: string };

export type Step = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

/** Everything that can happen while somebody chooses. */
export type PickerMsg =
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'action'; readonly action: PickerAction }
  | { readonly type: 'resize'; readonly size: Size }
  /** What was chosen does not go with the options that gctop was started with. */
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'tick'; readonly nowUnixMs: number }
  | { readonly type: 'processes'; readonly processes: ProcessList }
  | { readonly type: 'pods'; readonly pods: PodList }
  | { readonly type: 'recordings'; readonly recordings: readonly RecordingCandidate[] };

/** What was chosen. */
export type Choice =
  | { readonly type: 'process'; readonly pid: number }
  | { readonly type: 'pod'; readonly pod: string }
  | { readonly type: 'recording'; readonly file: string }
  | { readonly type: 'command'; readonly words: readonly string[] }
  | { readonly type: 'gctrace'; readonly file: string }
  | { readonly type: 'demo' };

/** An effect that is wanted. */
export type PickerCommand =
  | { readonly type: 'quit' | 'interrupt' | 'redraw' | 'look-again' }
  | { readonly type: 'watch'; readonly choice: Choice };

import type { PodCandidate, ProcessCandidate, RecordingCandidate } from '../../gc/candidate.js';
import { type ListName, listNames, type PickerModel, type RowId, type SortOrder } from './picker.js';

/** The rows of each list that the filter lets through, in the order in which they are shown. */
export interface ShownRows {
  readonly processes: readonly ProcessCandidate[];
  readonly pods: readonly PodCandidate[];
  readonly recordings: readonly RecordingCandidate[];
}

export function shownRows(model: Readonly<PickerModel>): ShownRows {
  const { processes, pods, recordings, sort } = model;
  const fits = filterOf(model);
  return {
    processes: sortedProcesses(
      (processes?.processes ?? []).filter((row) => fits(wordsOfProcess(row))),
      sort,
    ),
    pods: podsOf(pods).filter(({ namespace, name, node, state }) =>
      fits([`${namespace}/${name}`, node, state]),
    ),
    recordings: recordings.filter(({ file, target }) => fits([file, target])),
  };
}

/** Processes in an order. */
export const sortedProcesses = (
  rows: readonly ProcessCandidate[],
  sort: PickerModel['sort'],
): readonly ProcessCandidate[] => [...rows].sort(comparator(sort));

/** The rows of one list by what they are. */
export function idsOf(rows: ShownRows, list: ListName): readonly string[] {
  switch (list) {
    case 'processes':
      return rows.processes.map(({ pid }) => String(pid));
    case 'pods':
      return rows.pods.map(({ namespace, name }) => `${namespace}/${name}`);
    case 'recordings':
      return rows.recordings.map(({ file }) => file);
  }
}

/** All rows from top to bottom. */
export const allIds = (rows: ShownRows): readonly RowId[] =>
  listNames.flatMap((list) => idsOf(rows, list).map((id) => ({ list, id })));

export const isSameRow = (a: RowId | undefined, b: RowId | undefined): boolean =>
  a?.list === b?.list && a?.id === b?.id;

const podsOf = (pods: PickerModel['pods']): readonly PodCandidate[] =>
  pods?.state === 'listed' ? pods.pods : [];

type Fits = (fields: readonly (string | undefined)[]) => boolean;

/** Every word that was typed must be somewhere in a row. */
function filterOf({ filter }: Readonly<PickerModel>): Fits {
  const words = filter.toLowerCase().split(' ').filter(Boolean);
  return (fields) => {
    const text = fields.join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

const wordsOfProcess = (row: ProcessCandidate): readonly (string | undefined)[] => [
  String(row.pid),
  row.name,
  row.goVersion,
  row.user,
  row.container,
  row.unit,
  row.command,
];

type Compare = (a: ProcessCandidate, b: ProcessCandidate) => number;

/** What is not known comes last whichever way the rest is sorted; the newer program first where all else is equal. */
function comparator({ by, reversed }: PickerModel['sort']): Compare {
  const sign = reversed ? -1 : 1;
  return (a, b) => sign * compareNames(by, a, b) || compareFigures(figures[by], a, b, sign) || b.pid - a.pid;
}

const compareNames = (by: SortOrder, a: ProcessCandidate, b: ProcessCandidate): number =>
  by === 'name' && a.name !== b.name ? (a.name < b.name ? -1 : 1) : 0;

type Figure = (row: ProcessCandidate) => number | undefined;

function compareFigures(figure: Figure, a: ProcessCandidate, b: ProcessCandidate, sign: number): number {
  const [one, other] = [figure(a), figure(b)];
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  return sign * (other - one);
}

/** The larger first. */
const figures: Readonly<Record<SortOrder, Figure>> = {
  gc: ({ gcCpuShare }) => gcCpuShare,
  rate: ({ cyclesPerSecond }) => cyclesPerSecond,
  heap: ({ live }) => live,
  cycles: ({ cycles }) => cycles,
  cpu: ({ cpu }) => cpu,
  rss: ({ rss }) => rss,
  started: ({ startedUnixMs }) => startedUnixMs,
  name: () => undefined,
  pid: ({ pid }) => -pid,
};

import { leastPanes, leastSize, type Rect } from '../layout.js';
import { type ListName, listNames, type PickerModel } from './picker.js';
import type { ShownRows } from './rows.js';

/** Where everything stands, in whole cells. The rectangles tile the screen. */
export type PickerLayout = { readonly shape: 'too-small' } | ListsLayout;

export interface ListsLayout {
  /** `lines`: too small for anything but rows. */
  readonly shape: 'lists' | 'lines';
  readonly header: Rect;
  readonly lists: Readonly<Partial<Record<ListName, ListPlace>>>;
  /** What is said of the selected row. */
  readonly selected: Rect | undefined;
  /** The other ways to start. */
  readonly ways: Rect | undefined;
  readonly footer: Rect;
}

export interface ListPlace {
  /** With the title's rule, and what is empty below the rows. */
  readonly rect: Rect;
  readonly hasTitle: boolean;
  readonly hasHeads: boolean;
  /** How many rows of the list are on the screen. */
  readonly rows: number;
}

/** From so many rows on there is air between the parts, and room for the other ways to start. */
const roomyFrom = 34;

/** Rectangles for the screen as it is now; processes get what the others leave. */
export function pickerLayout(
  { size: { columns: width, rows }, pods }: Readonly<PickerModel>,
  shown: ShownRows,
): PickerLayout {
  if (width < leastSize.columns || rows < leastSize.rows) return { shape: 'too-small' };
  const isLines = width < leastPanes.columns || rows < leastPanes.rows;
  const isRoomy = !isLines && rows >= roomyFrom;
  const headerHeight = isLines ? 1 : 2;
  const selectedHeight = isLines ? 0 : isRoomy ? 8 : 5;
  const waysHeight = isRoomy ? 5 : 0;
  const body = rows - headerHeight - selectedHeight - waysHeight - 1;
  const wanted = {
    pods: pods === undefined ? 0 : Math.max(1, shown.pods.length),
    recordings: shown.recordings.length,
  };
  const heights = listHeights(body, { isLines, isRoomy, processes: shown.processes.length, ...wanted });
  let y = 0;
  const next = (height: number): Rect => {
    const rect = { x: 0, y, width, height };
    y += height;
    return rect;
  };
  const header = next(headerHeight);
  const lists: Partial<Record<ListName, ListPlace>> = {};
  for (const list of listNames) {
    const height = heights[list];
    if (height === 0) continue;
    const hasTitle = !isLines || list !== 'processes';
    const hasHeads = list === 'processes' ? !isLines : isRoomy;
    const air = isRoomy ? 1 : 0;
    const room = height - Number(hasTitle) - Number(hasHeads) - air;
    lists[list] = { rect: next(height), hasTitle, hasHeads, rows: Math.max(0, room) };
  }
  return {
    shape: isLines ? 'lines' : 'lists',
    header,
    lists,
    selected: selectedHeight === 0 ? undefined : next(selectedHeight),
    ways: waysHeight === 0 ? undefined : next(waysHeight),
    footer: next(1),
  };
}

interface Wanted extends Readonly<Record<ListName, number>> {
  readonly isLines: boolean;
  readonly isRoomy: boolean;
}

/** Rows that processes have not filled are counted in eights, so that one more of them moves nothing. */
const processStep = 8;

function listHeights(body: number, wanted: Wanted): Record<ListName, number> {
  const { isLines, isRoomy } = wanted;
  const around = isRoomy ? 3 : 1; // title, heads, air
  const least = isLines ? 1 : isRoomy ? 4 : 2;
  const heightOf = (rows: number) => (rows === 0 ? 0 : rows + around);
  const [pods, recordings] = [Math.min(wanted.pods, least), Math.min(wanted.recordings, least)];
  const processes = body - heightOf(pods) - heightOf(recordings);
  const taken = Math.ceil((wanted.processes + 1) / processStep) * processStep + (isLines ? 0 : around);
  const spare = Math.max(0, processes - taken);
  const morePods = Math.min(spare, wanted.pods - pods);
  const moreRecordings = Math.min(spare - morePods, wanted.recordings - recordings);
  return {
    processes: processes - morePods - moreRecordings,
    pods: heightOf(pods + morePods),
    recordings: heightOf(recordings + moreRecordings),
  };
}

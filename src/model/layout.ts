import { type PaneId, paneIds } from './action.js';
import type { Size } from './message.js';

/** Cells, from the screen's upper left corner, 0-based. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The columns of a strip chart: Heap, Pauses and Work have the same, so that they share one time scale. */
export interface StripColumns {
  readonly gutter: number;
  readonly chart: number;
  readonly figures: number;
}

/** Where everything stands, in whole cells. The rectangles tile the screen. */
export type Layout =
  | { readonly shape: 'too-small' }
  /** 40x10 up to 79x23: lines of figures. */
  | { readonly shape: 'lines' }
  | PaneLayout;

export interface PaneLayout {
  readonly shape: 'panes';
  readonly header: Rect;
  readonly footer: Rect;
  readonly panes: Readonly<Partial<Record<PaneId, Rect>>>;
  /** The line between strip and side; its joints are where titles meet it. */
  readonly divider: Rect | undefined;
  readonly strip: StripColumns;
}

/** The least screen that shows anything, and the least that has panes. */
export const leastSize: Size = { columns: 40, rows: 10 };
export const leastPanes: Size = { columns: 80, rows: 24 };

const headerRows = 3;
const comingUpPhasesRows = 2;
const footerRows = 1;
const twoColumnsFrom = 120;

/** Rectangles for a size; width picks the columns, height picks the rows. A zoomed pane has all between header and footer. */
export function layout({ columns, rows }: Size, zoom: PaneId | undefined): Layout {
  if (columns < leastSize.columns || rows < leastSize.rows) return { shape: 'too-small' };
  if (columns < leastPanes.columns || rows < leastPanes.rows) return { shape: 'lines' };
  const frame = {
    shape: 'panes',
    header: { x: 0, y: 0, width: columns, height: headerRows },
    footer: { x: 0, y: rows - footerRows, width: columns, height: footerRows },
  } as const;
  const body = { x: 0, y: headerRows, width: columns, height: rows - headerRows - footerRows };
  if (zoom !== undefined) return { ...frame, ...zoomed(body, zoom) };
  return { ...frame, ...(columns >= twoColumnsFrom ? twoColumns(body) : oneColumn(body)) };
}

/** The overview while a source comes up and nothing is measured yet: the list of its steps has the room. */
export function comingUpLayout(size: Size): Layout {
  const usual = layout(size, undefined);
  if (usual.shape !== 'panes') return usual;
  const { heap, phases, traffic, events } = usual.panes;
  if (phases === undefined || traffic === undefined || heap === undefined) return usual;
  const target = (from: Rect, y: number, end: Rect): Rect => ({ ...from, y, height: end.y - y });
  if (usual.divider !== undefined) {
    const short = { ...phases, height: comingUpPhasesRows };
    const steps = target(phases, phases.y + comingUpPhasesRows, traffic);
    return { ...usual, panes: { ...usual.panes, phases: short, target: steps } };
  }
  if (events === undefined) return usual;
  return { ...usual, panes: { target: target(heap, heap.y, events), events, traffic } };
}

/** The panes that the overview has room for, in the order of their digits: those that the focus goes through. */
export const overviewPanes = (size: Size): readonly PaneId[] => panesOf(layout(size, undefined));

/** The panes of a layout, in the order of their digits. */
export const panesOf = (found: Layout): readonly PaneId[] =>
  found.shape === 'panes' ? paneIds.filter((pane) => found.panes[pane] !== undefined) : [];

/** How many columns of time the overview's strip charts have; 0 where there is no room for them. */
export function stripLength(size: Size): number {
  const found = layout(size, undefined);
  return found.shape === 'panes' ? found.strip.chart : 0;
}

type Body = Omit<PaneLayout, 'shape' | 'header' | 'footer'>;

function zoomed(body: Rect, pane: PaneId): Body {
  return { panes: { [pane]: body }, divider: undefined, strip: stripColumns(body.width, wideFrom) };
}

/** Strip and side by side, Events below them over the full width. */
function twoColumns(body: Rect): Body {
  const sideWidth = Math.min(55, 42 + Math.floor((body.width - twoColumnsFrom) / 3));
  const stripWidth = body.width - sideWidth - 1;
  const heights = twoColumnHeights(body.height);
  const strip = { x: 0, width: stripWidth };
  const side = { x: stripWidth + 1, width: sideWidth };
  const pausesY = body.y + heights.heap;
  const workY = pausesY + heights.pauses;
  const eventsY = workY + heights.work;
  const trafficHeight = heights.work === 0 ? heights.pauses : heights.work;
  const trafficY = eventsY - trafficHeight;
  const at = (column: { x: number; width: number }, y: number, height: number): Rect => ({
    ...column,
    y,
    height,
  });
  return {
    panes: {
      heap: at(strip, body.y, heights.heap),
      pauses: at(strip, pausesY, heights.pauses),
      ...(heights.work > 0 && { work: at(strip, workY, heights.work) }),
      phases: at(side, body.y, heights.heap),
      ...(heights.work > 0 && { target: at(side, pausesY, heights.pauses) }),
      traffic: at(side, trafficY, trafficHeight),
      events: { ...body, y: eventsY, height: body.y + body.height - eventsY },
    },
    divider: { x: stripWidth, y: body.y, width: 1, height: eventsY - body.y },
    strip: stripColumns(stripWidth, wideFrom - sideWidth - 1),
  };
}

/** All panes below each other; Target is folded into header and Events, Traffic is one line. */
function oneColumn(body: Rect): Body {
  const heights = oneColumnHeights(body.height);
  const panes: Partial<Record<PaneId, Rect>> = {};
  let y = body.y;
  for (const pane of ['heap', 'pauses', 'work', 'phases', 'events', 'traffic'] as const) {
    const height = heights[pane];
    if (height > 0) panes[pane] = { x: 0, y, width: body.width, height };
    y += height;
  }
  const gutter = heights.work > 0 ? 7 : 4; // Work's labels need the wider one
  return {
    panes,
    divider: undefined,
    strip: { gutter, chart: body.width - gutter - 14, figures: 14 },
  };
}

/** From this width on the strip has its full gutter and figures. */
const wideFrom = 140;

function stripColumns(width: number, wide: number): StripColumns {
  const [gutter, figures] = width >= wide ? [8, 16] : [7, 15];
  return { gutter, chart: width - gutter - figures, figures };
}

/** Rows of the panes that stack; Phases and Traffic stand beside others where there are two columns. */
type Heights = Readonly<Record<'heap' | 'pauses' | 'work' | 'phases' | 'events' | 'traffic', number>>;

/**
 * Rows at 120x24, 40 and 48 by the mock-ups; between them rows are granted one by one, above them Events and Heap
 * take turns. Under 34 rows Work and Target are gone.
 */
function twoColumnHeights(height: number): Heights {
  const least = { heap: 10, pauses: 6, work: 0, phases: 0, events: 4, traffic: 0 };
  if (height < 30) return { ...least, events: height - 16 };
  if (height < 36) return { ...least, work: 6, events: height - 22 };
  const order = ['heap', 'events', 'heap', 'pauses', 'heap', 'heap', 'events', 'heap'] as const;
  return grow({ ...least, work: 6, events: 14 }, { extra: height - 36, order });
}

/** Rows from 80x24 up; Work comes when there is room for all of its six rows. */
function oneColumnHeights(height: number): Heights {
  const least = { heap: 7, pauses: 4, work: 0, phases: 4, events: 4, traffic: 1 };
  const extra = height - 20;
  const withWork = extra >= 18;
  return grow(withWork ? { ...least, work: 6 } : least, {
    extra: withWork ? extra - 6 : extra,
    order: [
      ...([
        'events',
        'pauses',
        'heap',
        'phases',
        'events',
        'heap',
        'pauses',
        'events',
        'phases',
        'heap',
      ] as const),
      ...(['events', 'phases', 'pauses', 'phases', 'events', 'phases', 'heap', 'phases'] as const),
    ],
  });
}

/** Grants extra rows in an order, then to Events and Heap in turn. */
function grow(
  least: Heights,
  { extra, order }: { readonly extra: number; readonly order: readonly (keyof Heights)[] },
): Heights {
  const heights: Record<keyof Heights, number> = { ...least };
  for (let row = 0; row < extra; row++) heights[order[row] ?? (row % 2 === 0 ? 'events' : 'heap')] += 1;
  return heights;
}

import type { PaneId } from '../model/action.js';
import { overviewLayout } from '../model/coming-up.js';
import type { Rect } from '../model/layout.js';
import { layout, leastPanes, leastSize, type PaneLayout } from '../model/layout.js';
import type { Size } from '../model/message.js';
import type { Model } from '../model/model.js';
import { blank, centred, fit, fitEnds, fitHeight, muted } from './line.js';
import { eventsPane } from './panes/events.js';
import { footerLine } from './panes/footer.js';
import { headerLines } from './panes/header.js';
import { heapPane } from './panes/heap.js';
import { helpBox } from './panes/help.js';
import { figureLines } from './panes/lines.js';
import { type Pane, paneBox } from './panes/pane.js';
import { pausesPane } from './panes/pauses.js';
import { phasesPane } from './panes/phases.js';
import { targetPane } from './panes/target.js';
import { trafficLine, trafficPane } from './panes/traffic.js';
import { workPane } from './panes/work.js';
import { type Scene, sceneOf } from './scene.js';
import type { Box, HitArea, Line, ScreenView } from './screen-view.js';
import { asciiOnly } from './text.js';

/** The whole screen as values, for the model's size. */
export function view(model: Readonly<Model>): ScreenView {
  const { size } = model;
  const { zoom } = model.screen;
  const shape = zoom === undefined ? overviewLayout(model) : layout(size, zoom);
  const drawn = shape.shape === 'panes' ? panesScreen(model, shape) : linesScreen(model, shape.shape);
  const help = model.screen.help && shape.shape !== 'too-small' ? [helpBox(model, size)] : [];
  const boxes = [...drawn.boxes, ...help];
  // Under the overlay nothing but the footer answers.
  const hits = help.length > 0 ? drawn.hits.filter(({ rect }) => rect.y === size.rows - 1) : drawn.hits;
  return { size, hits, boxes: model.look.glyphs === 'ascii' ? boxes.map(inAscii) : boxes };
}

type Drawn = Pick<ScreenView, 'boxes' | 'hits'>;

const panes: Readonly<Record<PaneId, Pane>> = {
  heap: heapPane,
  pauses: pausesPane,
  phases: phasesPane,
  work: workPane,
  events: eventsPane,
  target: targetPane,
  traffic: trafficPane,
};

function panesScreen(model: Readonly<Model>, place: PaneLayout): Drawn {
  const scene = sceneOf(model, place.strip);
  const boxes: Box[] = [{ id: 'header', rect: place.header, lines: headerLines(scene, place.header) }];
  const hits: HitArea[] = [];
  for (const [pane, draw] of entriesOf(panes)) {
    const rect = place.panes[pane];
    if (rect === undefined) continue;
    if (rect.height === 1) {
      const { line, hits: pressed } = trafficLine(scene, rect);
      boxes.push({ id: pane, rect, lines: [line] });
      hits.push(...pressed);
      continue;
    }
    const joint = pane === 'events' ? place.divider?.x : undefined;
    const drawn = paneBox(scene, { pane, rect, view: draw(scene, rect), joint });
    boxes.push(drawn.box);
    hits.push(...drawn.hits);
  }
  if (place.divider !== undefined) boxes.push(dividerBox(scene, place, place.divider));
  const footer = footerLine(model, place.footer);
  boxes.push({ id: 'footer', rect: place.footer, lines: [footer.line] });
  return { boxes, hits: [...hits, ...footer.hits] };
}

function* entriesOf(record: typeof panes): Generator<readonly [PaneId, Pane]> {
  for (const pane of paneOrder) yield [pane, record[pane]];
}

const paneOrder: readonly PaneId[] = ['heap', 'pauses', 'work', 'phases', 'target', 'traffic', 'events'];

/** The line between strip and side, with a joint wherever a title rule meets it. */
function dividerBox({ glyphs }: Scene, { panes: rects }: PaneLayout, rect: Rect): Box {
  const tops = (columns: readonly PaneId[]): ReadonlySet<number> =>
    new Set(columns.flatMap((pane) => rects[pane]?.y ?? []));
  const left = tops(['heap', 'pauses', 'work']);
  const right = tops(['phases', 'target', 'traffic']);
  const { joints, column } = glyphs;
  const lines = Array.from({ length: rect.height }, (_, row): Line => {
    const y = rect.y + row;
    if (row === 0) return [muted(joints.below)];
    if (left.has(y) && right.has(y)) return [muted(joints.both)];
    return [muted(left.has(y) ? joints.left : right.has(y) ? joints.right : column)];
  });
  return { id: 'divider', rect, lines };
}

/** What is said where nothing else has room. */
export function tooSmallBox({ columns: width, rows: height }: Size): Box {
  const words = `need ${leastSize.columns}x${leastSize.rows}, have ${width}x${height}`;
  const middle = Math.floor((height - 1) / 2);
  const lines = Array.from({ length: height }, (_, row) =>
    row === middle ? centred(width, words, 'text') : blank(width),
  );
  return { id: 'too-small', rect: { x: 0, y: 0, width, height }, lines };
}

function linesScreen(model: Readonly<Model>, shape: 'lines' | 'too-small'): Drawn {
  const { columns: width, rows: height } = model.size;
  const rect = { x: 0, y: 0, width, height };
  if (shape === 'too-small') return { boxes: [tooSmallBox(model.size)], hits: [] };
  const body = { ...rect, height: height - 1 };
  const scene = sceneOf(model, { gutter: 0, chart: 1, figures: 0 });
  const footerRect = { ...rect, y: height - 1, height: 1 };
  const more = `${leastPanes.columns}x${leastPanes.rows}+ `;
  const footer = footerLine(model, { ...footerRect, width: width - more.length });
  return {
    boxes: [
      { id: 'lines', rect: body, lines: fitHeight(figureLines(scene, body), body) },
      {
        id: 'footer',
        rect: footerRect,
        lines: [fitEnds(width, footer.line, fit(more.length, [muted(more)]))],
      },
    ],
    hits: footer.hits,
  };
}

/** Where no UTF-8 is, what text from outside and units still hold is rewritten. */
export function inAscii(box: Box): Box {
  return {
    ...box,
    lines: box.lines.map((line) => line.map(({ text, role }) => ({ text: asciiOnly(text), role }))),
  };
}

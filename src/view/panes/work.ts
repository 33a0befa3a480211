import { isPod } from '../../model/coming-up.js';
import type { Rect } from '../../model/layout.js';
import { fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line, Role } from '../screen-view.js';
import { sparkline } from '../sparkline.js';
import { firstThatFits } from '../text.js';
import { axisLabels } from '../time-axis.js';
import type { PaneView } from './pane.js';
import { type WorkRow, workRows } from './work-rows.js';

/** What the program allocated and the collector did for it, a row each, with the mean of the window; zoomed, higher. */
export function workPane(scene: Scene, rect: Rect): PaneView {
  const rows = workRows(scene, rect.height - 1);
  const each = Math.max(1, Math.floor((rect.height - 2) / rows.length));
  const isHigh = scene.model.screen.zoom === 'work' && each > 1;
  const spare = rect.height - 2 - each * rows.length;
  const drawn = rows.flatMap((row, index): readonly Line[] =>
    isHigh
      ? highLines(scene, { row, width: rect.width, height: each + (index < spare ? 1 : 0) })
      : [workLine(scene, { row, width: rect.width })],
  );
  const ofAssists = rows
    .map(({ label }) => label)
    .filter((label) => label === 'owed' || label === 'done')
    .join(', ');
  const labels = fit(rect.width, [
    ' '.repeat(scene.strip.gutter),
    muted(axisLabels(scene.axis, scene.clock)),
  ]);
  return {
    name: 'Work',
    legends: [
      ...(isHigh && isPod(scene.model) ? [[muted(markWords)]] : []),
      ...(ofAssists === '' ? [] : [[muted(`${ofAssists}: scan work of assists   mean of the window`)]]),
      [muted('mean of the window')],
      [],
    ],
    lines: isHigh ? [...drawn, labels] : drawn,
  };
}

/** What the original demo's view of marking shows, too: gcDrainN is reached from assists alone. */
const markWords = 'mark: by assists, workers are not seen   mean of the window';

function workLine(scene: Scene, { row, width }: { row: WorkRow; width: number }): Line {
  return fit(width, [
    ...label(scene, row.label),
    ...(row.words === undefined
      ? hatched(scene, span(sparkline(row.values, row), row.role))
      : [muted(wordsFor(row.words, scene.axis.columns))]),
    ...figurePieces(row),
  ]);
}

const label = ({ strip }: Scene, text: string): readonly Piece[] => {
  const lead = strip.gutter >= 8 ? ' ' : '';
  return [lead, muted(text.padEnd(strip.gutter - lead.length))];
};

const figurePieces = ({ figure }: WorkRow): readonly Piece[] => [
  ' ',
  figure.value.padStart(4),
  muted(` ${figure.unit}`),
];

const wordsFor = (words: string, columns: number): string =>
  firstThatFits([words, words.replace('no data yet: ', '').replace('not available: ', '')], columns)
    .slice(0, columns)
    .padEnd(columns);

/** A chart of several rows over one blank one: each row of cells draws its part of the scale. */
function highLines(
  scene: Scene,
  { row, width, height }: { row: WorkRow; width: number; height: number },
): readonly Line[] {
  const chartRows = height - 1;
  const lines: Line[] = [];
  for (let index = 0; index < chartRows; index++) {
    const isMiddle = index === chartRows >> 1;
    const text =
      row.words === undefined
        ? partOfScale(row, index, chartRows)
        : (isMiddle ? wordsFor(row.words, scene.axis.columns) : '').padEnd(scene.axis.columns);
    lines.push(
      fit(width, [
        ...label(scene, isMiddle ? row.label : ''),
        ...hatched(scene, span(text, row.words === undefined ? row.role : 'muted')),
        ...(isMiddle ? figurePieces(row) : []),
      ]),
    );
  }
  return [...lines, fit(width, [])];
}

/** The cells of one row of a chart; a line is only in the row in which its value lies. */
function partOfScale(
  { values, low, high, levels, label: name }: WorkRow,
  index: number,
  rows: number,
): string {
  const step = (high - low) / rows;
  const from = low + step * (rows - 1 - index);
  const isLine = name === 'ratio';
  const shown = isLine
    ? values.map((value) => (isInRow(value, { from, step, isTop: index === 0 }) ? value : Number.NaN))
    : values;
  return sparkline(shown, { low: from, high: from + step, levels });
}

const isInRow = (
  value: number,
  { from, step, isTop }: { from: number; step: number; isTop: boolean },
): boolean => value > from && (isTop || value <= from + step);

function hatched({ gaps, glyphs }: Scene, { text, role }: { text: string; role: Role }): readonly Piece[] {
  const pieces: Piece[] = [];
  let column = 0;
  for (const { from, to } of gaps) {
    if (to <= column) continue;
    const begin = Math.max(from, column);
    pieces.push(span(text.slice(column, begin), role), muted(glyphs.gap.repeat(to - begin)));
    column = to;
  }
  return [...pieces, span(text.slice(column), role)];
}

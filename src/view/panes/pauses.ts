import { nanos } from '../../gc/units.js';
import { isComingUp, isPod } from '../../model/coming-up.js';
import { stopsAreSummed } from '../../model/cycle-stops.js';
import type { Rect } from '../../model/layout.js';
import type { Stop } from '../../model/model.js';
import { type Canvas, canvasRow, newCanvas, severalSign, write } from '../chart.js';
import { count, windowLength } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { fit, muted, type Piece, span } from '../line.js';
import { classLabels, type PauseScale, pauseScale, rowOfPause } from '../pause-scale.js';
import type { Scene } from '../scene.js';
import { columnOf } from '../time-axis.js';
import { legendEntry, type PaneView } from './pane.js';
import { waitsFor } from './pod-words.js';
import { foreignStopsByReason, isForeign } from './stop-words.js';
import { noCycleYet, wordsInTheMiddle } from './words.js';

/** Stops of the world on a logarithmic scale, under the teeth that caused them; at the right their histogram of 60 s. */
export function pausesPane(scene: Scene, rect: Rect): PaneView {
  const rows = rect.height - 1;
  const { knownToNs, fromNs } = scene.axis;
  const counted = scene.model.stops.between(nanos(knownToNs - scene.pauses.windowNs), knownToNs);
  const drawn = [...scene.model.earlier, scene.model].flatMap(({ stops }) =>
    stops.between(fromNs, knownToNs),
  );
  const legends = pauseLegends(scene, { drawn, counted });
  if (counted.length === 0 && drawn.length === 0) {
    return {
      name: 'Pauses',
      legends,
      lines: wordsInTheMiddle(noStopYet(scene), { width: rect.width, height: rows }),
    };
  }
  const scale = pauseScale(
    (counted.length > 0 ? counted : drawn).map((stop) => stop.durationNs),
    rows,
  );
  const labels = classLabels(scale, scene.strip.gutter > 4 ? 'units' : 'narrow');
  const canvas = drawStops(scene, { stops: drawn, scale });
  const histogram = countByRow(counted, scale);
  const lines = labels.rows.map((label, row) =>
    fit(rect.width, [
      muted(`${label}${scene.glyphs.axis.tick}`.padStart(scene.strip.gutter)),
      ...canvasRow(canvas, row, { glyphs: scene.glyphs, area: 'stop' }),
      ...histogramRow(scene, { histogram, row, scale }),
    ]),
  );
  return { name: `Pauses${labels.unit === '' ? '' : `  ${labels.unit}`}`, legends, lines };
}

/** The probes by which a pod's stops are timed. */
const stopProbes = ['stopTheWorldWithSema', 'startTheWorldWithSema'] as const;

function noStopYet(scene: Scene): readonly string[] {
  const waits = waitsFor(scene, stopProbes);
  if (waits === undefined) return noCycleYet(scene);
  const how = 'a pause will be timed from one to the other, so it reads a little short; it is marked derived';
  return isComingUp(scene.model) ? [waits, '', how] : [waits];
}

function drawStops(scene: Scene, { stops, scale }: { stops: readonly Stop[]; scale: PauseScale }): Canvas {
  const { axis, glyphs } = scene;
  const canvas = newCanvas(axis.columns, scale.rows);
  const counts = new Uint8Array(axis.columns * scale.rows);
  for (const stop of stops) {
    const x = columnOf(axis, stop.atNs);
    if (x < 0 || x >= axis.columns) continue;
    const y = rowOfPause(scale, stop.durationNs);
    const several = Math.min(10, (counts[y * axis.columns + x] ?? 0) + 1);
    counts[y * axis.columns + x] = several;
    write(canvas, { x, y }, span(several === 1 ? stopSign(glyphs, stop) : severalSign(several), 'stop'));
  }
  for (const { from, to } of scene.gaps) {
    for (let y = 0; y < scale.rows; y++) {
      write(canvas, { x: from, y }, muted(glyphs.gap.repeat(to - from)));
    }
  }
  return canvas;
}

function stopSign({ stopKind }: Glyphs, { reason }: Stop): string {
  switch (reason) {
    case 'sweep-termination':
      return stopKind.sweepTermination;
    case 'mark-termination':
    case 'cycle':
      return stopKind.markTermination;
    default:
      return stopKind.other;
  }
}

function countByRow(stops: readonly Stop[], scale: PauseScale): Uint32Array {
  const counts = new Uint32Array(scale.rows);
  for (const stop of stops) {
    const row = rowOfPause(scale, stop.durationNs);
    counts[row] = (counts[row] ?? 0) + 1;
  }
  return counts;
}

/** The bar of a class, its count, and the percentiles that fall in it. */
function histogramRow(
  { strip, pauses, glyphs }: Scene,
  { histogram, row, scale }: { histogram: Uint32Array; row: number; scale: PauseScale },
): readonly Piece[] {
  // A blank stays before the line at the right.
  const barWidth = strip.figures >= 16 ? 5 : 4;
  const inRow = histogram[row] ?? 0;
  const most = histogram.reduce((max, value) => Math.max(max, value), 1);
  const bar = glyphs.bar.marked.repeat(Math.ceil((inRow / most) * barWidth));
  const isHere = (percentileNs: number | undefined): boolean =>
    percentileNs !== undefined && rowOfPause(scale, percentileNs) === row;
  const percentile = isHere(pauses.p99Ns) ? 'p99' : isHere(pauses.p50Ns) ? 'p50' : '';
  return [
    ' ',
    span(bar.padEnd(barWidth), 'stop'),
    `${countText(inRow)}x`.padStart(5),
    ' ',
    span(percentile, 'text'),
  ];
}

const countText = (value: number): string => (value < 1e4 ? String(value) : `${Math.round(value / 1e3)}k`);

function pauseLegends(
  { glyphs, pauses, model }: Scene,
  { drawn, counted }: { readonly drawn: readonly Stop[]; readonly counted: readonly Stop[] },
): readonly (readonly Piece[])[] {
  const isSeen = model.attachedAtNs !== undefined || !isPod(model);
  const total = muted(isSeen ? `${count(pauses.count)} in ${windowLength(pauses.windowNs)}` : '');
  const { sweepTermination, markTermination, other } = glyphs.stopKind;
  const stop = (sign: string): Piece => span(sign, 'stop');
  // All of them are in the percentiles: how many are not the collector's, and why, belongs beside these.
  const foreign = foreignStopsByReason(counted);
  const times = count(counted.filter(({ reason }) => isForeign(reason)).length);
  const others = foreign === '' ? ['other'] : [`other: ${foreign}`, `other: ${times}`, 'other'];
  const ofOthers = (words: (others: readonly Piece[]) => readonly Piece[]): readonly (readonly Piece[])[] =>
    others.map((word) => words([...legendEntry(stop(other), ` ${word}${isSeen ? '    ' : ''}`), total]));
  const kinds = (first: string, second: string): readonly (readonly Piece[])[] =>
    ofOthers((rest) => [
      ...legendEntry(stop(sweepTermination), ` ${first}  `),
      ...legendEntry(stop(markTermination), ` ${second}  `),
      ...rest,
    ]);
  if (stopsAreSummed(model)) {
    const summed = (words: string): readonly (readonly Piece[])[] =>
      ofOthers((rest) => [...legendEntry(stop(markTermination), ` ${words}  `), ...rest]);
    return [...summed('both stops of a cycle'), ...summed('per cycle'), [muted('per cycle')]];
  }
  const hasSums = drawn.some(({ reason }) => reason === 'cycle');
  const mark = hasSums ? 'mark term. or per cycle' : 'mark term.';
  return [...kinds('sweep term.', mark), ...kinds('sweep t.', 'mark t.'), [total]];
}

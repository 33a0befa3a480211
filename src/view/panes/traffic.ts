import { isPod } from '../../model/coming-up.js';
import type { Rect } from '../../model/layout.js';
import { type Clickable, clickableLine, pieceOf } from '../clickable.js';
import { byteSize, count, duration } from '../format.js';
import { bad, fit, muted, type Piece, span, widthOf } from '../line.js';
import type { Scene } from '../scene.js';
import type { HitArea, Line } from '../screen-view.js';
import { plain } from '../text.js';
import { answerWordings, gcSentence, lastAnswer, narrowAnswer } from './last-answer.js';
import type { PaneView } from './pane.js';
import { bareField, buttons, field } from './traffic-fields.js';

/** Buttons and fields of the traffic that gctop sends, and the last answer with the collector's part in it. */
export function trafficPane(scene: Scene, rect: Rect): PaneView {
  const { address } = scene.model.traffic;
  const wide = rect.width >= 50;
  const rows =
    address === undefined
      ? withoutAddress(scene, wide)
      : [buttons(scene, wide ? 'long' : 'short'), ...(wide ? wideRows(scene) : narrowRows(scene))];
  const lines: Line[] = [];
  const hits: HitArea[] = [];
  rows.slice(0, rect.height - 1).forEach((row, index) => {
    const drawn = clickableLine(row, { x: rect.x, y: rect.y + 1 + index, width: rect.width });
    lines.push(drawn.line);
    hits.push(...drawn.hits);
  });
  if (address === undefined) return { name: 'Traffic', legends: [], lines, hits };
  const up = span(`${scene.glyphs.state.up} `, 'gc');
  const shortAddress = plain(address).replace(/^https?:\/\//, '');
  return {
    name: 'Traffic',
    legends: [...(wide ? [[up, muted(plain(address))]] : []), [up, muted(shortAddress)], []],
    lines,
    hits,
  };
}

/** All of it in one row, without a title. */
export function trafficLine(
  scene: Scene,
  rect: Rect,
): { readonly line: Line; readonly hits: readonly HitArea[] } {
  const { address } = scene.model.traffic;
  if (address === undefined) return { line: fit(rect.width, [' ', muted(whyNone(scene))]), hits: [] };
  if (scene.model.screen.editing !== undefined) return clickableLine(formRow(scene), rect);
  const { ratePerSecond } = scene.model.traffic;
  const row: readonly Clickable[] = [
    // What is sent steadily needs room for its rate.
    ...buttons(scene, ratePerSecond > 0 ? 'brief' : 'short'),
    '  ',
    bareField(scene, 'length'),
    muted(' x '),
    bareField(scene, 'bytes'),
    ...(ratePerSecond > 0 ? [' ', bareField(scene, 'rate')] : []),
    '  ',
  ];
  const room = rect.width - widthOf(row.map(pieceOf));
  const wordings = answerWordings(scene);
  const answer = wordings.find((pieces) => widthOf(pieces) <= room) ?? wordings.at(-1) ?? [];
  return clickableLine([...row, ...answer], rect);
}

/** While a field is edited, all of them and no buttons. */
const formRow = (scene: Scene): readonly Clickable[] => [
  ...lengthAndBytes(scene),
  muted('  rate '),
  field(scene, 'rate'),
  muted('  = '),
  byteSize(requestBytes(scene)).trim(),
];

/** Why nothing can be sent. */
const whyNone = ({ model, model: { state } }: Scene): string =>
  state.kind === 'replay' || (state.kind === 'ended' && state.replay)
    ? 'a recording: nothing can be sent to it'
    : isPod(model)
      ? 'no address yet: waits for the port-forward'
      : 'no address: --traffic URL';

/** In a recording, what was answered then. */
function withoutAddress(scene: Scene, wide: boolean): readonly (readonly Clickable[])[] {
  const { last, ok, failed } = scene.model.traffic;
  const why = [' ', muted(whyNone(scene))];
  if (last === undefined) return [why];
  const counts = [muted(' ok     '), count(ok), '  ', failures(failed), muted('   p50 '), p50Latency(scene)];
  return [why, counts, ...(wide ? answerRows(scene) : [narrowAnswer(scene)])];
}

function wideRows(scene: Scene): readonly (readonly Clickable[])[] {
  return [
    [...lengthAndBytes(scene), muted('  = '), byteSize(requestBytes(scene)).trim()],
    [...rateAndCounts(scene), muted('   p50 '), p50Latency(scene)],
    ...answerRows(scene),
  ];
}

function answerRows(scene: Scene): readonly (readonly Clickable[])[] {
  const { last } = scene.model.traffic;
  const answer = last?.answer;
  return [
    [...lastAnswer(scene), ...(last === undefined ? [] : ['   ', ...gcSentence(scene)])],
    ['        ', muted(answer === undefined ? '' : `"${plain(answer)}"`)],
  ];
}

function narrowRows(scene: Scene): readonly (readonly Clickable[])[] {
  const each = `= ${byteSize(requestBytes(scene)).trim()} each`;
  return [
    lengthAndBytes(scene),
    rateAndCounts(scene),
    [muted(' p50    '), p50Latency(scene), '     ', muted(each)],
    narrowAnswer(scene),
  ];
}

const lengthAndBytes = (scene: Scene): readonly Clickable[] => [
  muted(' length '),
  field(scene, 'length'),
  muted('  bytes each '),
  field(scene, 'bytes'),
];

function rateAndCounts(scene: Scene): readonly Clickable[] {
  const { ok, failed } = scene.model.traffic;
  return [
    muted(' rate   '),
    field(scene, 'rate'),
    muted('  ok '),
    count(ok).padStart(5),
    '  ',
    failures(failed),
  ];
}

const failures = (failed: number): Piece => (failed > 0 ? bad : muted)(`failed ${count(failed)}`);

const requestBytes = ({ model: { traffic } }: Scene): number => traffic.arrayLength * traffic.bytesPerElement;

function p50Latency({ model: { traffic } }: Scene): string {
  const sorted = traffic.latenciesNs.toSorted((a, b) => a - b);
  return duration(sorted[(sorted.length - 1) >> 1]);
}

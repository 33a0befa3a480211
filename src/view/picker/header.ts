import type { Rect } from '../../model/layout.js';
import type { FieldName, PickerAction } from '../../model/picker/picker.js';
import { clickableLine } from '../clickable.js';
import { count } from '../format.js';
import { fitEnds, fitHeight, muted, type Piece, span, widthOf } from '../line.js';
import type { Line } from '../screen-view.js';
import { firstThatFits, plain } from '../text.js';
import { clockParts } from '../wall-clock.js';
import type { Drawn, PickerScene } from './scene.js';

/** What is asked, and below it what is typed, or what was looked at. */
export function headerBox(scene: PickerScene, rect: Rect): Drawn {
  const { model, place } = scene;
  const { nowUnixMs, utcOffsetMinutes, field } = model;
  const { hours, minutes, seconds } = clockParts(nowUnixMs + utcOffsetMinutes * 60e3);
  const { width } = rect;
  const question: readonly Piece[] = [span(' gctop', 'focus'), '  what shall be watched?'];
  const first = fitEnds(width, question, [`${hours}:${minutes}:${seconds} `]);
  if (place.shape === 'lines') {
    const isPlain = field === undefined && model.filter === '';
    return {
      box: { id: 'header', rect, lines: [isPlain ? linesHeader(scene, width) : fieldLine(scene, width)] },
      hits: [],
    };
  }
  const second = statusLine(scene, width);
  const { hits } = clickableLine<PickerAction>(
    [{ piece: ' '.repeat(width), action: { type: 'ask', field: 'filter' } }],
    { x: 0, y: rect.y + 1, width },
  );
  return { box: { id: 'header', rect, lines: fitHeight([first, second], rect) }, hits };
}

function statusLine(scene: PickerScene, width: number): Line {
  const { field, filter } = scene.model;
  if (field !== undefined || filter !== '') return fieldLine(scene, width);
  return fitEnds(width, [muted(` ${firstThatFits(looked(scene), width - 2)}`)], []);
}

const linesHeader = (scene: PickerScene, width: number): Line =>
  fitEnds(width, [span(' gctop', 'focus'), muted(` ${firstThatFits(looked(scene), width - 8)}`)], []);

/** How far the look at this host has come, in wordings from long to short. */
function looked({ model: { processes } }: PickerScene): readonly string[] {
  if (processes === undefined) return ['looking at the processes of this host', 'looking'];
  const { total, pending, unreadable, asRoot, processes: found } = processes;
  const go = `${count(found.length)} Go process${found.length === 1 ? '' : 'es'}`;
  if (pending > 0) return [`${go} so far; ${count(pending)} more are being looked at`, `${go} so far`];
  const of = `${go} of ${count(total)}`;
  if (unreadable === 0) return [of];
  const closed = `${count(unreadable)} may not be looked into`;
  const short = `${of}; ${count(unreadable)} closed`;
  return asRoot
    ? [`${of}; ${closed}`, short]
    : [`${of}; ${closed}: run gctop as root`, `${of}; ${closed}`, short];
}

const labels: Readonly<Record<FieldName, string>> = {
  filter: 'filter',
  command: 'start',
  gctrace: 'gctrace file',
};

const widestField = 60;

/** A field with what was typed, whose end is always seen. */
function fieldLine({ model, rows }: PickerScene, width: number): Line {
  const { field, filter } = model;
  const name = field?.name ?? 'filter';
  const text = plain(field?.text ?? filter);
  const found = rows.processes.length + rows.pods.length + rows.recordings.length;
  const all =
    (model.processes?.processes.length ?? 0) +
    (model.pods?.state === 'listed' ? model.pods.pods.length : 0) +
    model.recordings.length;
  const right: readonly Piece[] = name === 'filter' ? [muted(`${found} of ${all} match `)] : [];
  const label = ` ${labels[name]}  `;
  const room = Math.min(widestField, width - label.length - widthOf(right) - 5);
  const cursor = field === undefined ? '' : '_';
  const shown = (text + cursor).slice(-Math.max(1, room)).padEnd(Math.max(1, room));
  const role = field === undefined ? 'text' : 'focus';
  return fitEnds(width, [span(label, role), muted('[ '), span(shown, role), muted(' ]')], right);
}

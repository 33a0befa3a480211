import { gcShareOfAnswer } from '../../model/answers.js';
import type { GcShare } from '../../model/journal-entry.js';
import { duration, share } from '../format.js';
import { bad, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import { failureReason } from './answer-words.js';

/** `last   g 200   174 ms`. */
export function lastAnswer(scene: Scene): readonly Piece[] {
  const { last, pending } = scene.model.traffic;
  if (last === undefined)
    return [muted(' last   '), muted(pending > 0 ? `${pending} under way` : 'no answer yet')];
  return [muted(' last   '), ...statusPieces(scene), `  ${duration(last.slowestNs)}`];
}

/** `GC  118 ms of it (68 %)`. */
export function gcSentence(scene: Scene): readonly Piece[] {
  const { ns, part } = gcOfLast(scene);
  if (ns === 'pending') return isSteady(scene) ? [] : [muted('GC share in a moment')];
  if (ns === undefined) return [muted('GC share not known')];
  if (ns === 0) return [muted('no GC in it')];
  return [span('GC', 'gc'), ` ${duration(ns)} of it${part === undefined ? '' : ` (${share(part).trim()})`}`];
}

/** The last answer with the collector's part in it, or why it failed. */
export function narrowAnswer(scene: Scene): readonly Piece[] {
  const reason = lastReason(scene);
  if (reason !== '') return [muted(' last   '), ...statusPieces(scene), `  ${reason}`];
  const gc = gcWords(scene);
  return [...lastAnswer(scene), gc === '' ? '' : `  ${gc.endsWith('%') ? `${gc} of it` : gc}`];
}

/** The same for a line, in wordings from long to short. */
export function answerWordings(scene: Scene): readonly (readonly Piece[])[] {
  const { last } = scene.model.traffic;
  if (last === undefined) return [[muted('no answer yet')]];
  const reason = lastReason(scene);
  if (reason !== '') return [[...statusPieces(scene), ` ${reason}`]];
  const answer = [...statusPieces(scene), ` ${duration(last.slowestNs)}`];
  return [[...answer, ` ${gcWords(scene)}`.trimEnd()], answer];
}

const lastReason = ({ model: { traffic } }: Scene): string =>
  traffic.last === undefined ? '' : failureReason(traffic.last);

/** `g 200`, or `g ! failed` where no answer came. */
function statusPieces({ model }: Scene): readonly Piece[] {
  const { last } = model.traffic;
  if (last === undefined) return [];
  const status = last.status === undefined ? 'failed' : String(last.status);
  return [`${last.button} `, last.failed > 0 ? bad(`! ${status}`) : status];
}

/** The newest answer of steady traffic mostly is too new to say, and there is no use in saying so all the time. */
const isSteady = ({ model }: Scene): boolean => model.traffic.last?.button === 'rate';

function gcOfLast({ model, live }: Scene): { readonly ns: GcShare; readonly part: number | undefined } {
  const { last } = model.traffic;
  if (last === undefined) return { ns: undefined, part: undefined };
  const ns = gcShareOfAnswer(live, last);
  const wholeNs = last.endedAtNs - last.startedAtNs;
  return { ns, part: typeof ns !== 'number' || wholeNs <= 0 ? undefined : ns / wholeNs };
}

function gcWords(scene: Scene): string {
  const { ns, part } = gcOfLast(scene);
  if (ns === 'pending') return isSteady(scene) ? '' : 'GC in a moment';
  if (part === undefined) return '';
  return part === 0 ? 'no GC' : `GC ${share(part).trim()}`;
}

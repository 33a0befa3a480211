import type { Note, TrafficReport } from '../gc/stream.js';
import type { Nanos } from '../gc/units.js';
import { gcShareOf } from './gc-share.js';
import { type GcShare, type JournalKind, journalKinds } from './journal-entry.js';
import type { Model } from './model.js';
import { tell } from './tell.js';
import { showToast } from './toast.js';

const latencyCapacity = 256;
const unsettledCapacity = 64;
const answerStaysNs = 5e9;

/** News that is no event of the collector: to the log, what traffic was answered also to Traffic. */
export function addNote(model: Model, note: Note & { readonly atNs: Nanos }): void {
  const { atNs, code, level, text } = note;
  if (level === 'error') showToast(model, text);
  if (note.traffic !== undefined) {
    addAnswer(model, note.traffic);
    return;
  }
  if (code === 'traffic.sent') model.traffic.pending++;
  if (code === 'target.exited') {
    model.exitedAtNs = atNs;
    model.running = undefined;
  }
  const output = code === 'target.output' ? ({ isOutput: true } as const) : {};
  tell(model, { atNs, type: 'note', kind: kindOf(code), level, text, ...output });
}

/**
 * Says for good how long the collector ran during answers. A cycle may be told up to `latenessNs` after its end, so
 * that what was said when the answer came may have been too little.
 */
export function settleAnswers(model: Model): void {
  for (;;) {
    const [report] = model.traffic.unsettled;
    if (report === undefined || !isSettled(model, report)) return;
    settleOldest(model);
  }
}

/** For how long the collector ran during an answer; `pending` while a cycle of that time may still be told. */
export const gcShareOfAnswer = (model: Readonly<Model>, report: TrafficReport): GcShare =>
  isSettled(model, report) || model.attachedAtNs === undefined
    ? gcShareOf(model, report.startedAtNs, report.endedAtNs)
    : 'pending';

const isSettled = ({ nowNs, state, target }: Readonly<Model>, { endedAtNs }: TrafficReport): boolean =>
  state.kind === 'ended' || nowNs >= endedAtNs + (target?.latenessNs ?? 0);

/** The stream is over: what is known now is all that there will be. */
export function settleAllAnswers(model: Model): void {
  while (model.traffic.unsettled.length > 0) settleOldest(model);
}

function addAnswer(model: Model, report: TrafficReport): void {
  const { traffic } = model;
  const isSteady = report.button === 'rate';
  const isFirstFailure = report.failed > 0 && traffic.failed === 0;
  traffic.ok += Math.max(0, report.requests - report.failed);
  traffic.failed += report.failed;
  traffic.latenciesNs.push(report.slowestNs);
  if (traffic.latenciesNs.length > latencyCapacity) traffic.latenciesNs.shift();
  if (!isSteady) traffic.pending = Math.max(0, traffic.pending - 1);
  if (!isSteady) traffic.lastOfButton = report;
  if (!isSteady || !isStillShown(traffic.last, report)) traffic.last = report;
  // Steady traffic would push everything else out of the log.
  if (isSteady && !isFirstFailure) return;
  tell(model, { atNs: report.endedAtNs, type: 'answer', report, gcNs: gcShareOfAnswer(model, report) });
  traffic.unsettled.push(report);
  if (traffic.unsettled.length > unsettledCapacity) settleOldest(model);
}

/** The answer to a key can be read for a while before steady traffic takes its place. */
const isStillShown = (last: TrafficReport | undefined, newer: TrafficReport): boolean =>
  last !== undefined && last.button !== 'rate' && newer.endedAtNs - last.endedAtNs < answerStaysNs;

function settleOldest(model: Model): void {
  const report = model.traffic.unsettled.shift();
  if (report === undefined) return;
  model.journal.settle(report, gcShareOf(model, report.startedAtNs, report.endedAtNs));
}

/** The first word of a note's code, where the log has such a kind of line. */
function kindOf(code: string): JournalKind {
  const word = code.split('.', 1)[0];
  return journalKinds.find((kind) => kind === word) ?? 'note';
}

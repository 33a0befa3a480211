import { isPod } from '../../model/coming-up.js';
import { byteSize, duration, fineShare } from '../format.js';
import { centred } from '../line.js';
import type { Scene } from '../scene.js';
import { watchedNs } from '../scene.js';
import type { Line } from '../screen-view.js';
import { firstThatFits, plain, wrap } from '../text.js';
import { firstFigures, waitsFor } from './pod-words.js';

/** What a pod's cycles are known from. */
const cycleProbes = ['gcStart', 'gcMarkTermination'] as const;

/** Sentences in the middle of an empty pane, broken to its width. */
export function wordsInTheMiddle(
  sentences: readonly string[],
  { width, height }: { readonly width: number; readonly height: number },
): Line[] {
  const room = Math.max(1, width - 2);
  const texts =
    height === 1 ? [briefly(sentences, room)] : sentences.flatMap((sentence) => wrap(sentence, room));
  const before = Math.max(0, Math.floor((height - texts.length) / 2));
  return Array.from({ length: height }, (_, row) => centred(width, texts[row - before] ?? '', 'muted'));
}

/** The first sentence in a single row: without its begin or its end where it is too long. */
const briefly = ([sentence = '']: readonly string[], room: number): string =>
  firstThatFits([sentence, sentence.replace('no data yet: ', ''), sentence.replace(/ ?[(;,].*$/, '')], room);

/** Why there is no figure at all yet; undefined as soon as the heap was read or a cycle ended. */
export function nothingYet(scene: Scene): readonly string[] | undefined {
  const { model } = scene;
  const first = firstFigures(scene);
  if (first !== undefined) return [first];
  if (model.heap.latest !== undefined || model.cycles.total > 0 || model.earlier.length > 0) return undefined;
  if (model.state.kind === 'ended') return ['the watch ended before anything could be read'];
  const target = model.target?.target;
  if (isPod(model)) {
    const waits = waitsFor(scene, cycleProbes);
    return waits === undefined ? undefined : [waits];
  }
  if (target === undefined) return ['waiting for the program to watch'];
  if (target.source === 'gctrace') return ['no gctrace line yet: each cycle prints one at its end'];
  if (target.source !== 'local') return [`no data yet from ${target.source}`];
  return [`reading the runtime's layout of ${plain(target.goVersion ?? 'this Go program')}`];
}

/** Why there is no cycle yet, and what will make one. */
export function noCycleYet(scene: Scene): readonly string[] {
  const nothing = nothingYet(scene);
  if (nothing !== undefined) return nothing;
  if (scene.figures.goal === 'none') return [gcIsOff(scene)];
  const came = watchedNs(scene);
  const since = came === undefined || came < 1e9 ? '' : `, ${duration(came).trim()} ago`;
  const { goalShare, live } = scene.figures;
  if (live === undefined) return [`no cycle since gctop came${since}${forceHint(scene)}`];
  if (goalShare === undefined)
    return [`no cycle since gctop came${since}; the heap is ${byteSize(live).trim()}`];
  return [`no cycle since gctop came${since}; the heap is at ${fineShare(goalShare).trim()} of its goal`];
}

/** When the next cycle is expected; from a millisecond on, for less is no forecast. */
export function nextCycleWords(inNs: number | undefined): string {
  if (inNs === undefined) return '';
  return inNs < 1e6 ? 'next now' : `next ~${duration(inNs).trim()}`;
}

const gcIsOff = (scene: Scene): string =>
  `GOGC=off and no memory limit: no cycle will start by itself${forceHint(scene)}`;

const forceHint = ({ model }: Scene): string =>
  model.traffic.address === undefined ? '' : ' (c forces one)';

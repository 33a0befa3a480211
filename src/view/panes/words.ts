import { byteSize, duration, fineShare } from '../format.js';
import { centred } from '../line.js';
import type { Scene } from '../scene.js';
import { watchedNs } from '../scene.js';
import type { Line } from '../screen-view.js';
import { plain, wrap } from '../text.js';

/** Sentences in the middle of an empty pane, broken to its width. */
export function wordsInTheMiddle(
  sentences: readonly string[],
  { width, height }: { readonly width: number; readonly height: number },
): Line[] {
  const texts = sentences.flatMap((sentence) => wrap(sentence, Math.max(1, width - 2)));
  const before = Math.max(0, Math.floor((height - texts.length) / 2));
  return Array.from({ length: height }, (_, row) => centred(width, texts[row - before] ?? '', 'muted'));
}

/** Why there is no figure at all yet; undefined as soon as the heap was read or a cycle ended. */
export function nothingYet({ model }: Scene): readonly string[] | undefined {
  if (model.heap.latest !== undefined || model.cycles.total > 0) return undefined;
  if (model.state.kind === 'ended') return ['the watch ended before anything could be read'];
  const target = model.target?.target;
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
  const since = came === undefined ? '' : `, ${duration(came).trim()} ago`;
  const { goalShare, live } = scene.figures;
  if (goalShare === undefined)
    return [`no cycle since gctop came${since}; the heap is ${byteSize(live).trim()}`];
  return [`no cycle since gctop came${since}; the heap is at ${fineShare(goalShare).trim()} of its goal`];
}

/** When the next cycle is expected; from a millisecond on, for less is no forecast. */
export function nextCycleWords(inNs: number | undefined): string {
  if (inNs === undefined) return '';
  return inNs < 1e6 ? 'next now' : `next ~${duration(inNs).trim()}`;
}

function gcIsOff({ model }: Scene): string {
  const hint = model.traffic.address === undefined ? '' : ' (c forces one)';
  return `GOGC=off and no memory limit: no cycle will start by itself${hint}`;
}

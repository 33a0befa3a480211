import type { HeapReading } from '../../gc/event.js';
import { isPod } from '../../model/coming-up.js';
import { isOver } from '../../model/is-over.js';
import type { Model } from '../../model/model.js';
import { byteSize, duration } from '../format.js';
import { bad, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Span } from '../screen-view.js';
import { plain } from '../text.js';
import { cycleUnderWay, isSweeping, knowsEndsOnly } from '../under-way.js';
import { podStateWord } from './pod-words.js';

/** How sure the figures are, in one word; nothing before the target is known. */
export function evidenceWord({ target, cycles }: Readonly<Model>): readonly Piece[] {
  if (target === undefined) return [];
  const { evidence, everyCycleWhole } = target.capabilities;
  if (evidence !== 'exact') return [evidence];
  if (!everyCycleWhole) return [bad('! memory only')];
  return [cycles.last?.cycle.evidence === 'partial' ? bad('! partial') : 'exact'];
}

/** How the picture stands to the time: live, frozen, a replay, or over. Brief, only the word. */
export function stateWord(scene: Scene, room: 'full' | 'brief' = 'full'): Piece {
  const word = fullStateWord(scene);
  if (room === 'full') return word;
  // What is being done says more than that something is.
  const brief = word.text.replace('DEPLOYING ', '');
  return span(brief === word.text ? brief.split(' ', 2).join(' ') : brief, word.role);
}

function fullStateWord(scene: Scene): Span {
  const { model, glyphs, atNs } = scene;
  const { state, screen, nowNs, exitedAtNs } = model;
  const { up, waiting, failed } = glyphs.state;
  if (screen.frozenAtNs !== undefined) {
    return span(`${waiting} FROZEN ${secondsBack(nowNs - atNs)} back`, 'focus');
  }
  const pod = podStateWord(scene);
  if (pod !== undefined) return pod;
  switch (state.kind) {
    case 'opening':
      return span(`${waiting} OPENING`, 'muted');
    case 'live':
      if (exitedAtNs !== undefined)
        return bad(`${failed} EXITED waiting ${duration(nowNs - exitedAtNs).trim()}`);
      return span(`${up} LIVE`, 'gc');
    case 'replay':
      return span(
        `${waiting} REPLAY ${state.speed}x ${minutes(nowNs)} of ${minutes(state.lengthNs)}`,
        'focus',
      );
    case 'ended':
      return endedWord(failed, waiting, state);
  }
}

function endedWord(
  failed: string,
  waiting: string,
  { reason, detail, replay }: Extract<Model['state'], { kind: 'ended' }>,
): Span {
  if (replay) return span(`${waiting} REPLAY ended`, 'focus');
  if (reason === 'target-exited')
    return bad(`${failed} EXITED${detail === undefined ? '' : ` ${plain(detail)}`}`);
  return reason === 'end' ? span(`${waiting} END`, 'focus') : bad(`${failed} STOPPED`);
}

/** What the collector is at: `idle`, `MARK  11.2 ms`, `SWEEP  42 %`, `STOP`. */
export function phaseWord({ model, axis }: Scene): { readonly word: string; readonly figure: string } {
  if (isOver(model)) return { word: '-', figure: '' };
  if (isPod(model) && model.attachedAtNs === undefined) return { word: 'no probe yet', figure: '' };
  if (model.target === undefined || knowsEndsOnly(model)) return { word: '-', figure: '' };
  const cycle = cycleUnderWay(model, axis.knownToNs);
  if (cycle !== undefined) {
    return cycle.markAtNs === undefined || cycle.markTermAtNs !== undefined
      ? { word: 'STOP', figure: '' }
      : { word: 'MARK', figure: duration(axis.knownToNs - cycle.markAtNs) };
  }
  if (!isSweeping(model, axis.knownToNs)) return { word: 'idle', figure: '' };
  return {
    word: 'SWEEP',
    figure: sweptShare(model.heap.latest),
  };
}

function sweptShare(reading: HeapReading | undefined): string {
  const { pagesSwept, pagesInUse } = reading ?? {};
  if (pagesSwept === undefined || pagesInUse === undefined || pagesInUse === 0) return '';
  return `${Math.min(100, Math.round((pagesSwept / pagesInUse) * 100))} %`.padStart(5);
}

/** `GOGC 100`, `GOGC off`. */
export const percentWord = (reading: HeapReading | undefined): string | undefined =>
  reading?.gcPercent === undefined ? undefined : `GOGC ${reading.gcPercent}`;

/** `limit none`, `limit 512 MiB`. */
export function limitWord(reading: HeapReading | undefined): string | undefined {
  const limit = reading?.limit;
  if (limit === undefined) return undefined;
  return `limit ${limit === 'none' ? limit : byteSize(limit).trim()}`;
}

/** `15.4 s`: always seconds, so that it counts up evenly. */
const secondsBack = (ns: number): string =>
  ns < 99.95e9 ? `${(ns / 1e9).toFixed(1)} s` : duration(ns).trim();

/** `02:11`. */
function minutes(ns: number): string {
  const seconds = Math.max(0, Math.floor(ns / 1e9));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

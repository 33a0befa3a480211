import { stopsNs } from '../../gc/cycle.js';
import { isComingUp, isPod } from '../../model/coming-up.js';
import { stopsAreSummed } from '../../model/cycle-stops.js';
import { byteSize, byteUnit, count, cycleRate, duration, share, threeDigits } from '../format.js';
import { fit, fitEnds, muted, type Piece, span, widthOf } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { firstThatFits, plain } from '../text.js';
import { clockTime } from '../wall-clock.js';
import { eventWords } from './event-words.js';
import { heapBar } from './heap-row.js';
import { stepRows } from './pod-rows.js';
import { evidenceWord, phaseWord, stateWord } from './state-words.js';

/** What is left of the screen from 40x10 on: who, how often, how long, how much heap and CPU, what just happened. */
export function figureLines(scene: Scene, { width, height }: { width: number; height: number }): Line[] {
  if (isComingUp(scene.model)) {
    const rows = stepRows(scene, { width, height: height - 2 });
    return [identityLine(scene, width), fit(width, []), ...rows].slice(0, height);
  }
  const lines: Line[] = [
    identityLine(scene, width),
    fit(width, []),
    cyclesLine(scene, width),
    pausesLine(scene, width),
    heapLine(scene, width),
    cpuLine(scene, width),
    fit(width, []),
  ];
  const room = height - lines.length;
  const entries = scene.model.journal.newest(Math.max(1, room - 1));
  return [...lines, ...entries.map((entry) => newsLine(scene, entry, width))].slice(0, height);
}

function identityLine(scene: Scene, width: number): Line {
  const target = scene.model.target?.target;
  const who =
    target === undefined
      ? 'no target yet'
      : `${shortName(plain(target.name), width)} ${isPod(scene.model) ? '' : plain(target.goVersion ?? '')}`;
  return fitEnds(
    width,
    [
      ' ',
      span(who.trim(), 'focus'),
      ' ',
      ...(isPod(scene.model) && width < 60 ? [] : evidenceWord(scene.model)),
    ],
    [stateWord(scene, width < 60 ? 'brief' : 'full'), ' '],
  );
}

/** Where room is short, a pod without its namespace. */
const shortName = (name: string, width: number): string =>
  width < 80 ? name.slice(name.indexOf('/') + 1) : name;

function cyclesLine(scene: Scene, width: number): Line {
  const { cyclesPerSecond, total } = scene.figures;
  const { word, figure } = phaseWord(scene);
  const left: readonly Piece[] = [muted(' Cycles '), cycleRate(cyclesPerSecond).trim(), `  #${count(total)}`];
  const right = `${word}${figure === '' ? '' : `  ${figure}`}`;
  return fitEnds(width, left, [right.padEnd(width >= 40 ? 15 : right.length)]);
}

function pausesLine({ pauses, model }: Scene, width: number): Line {
  return fit(width, [
    muted(' Paused '),
    span(duration(pauses.lastNs).trim(), 'stop'),
    muted(' last  p99 '),
    span(duration(pauses.p99Ns), 'stop'),
    muted(stopsAreSummed(model) ? ' /cycle' : ''),
  ]);
}

function heapLine(scene: Scene, width: number): Line {
  const { live, goal, marked } = scene.figures;
  if (live === undefined && isPod(scene.model)) return podHeapLine(width, { goal, marked });
  const unit = byteUnit(typeof goal === 'number' ? Math.max(live ?? 0, goal) : Math.max(live ?? 0, 1));
  const of = typeof goal === 'number' ? threeDigits(goal / unit.size) : (goal ?? '-');
  const size = live === undefined ? '-' : `${threeDigits(live / unit.size)} ${unit.name}`;
  const words: readonly Piece[] = [muted(' Heap  '), size.padStart(8), muted(' of '), of.padEnd(4), '  '];
  const barWidth = Math.max(0, width - 25);
  return fit(width, [...words, ...heapBar(scene, barWidth)]);
}

/** What a pod's probes tell of the heap. */
function podHeapLine(
  width: number,
  { goal, marked }: { readonly goal: number | 'none' | undefined; readonly marked: number | undefined },
): Line {
  if (typeof goal !== 'number') return fit(width, [muted(' Heap   not available from Pixie')]);
  return fit(width, [
    muted(' Heap   marked '),
    byteSize(marked).trim(),
    muted(' of goal '),
    byteSize(goal).trim(),
  ]);
}

function cpuLine({ figures }: Scene, width: number): Line {
  return fit(width, [
    muted(' GC CPU  '),
    span(share(figures.gcCpuShare), 'gc'),
    muted('      assist '),
    span(share(figures.assistShare), 'gc'),
  ]);
}

function newsLine(scene: Scene, entry: Parameters<typeof eventWords>[1], width: number): Line {
  const { sign, kind, texts } = eventWords(scene.glyphs, entry, 'narrow');
  const time = clockTime(scene.clock, entry.atNs);
  const head: readonly Piece[] = [' ', muted(time), ` ${sign} `];
  if (entry.type === 'cycles') {
    const { count: alike, lastNumber, longestStopsNs } = entry.alike;
    const words = `${count(alike)} cycles ${lastNumber === undefined ? '' : `to #${count(lastNumber)} `}`;
    return fit(width, [...head, words, span(duration(longestStopsNs), 'stop')]);
  }
  if (entry.type !== 'cycle') {
    const text = firstThatFits(texts, width - widthOf(head) - kind.length - 1);
    return fit(width, [...head, `${kind} ${text}`.trimEnd()]);
  }
  const number = entry.cycle.number === undefined ? '' : `#${count(entry.cycle.number)} `;
  return fit(width, [...head, `${number}${kind} `, span(duration(stopsNs(entry.cycle)), 'stop')]);
}

import { count, cycleRate, duration, share, smallShare } from '../format.js';
import { fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { phaseWord } from './state-words.js';

/** Columns of the lines that part rows 2 and 3 of the header. */
export interface HeaderColumns {
  readonly width: number;
  readonly cycles: number;
  readonly pauses: number;
  readonly cpu: number;
}

/** Row 2: how often, how long, how much CPU, and what the collector is at. */
export function figuresRow(scene: Scene, { width, cycles, pauses, cpu }: HeaderColumns): Line {
  const rule = muted(scene.glyphs.column);
  return [
    ...fit(cycles, cyclesPart(scene, cycles)),
    rule,
    ...fit(pauses - cycles - 1, pausesPart(scene, pauses - cycles - 1)),
    rule,
    ...fit(cpu - pauses - 1, cpuPart(scene, cpu - pauses - 1)),
    rule,
    ...fit(width - cpu - 1, phasePart(scene)),
  ];
}

function cyclesPart({ figures }: Scene, room: number): readonly Piece[] {
  const rate = cycleRate(figures.cyclesPerSecond);
  if (room < 24) {
    const [number = '', ...period] = rate.trim().replace(/\/s$/, '').split(' ');
    return [' ', number, muted(rate.endsWith('/s') ? ' cycles/s' : ` cycle ${period.join(' ')}`)];
  }
  const number = `#${count(figures.total)}`;
  const start: readonly Piece[] = [muted(' Cycles '), rate, rate.length > 7 ? ' ' : '  ', number];
  const left = room - ' Cycles '.length - Math.max(9, rate.length + 1) - number.length - '  forced'.length;
  const forced = count(figures.forced);
  return room < 35 || left < forced.length + 1 ? start : [...start, muted('  forced'), forced.padStart(left)];
}

function pausesPart({ pauses, figures }: Scene, room: number): readonly Piece[] {
  const last = stop(duration(pauses.lastNs));
  const p99 = [muted('  p99 '), stop(duration(pauses.p99Ns))];
  if (room < 47) return [muted(' Paused '), stop(duration(pauses.lastNs).trim()), ...p99];
  const start = [muted(' Paused  last '), last, muted('  p50 '), stop(duration(pauses.p50Ns)), ...p99];
  if (room < 78) return start;
  return [
    ...start,
    muted('  max '),
    stop(duration(pauses.maxNs)),
    `  ${smallShare(figures.stoppedShare).trim()}`,
    muted(' of time'),
  ];
}

const stop = (text: string): Piece => span(text, 'stop');

function cpuPart({ figures }: Scene, room: number): readonly Piece[] {
  const all: readonly Piece[] = [muted(' GC CPU '), span(share(figures.gcCpuShare), 'gc')];
  return room < 30 ? all : [...all, muted('  assist '), span(share(figures.assistShare), 'gc')];
}

function phasePart(scene: Scene): readonly Piece[] {
  const { word, figure } = phaseWord(scene);
  if (word === 'idle' || word === '-') return [` ${word}`];
  return [' ', span(word, word === 'STOP' ? 'stop' : 'gc'), figure === '' ? '' : `  ${figure}`];
}

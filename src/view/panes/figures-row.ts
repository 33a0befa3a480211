import { stopsAreSummed } from '../../model/cycle-stops.js';
import type { PauseSummary } from '../../model/stop-log.js';
import { bigCount, count, cycleRate, duration, share, smallShare, threeDigits } from '../format.js';
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
    ...fit(width - cpu - 1, phasePart(scene, width - cpu - 1)),
  ];
}

function cyclesPart({ figures }: Scene, room: number): readonly Piece[] {
  const rate = cycleRate(figures.cyclesPerSecond);
  if (room < 24) {
    if (rate.endsWith('/s')) return [' ', threeDigits(figures.cyclesPerSecond ?? 0), muted(' cycles/s')];
    const [number = '', ...period] = rate.trim().split(' ');
    return [' ', number, muted(` cycle ${period.join(' ')}`)];
  }
  const number = totalWithin(figures.total, room - ' Cycles  4.03/s  '.length);
  const gap = ' Cycles '.length + rate.length + 2 + number.length < room ? '  ' : ' ';
  const start: readonly Piece[] = [muted(' Cycles '), rate, gap, number];
  const left = room - ' Cycles '.length - Math.max(9, rate.length + 1) - number.length - '  forced'.length;
  const forced = forcedWords(figures).find((words) => words.length < left);
  return room < 35 || forced === undefined ? start : [...start, muted('  forced'), forced.padStart(left)];
}

/** `35`; of those since gctop came alone, `35 seen`: at least so many. */
function forcedWords({ forced, forcedSeen }: Scene['figures']): readonly string[] {
  if (forcedSeen === undefined) return [count(forced)];
  return [`${count(forcedSeen)} seen`, `${count(forcedSeen)}+`];
}

/** `#1,842`, or `#1.25 M` where the whole count would touch the line beside it. */
function totalWithin(total: number | undefined, room: number): string {
  const whole = `#${count(total)}`;
  return whole.length <= room ? whole : `#${bigCount(total).trim()}`;
}

function pausesPart({ pauses, figures, model }: Scene, room: number): readonly Piece[] {
  if (room < 47) return pausesInOneUnit(pauses);
  const wide = room >= 78;
  // What is counted are single stops, or the sum of each cycle's.
  const summed = stopsAreSummed(model);
  const name = summed ? (wide ? ' Paused per cycle  last ' : ' Paused/cycle ') : ' Paused  last ';
  const figure = (label: string, ns: number | undefined): readonly Piece[] => [
    muted(label),
    stop(duration(ns)),
  ];
  const start = [
    ...figure(name, pauses.lastNs),
    ...figure('  p50 ', pauses.p50Ns),
    ...figure('  p99 ', pauses.p99Ns),
  ];
  if (!wide) return start;
  const most = summed ? [] : figure('  max ', pauses.maxNs);
  return [...start, ...most, `  ${smallShare(figures.stoppedShare).trim()}`, muted(' of time')];
}

/** `Paused   47 p50   46 p99  124 µs`: the unit of the longest stands for all. */
function pausesInOneUnit({ lastNs, p50Ns, p99Ns }: PauseSummary): readonly Piece[] {
  const unit = pauseUnits.find(({ ns }) => Math.max(lastNs ?? 0, p99Ns ?? 0) < 9_999.5 * ns) ?? longestUnit;
  const figure = (label: string, ns: number | undefined): readonly Piece[] => [
    muted(label),
    stop((ns === undefined ? '-' : inUnit(ns, unit)).padStart(4)),
  ];
  return [
    ...figure(' Paused ', lastNs),
    ...figure(' p50 ', p50Ns),
    ...figure(' p99 ', p99Ns),
    muted(` ${unit.name}`),
  ];
}

const longestUnit = { name: 's', ns: 1e9 };
const pauseUnits = [{ name: 'µs', ns: 1e3 }, { name: 'ms', ns: 1e6 }, longestUnit];

const inUnit = (ns: number, unit: { readonly name: string; readonly ns: number }): string =>
  unit.name === 'µs' ? String(Math.round(ns / unit.ns)) : threeDigits(ns / unit.ns);

const stop = (text: string): Piece => span(text, 'stop');

function cpuPart({ figures }: Scene, room: number): readonly Piece[] {
  const all: readonly Piece[] = [muted(' GC CPU '), span(share(figures.gcCpuShare), 'gc')];
  return room < 30 ? all : [...all, muted('  assist '), span(share(figures.assistShare), 'gc')];
}

function phasePart(scene: Scene, room: number): readonly Piece[] {
  const { word, figure } = phaseWord(scene);
  if (word === 'idle' || word === '-' || word === 'no probe yet') return [` ${word}`];
  return [
    ' ',
    span(word, word === 'STOP' ? 'stop' : 'gc'),
    figure === '' ? '' : `${room < 14 ? ' ' : '  '}${figure}`,
  ];
}

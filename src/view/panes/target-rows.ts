import { isOfProbeSets } from '../../model/can.js';
import { stopsAreSummed } from '../../model/cycle-stops.js';
import type { ProbeLine } from '../../model/model.js';
import { byteSize, cycleRate, duration, share } from '../format.js';
import type { Scene } from '../scene.js';
import { plain } from '../text.js';
import { probeSetRows } from './target-probes.js';

/** One line of Target: how one of the means stands by which the program is watched. */
export interface TargetRow {
  readonly name: string;
  /** `none`: it goes on with the line before. */
  readonly state: 'up' | 'waiting' | 'failed' | 'none';
  readonly word: string;
  /** The same in wordings from long to short. */
  readonly remarks: readonly string[];
  /** Where rows are short, the lowest goes first; without it the row stays. */
  readonly keep?: number;
}

/** The probe that is hit once a cycle: what it tells stands in the row of the cycle. */
const cycleProbe = 'cycle';

/** Process, what is read, what each cycle is known from, probes, what is missing, and gctop's own cost. */
export function targetRows(scene: Scene): readonly TargetRow[] {
  const { probes, target } = scene.model;
  if (target?.target.source === 'gctrace') {
    return [traceRow(scene), ...traceRows, ...missingRows(scene), costRow(scene)];
  }
  const others = [...probes]
    .filter(([name]) => name !== cycleProbe)
    .map(([name, probe]) => probeRow(name, probe));
  return [
    processRow(scene),
    memoryRow(scene),
    cycleRow(scene),
    causeRow(scene),
    ...(isOfProbeSets(scene.model) ? probeSetRows(scene) : [...callsRows(scene), ...others]),
    ...missingRows(scene),
    costRow(scene),
  ];
}

function processRow({ model, axis }: Scene): TargetRow {
  const { state, target, exitedAtNs } = model;
  if (state.kind === 'ended') {
    if (state.reason === 'target-exited')
      return { name: 'process', state: 'failed', word: 'exited', remarks: [plain(state.detail ?? '')] };
    if (state.replay)
      return {
        name: 'process',
        state: 'waiting',
        word: 'recorded',
        remarks: ['the recording ends here', 'it ends here'],
      };
    return { name: 'process', state: 'failed', word: 'not watched', remarks: [plain(state.detail ?? '')] };
  }
  if (exitedAtNs !== undefined) {
    const remarks = ['waiting for it to run again', 'waiting for it'];
    return { name: 'process', state: 'failed', word: 'exited', remarks };
  }
  const startedAt = target?.target.startedAtNs;
  const up = startedAt === undefined ? '' : `up ${duration(axis.knownToNs - startedAt).trim()}`;
  const word = state.kind === 'replay' ? 'recorded' : 'running';
  return { name: 'process', state: 'up', word, remarks: [up] };
}

function memoryRow({ model }: Scene): TargetRow {
  if (model.target?.capabilities.heap !== true) {
    const remarks = ['live heap and goal unknown', 'no live heap'];
    return { name: 'memory', state: 'waiting', word: 'not read', remarks };
  }
  if (model.heap.latest === undefined)
    return { name: 'memory', state: 'waiting', word: 'opening', remarks: [''] };
  return {
    name: 'memory',
    state: 'up',
    word: 'read',
    remarks: stopsAreSummed(model)
      ? ["heap, goal, each cycle's pause", 'heap, goal, pause']
      : ['heap, goal, phases, every stop', 'heap, goal, stops'],
  };
}

/** How many cycles tell what share of the records is whole. */
const cyclesLookedAt = 100;

/** How much of each cycle is known, and by what: a probe that is hit once a cycle, or memory alone. */
function cycleRow({ model, figures }: Scene): TargetRow {
  if (model.target?.capabilities.everyCycleWhole === true) {
    const rate = cycleRate(figures.cyclesPerSecond).trim();
    const word = rate.endsWith('/s') ? `${rate.slice(0, -2)} hits/s` : 'on';
    return { name: 'cycle', state: 'up', word, remarks: ['whole record of each cycle', 'whole records'] };
  }
  const newest = model.cycles.newest(cyclesLookedAt);
  const whole = newest.filter(({ cycle }) => cycle.evidence !== 'partial').length;
  const part = newest.length === 0 ? '' : share(whole / newest.length).trim();
  const remarks = part === '' ? [''] : [`${part} of the records whole`, `${part} whole`];
  return { name: 'cycle', state: 'waiting', word: 'from memory', remarks };
}

/** A cycle's record says what started it (work.userForced, and the time since the last one). */
function causeRow({ model }: Scene): TargetRow {
  const whole = model.target?.capabilities.everyCycleWhole === true;
  const knowsCaller = model.probes.get('GC')?.state === 'running';
  return whole
    ? {
        name: 'cause',
        state: 'up',
        word: 'recorded',
        remarks: knowsCaller
          ? ['heap, time, or forced by whom', 'and who forced it']
          : ['heap, forced or time', 'heap, forced, time'],
        keep: 2,
      }
    : {
        name: 'cause',
        state: 'waiting',
        word: 'in part',
        remarks: ['where a record is whole', 'if record is whole'],
        keep: 2,
      };
}

function callsRows({ model }: Scene): readonly TargetRow[] {
  if (model.target?.capabilities.calls === true) return [];
  return [
    {
      name: 'calls',
      state: 'waiting',
      word: 'off',
      remarks: ['single calls are not seen', 'calls are not seen'],
      keep: 1,
    },
  ];
}

function traceRow(scene: Scene): TargetRow {
  const { state } = scene.model;
  const isRead = state.kind === 'ended' && state.reason === 'end' && !state.replay;
  if (!isRead) return processRow(scene);
  return { name: 'text', state: 'waiting', word: 'read', remarks: ['to its end'] };
}

/** What the lines of GODEBUG=gctrace=1 hold. */
const traceRows: readonly TargetRow[] = [
  {
    name: 'figures',
    state: 'up',
    word: 'rounded',
    remarks: ['two digits of a time, whole MiB', '2 digits, MiB'],
  },
  {
    name: 'cycle',
    state: 'up',
    word: 'each line',
    remarks: ['stops, mark, CPU, heap, cause', 'all its figures'],
  },
];

function probeRow(name: string, { state, attempt, hits, detail }: ProbeLine): TargetRow {
  const isUp = state === 'running';
  const failed = state === 'failed' || state === 'missing' || state === 'dropped';
  const figures = [
    hits === undefined ? '' : `${hits} hits`,
    attempt > 1 ? `try ${attempt}` : '',
    detail ?? '',
  ];
  return {
    name: plain(name),
    state: isUp ? 'up' : failed ? 'failed' : 'waiting',
    word: state,
    remarks: [plain(figures.filter((text) => text !== '').join('  '))],
    ...(isUp ? { keep: 3 } : {}),
  };
}

/** `what: why` of the capabilities, a line each: both in full matter more than the columns. */
function missingRows({ model }: Scene): readonly TargetRow[] {
  return (model.target?.capabilities.missing ?? []).flatMap((text): readonly TargetRow[] => {
    const [what = '', ...why] = plain(text).split(': ');
    const row: TargetRow = { name: 'missing', state: 'waiting', word: what, remarks: [''] };
    return why.length === 0 ? [row] : [row, { name: '', state: 'none', word: why.join(': '), remarks: [''] }];
  });
}

function costRow({ model }: Scene): TargetRow {
  const { observer } = model;
  const cpu = observer === undefined ? '-' : share(observer.cpuShare).trim();
  const memory = observer === undefined ? '' : `${byteSize(observer.rss).trim()} of memory`;
  return { name: 'gctop', state: 'up', word: `${cpu} CPU`, remarks: [memory], keep: 4 };
}

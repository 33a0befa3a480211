import type { ProbeSet } from '../../gc/source-control.js';
import type { Nanos } from '../../gc/units.js';
import { isOfOtherRelease } from '../../model/coming-up.js';
import type { Model, ProbeLine } from '../../model/model.js';
import {
  comingProbeSet,
  costShareOf,
  hitsPerSecondOf,
  lostProbes,
  probeLoad,
  probeSetOf,
} from '../../model/probe-set.js';
import { coreShare, count, duration, hitRate } from '../format.js';
import { bad, fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { cut, plain } from '../text.js';
import type { TargetRow } from './target-rows.js';

/** Which set of probes a local program has and what it costs it; then those that are not there. */
export function probeSetRows({ model, atNs }: Scene): readonly TargetRow[] {
  const coming = comingProbeSet(model);
  const row: TargetRow = {
    name: 'probes',
    state: coming === undefined ? 'up' : 'waiting',
    word: setWord(model, coming),
    remarks: loadWords(model, atNs),
  };
  return [row, ...lostRows(model)];
}

const setWord = (model: Readonly<Model>, coming: ProbeSet | undefined): string =>
  coming === undefined ? probeSetOf(model) : `${coming} pending`;

/** `12 probes  4,300 hits/s  0.24 % of a core (budget 1 %)`, from long to short. */
function loadWords(model: Readonly<Model>, atNs: Nanos): readonly string[] {
  const { running, hitsPerSecond, costShare, isWhole } = probeLoad(model, atNs);
  const probes = `${count(running)} ${running === 1 ? 'probe' : 'probes'}`;
  if (hitsPerSecond === undefined) return [probes];
  const rate = hitRate(hitsPerSecond);
  const hits = `${rate} hits/s`;
  if (costShare === undefined) return [`${probes}  ${hits}`, hits];
  // More than what is known, where the cost of some is not.
  const cost = `${isWhole ? '' : '>'}${coreShare(costShare)}`;
  const { probeBudget } = model;
  const budget = probeBudget === undefined ? '' : ` (budget ${Number((probeBudget * 100).toPrecision(3))} %)`;
  return [
    `${probes}  ${hits}  ${cost} of a core${budget}`,
    `${hits}  ${cost} of a core${budget}`,
    `${hits}  ${cost} of a core`,
    `${rate}/s  ${cost} of a core`,
    `${cost} of a core`,
    hits,
  ];
}

function lostRows(model: Readonly<Model>): readonly TargetRow[] {
  const lost = lostProbes(model);
  const [first] = lost;
  if (first === undefined) return [];
  const [name, { state, detail }] = first;
  const why = plain(detail ?? state);
  if (lost.length === 1) return [{ name: 'off', state: 'failed', word: plain(name), remarks: [why] }];
  const names = lost.map(([each]) => plain(each)).join(', ');
  return [{ name: 'off', state: 'failed', word: `${lost.length} probes`, remarks: [names] }];
}

/** A table of all probes: state, hits a second, what a hit costs, and what they all cost; cut to a height. */
export function probeTable(scene: Scene, { width, height }: { width: number; height: number }): Line[] {
  const lost = new Set(lostProbes(scene.model).map(([name]) => name));
  // What is wrong must not be what has no room.
  const there = [...scene.model.probes].filter(([, { state }]) => state !== 'removed');
  const ordered = there.sort(([a], [b]) => Number(lost.has(b)) - Number(lost.has(a)));
  const room = Math.max(0, height - 1);
  const isCut = ordered.length > room;
  const shown = isCut ? ordered.slice(0, Math.max(0, room - 1)) : ordered;
  const hidden = ordered.length - shown.length;
  const more = isCut ? [fit(width, [muted(`   +${count(hidden)} not shown`)])] : [];
  const lines = [tableHead(width), ...shown.map((probe) => probeLine(scene, probe, width)), ...more];
  return lines.slice(0, Math.max(0, height));
}

const nameWidth = 22;
const stateWidth = 10;

const tableHead = (width: number): Line =>
  fit(width, [
    muted(
      `   ${'probe'.padEnd(nameWidth + 2)}${'state'.padEnd(stateWidth)}${'hits/s'.padStart(8)}${'per hit'.padStart(9)}${'of a core'.padStart(11)}`,
    ),
  ]);

function probeLine(scene: Scene, [name, probe]: readonly [string, ProbeLine], width: number): Line {
  const { state, costNs, detail } = probe;
  const hitsPerSecond = hitsPerSecondOf(probe, scene.atNs);
  const share = costShareOf(probe, scene.atNs);
  return fit(width, [
    '   ',
    signOf(scene, probe),
    ` ${cut(plain(name), nameWidth - 1).padEnd(nameWidth)}`,
    state.padEnd(stateWidth),
    (hitsPerSecond === undefined ? '-' : hitRate(hitsPerSecond)).padStart(8),
    duration(costNs).padStart(9),
    (share === undefined ? '-' : coreShare(share)).padStart(11),
    '   ',
    muted(plain(detail ?? entriesOnly(probe))),
  ]);
}

/** What a probe does not tell although it runs. */
const entriesOnly = ({ state, wholeSinceNs }: ProbeLine): string =>
  state === 'running' && wholeSinceNs === undefined ? 'entries only: its returns do not fit the budget' : '';

function signOf({ glyphs }: Scene, probe: ProbeLine): Piece {
  if (probe.state === 'running') return span(glyphs.state.up, 'gc');
  if (probe.state === 'missing' || isOfOtherRelease(probe)) return muted('-');
  const isLost = probe.state === 'failed' || probe.state === 'dropped';
  return isLost ? bad(glyphs.state.failed) : muted(glyphs.state.waiting);
}

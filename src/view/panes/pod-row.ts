import type { Step, StepName, StepState, StepTry } from '../../gc/stream.js';
import { isOfOtherRelease, probeCounts } from '../../model/coming-up.js';
import type { ProbeLine } from '../../model/model.js';
import { byteSize, count, duration, share, windowLength } from '../format.js';
import { bad, fit, fitEnds, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { cut, plain } from '../text.js';
import { leftNs } from './pod-words.js';

/** A row of a pod's Target; where rows are short, the lowest `keep` goes first. */
export interface PodRow {
  readonly keep: number;
  /** `5 forward  ● up 27.0 s    127.0.0.1:39117 -> svc :80`, or pieces that stand by themselves. */
  readonly content: StateRow | readonly Piece[];
  /** How many probes it names. */
  readonly probes?: number;
}

export interface StateRow {
  readonly lead: string;
  readonly state: StepState;
  readonly word: string;
  readonly remark: string;
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

/** As many rows as there is room for, in their order. */
export function fitted(scene: Scene, rows: readonly PodRow[], { width, height }: Room): Line[] {
  const going = [...rows].sort((a, b) => a.keep - b.keep);
  const gone = new Set(going.slice(0, Math.max(0, rows.length - height)));
  const hidden = [...gone].reduce((sum, { probes = 0 }) => sum + probes, 0);
  return rows
    .filter((row) => !gone.has(row))
    .map(({ content }) => {
      if (!('lead' in content)) return fit(width, content);
      const left = statePieces(scene, content, width);
      if (hidden === 0 || !content.lead.endsWith('probes')) return fit(width, left);
      return fitEnds(width, left, [muted(` +${hidden} not shown `)]);
    });
}

/** The sign of a state. */
export function signOf({ glyphs }: Scene, state: StepState): Piece {
  if (state === 'failed') return bad(glyphs.state.failed);
  return span(glyphs.state[state], state === 'up' ? 'gc' : 'muted');
}

function statePieces(scene: Scene, { lead, state, word, remark }: StateRow, width: number): readonly Piece[] {
  // Narrow columns keep the room for the remarks.
  const wordWidth = width >= 50 ? 13 : 10;
  const before = ` ${leadOf(lead)}x ${word.padEnd(wordWidth)} `.length;
  return [
    ' ',
    muted(leadOf(lead)),
    signOf(scene, state),
    ` ${word.padEnd(wordWidth)} `,
    muted(remarkWithin(remark, width - before)),
  ];
}

const leadOf = (lead: string): string => lead.padEnd(/^[\d ]/.test(lead) ? 10 : 9);

/**
 * A remark without what can be spared: this machine's address, the namespace, the last clauses, articles. Of a name that
 * is still too long the end stays, in which pods differ.
 */
function remarkWithin(remark: string, room: number): string {
  const brief = remark.replace(/^127\.0\.0\.1(?=:)/, '').replace(/^[a-z\d-]+\/(?=[a-z\d])/, '');
  const wordings = [remark, brief, ...withoutClauses(brief), brief.replace(/ the /g, ' ')];
  const fitting = wordings.find((words) => words.length <= room);
  if (fitting !== undefined) return fitting;
  const name = /^[a-z\d.-]+(?= on |$)/.exec(brief)?.[0];
  return name === undefined ? brief : `~${name.slice(1 - room)}`;
}

/** Shorter and shorter; what is left of a list would be wrong. */
function withoutClauses(words: string): readonly string[] {
  const [, before = '', joint = '', clause = ''] = /^(.+)([,;:] | on )(.+)$/.exec(words) ?? [];
  const isOfList = joint === ', ' && (!/[ .]/.test(clause) || / and | to come$/.test(clause));
  return before === '' || isOfList ? [] : [before, ...withoutClauses(before)];
}

/** What a step that was not begun waits for. */
const unbegun: Partial<Readonly<Record<StepName, string>>> = {
  canary: 'waits for the pod',
  probes: 'wait for the canary',
  rows: 'then figures come',
};

/** How a step stands. */
export function stepContent(scene: Scene, lead: string, name: StepName): StateRow {
  const step = scene.model.steps.get(name);
  return {
    lead,
    state: step?.state ?? 'waiting',
    word: stepWord(scene, name, step),
    remark: plain(step === undefined ? (unbegun[name] ?? '') : (step.remark ?? '')),
  };
}

function stepWord({ model, atNs }: Scene, name: StepName, step: Step | undefined): string {
  if (name === 'probes' && model.probes.size > 0) {
    const { running, total } = probeCounts(model);
    return `${running} of ${total}`;
  }
  if (step === undefined) return '-';
  const isCounted = name === 'forward' && step.state === 'up' && step.sinceNs !== undefined;
  const since = isCounted ? ` ${duration(Math.max(0, atNs - (step.sinceNs ?? 0))).trim()}` : '';
  return `${plain(step.word)}${since}`;
}

/** How a try ended, or how long it has been under way. */
export function tryContent({ atNs }: Scene, number: number, told: StepTry): StateRow {
  const lastedNs = Math.max(0, (told.endedAtNs ?? atNs) - told.startedAtNs);
  return {
    lead: `    try ${number}`,
    state: told.state,
    word: duration(lastedNs).trim(),
    remark: plain(told.remark),
  };
}

const longestBar = 32;

/** `████▄▄▄▄  verdict in 19 s`: how much of the time to the verdict has passed; undefined where none is set. */
export function countdown({ glyphs, atNs }: Scene, step: Step, width: number): readonly Piece[] | undefined {
  const left = leftNs(step, atNs);
  if (left === undefined || step.untilNs === undefined) return undefined;
  const last = step.tries?.at(-1);
  const isBetween = last?.endedAtNs !== undefined;
  const sinceNs = last === undefined ? step.sinceNs : (last.endedAtNs ?? last.startedAtNs);
  const what = isBetween || (last === undefined && step.step !== 'probes') ? 'next try' : 'verdict';
  const words = `  ${what} in ${windowLength(left)}`;
  const wholeNs = sinceNs === undefined ? 0 : step.untilNs - sinceNs;
  const room = wholeNs <= 0 ? 0 : Math.max(0, Math.min(longestBar, width - 6 - words.length));
  const passed = Math.min(1, Math.max(0, 1 - (step.untilNs - atNs) / Math.max(1, wholeNs)));
  const full = Math.round(passed * room);
  const bar = glyphs.bar.marked.repeat(full) + glyphs.bar.live.repeat(room - full);
  return ['     ', span(bar, 'limit'), room === 0 ? words.trim() : words];
}

const leastCell = 17;

/** Every probe with the sign of its state, several in a row. */
export function probeGrid(
  scene: Scene,
  width: number,
): readonly { readonly content: readonly Piece[]; readonly probes: number }[] {
  const columns = Math.max(1, Math.min(3, Math.floor((width - 3) / leastCell)));
  const cell = Math.max(5, Math.floor((width - 3) / columns));
  const probes = [...scene.model.probes].filter(([, probe]) => !isOfOtherRelease(probe));
  return Array.from({ length: Math.ceil(probes.length / columns) }, (_, row) => {
    const shown = probes.slice(row * columns, (row + 1) * columns);
    const content = [
      '   ',
      ...shown.flatMap(([name, { state }]): readonly Piece[] => [
        signOf(scene, stateOfProbe(state)),
        muted(` ${cut(plain(name), cell - 4)}`.padEnd(cell - 1)),
      ]),
    ];
    return { content, probes: shown.length };
  });
}

function stateOfProbe(state: ProbeLine['state']): StepState {
  if (state === 'running') return 'up';
  return state === 'failed' || state === 'missing' || state === 'dropped' ? 'failed' : 'waiting';
}

/** What stands over the list of all probes. */
export const probeHead: readonly Piece[] = [
  muted(
    `   ${'probe'.padEnd(24)}${'state'.padEnd(12)}${'try'.padStart(3)}${'hits'.padStart(12)}   what was said`,
  ),
];

/** A probe with its tries, its hits and what was said of it. */
export function probePieces(scene: Scene, name: string, probe: ProbeLine): readonly Piece[] {
  const { state, attempt, hits, detail, nextTryAtNs } = probe;
  const isDue = nextTryAtNs !== undefined && nextTryAtNs > scene.atNs;
  const next = isDue
    ? `next try in ${windowLength(Math.ceil((nextTryAtNs - scene.atNs) / 1e9) * 1e9)}  `
    : '';
  return [
    '   ',
    isOfOtherRelease(probe) ? muted('-') : signOf(scene, stateOfProbe(state)),
    ` ${cut(plain(name), 21).padEnd(22)}`,
    state.padEnd(12),
    String(attempt).padStart(3),
    count(hits).padStart(12),
    `   ${next}`,
    muted(plain(detail ?? '')),
  ];
}

/** The probes that are not there. What no probe can show never changes, and is told in the zoomed pane. */
export function missingContent({ model }: Scene): StateRow {
  const { missing } = probeCounts(model);
  if (missing.length > 0) {
    const remark = plain(missing.join(', '));
    return { lead: 'missing', state: 'failed', word: `${missing.length} missing`, remark };
  }
  return { lead: 'missing', state: 'up', word: 'none', remark: '' };
}

/** What gctop itself costs. */
export function costContent({ model: { observer } }: Scene, lead: string): StateRow {
  const cpu = observer === undefined ? '-' : share(observer.cpuShare).trim();
  const remark = observer === undefined ? '' : `${byteSize(observer.rss).trim()} of memory`;
  return { lead, state: 'up', word: `${cpu} CPU`, remark };
}

import { type Step, type StepName, type StepState, type StepTry, stepNames } from '../../gc/stream.js';
import { currentStep, probeCounts } from '../../model/coming-up.js';
import type { ProbeLine } from '../../model/model.js';
import { byteSize, count, duration, share, windowLength } from '../format.js';
import { bad, fit, muted, type Piece, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { cut, plain } from '../text.js';
import { leftNs } from './pod-words.js';

/** A row of a pod's Target; where rows are short, the lowest `keep` goes first. */
interface PodRow {
  readonly pieces: readonly Piece[];
  readonly keep: number;
}

interface Room {
  readonly width: number;
  readonly height: number;
}

/** While the watch comes up: every step with its number, the tries of the one that is under way, and the probes. */
export function stepRows(scene: Scene, { width, height }: Room): Line[] {
  const current = currentStep(scene.model);
  const rows = stepNames.flatMap((name, index): readonly PodRow[] => {
    const step = scene.model.steps.get(name);
    const isCurrent = name === current?.name;
    const keep = isCurrent ? 99 : index > (current?.number ?? 0) - 1 ? 60 - index : 70 + index;
    return [
      { pieces: stepPieces(scene, { lead: `${index + 1} ${name}`, name, step }), keep },
      ...(step === undefined || step.state === 'up' ? [] : underWayRows(scene, { step, width, isCurrent })),
      ...(name === 'probes' ? probeGrid(scene, { width, isCurrent }) : []),
    ];
  });
  rows.push({ pieces: costPieces(scene), keep: 20 });
  return fitted(rows, { width, height });
}

/** Once figures come: how each of the means stands that can still break. */
export function podRows(scene: Scene, { width, height }: Room): Line[] {
  const { steps } = scene.model;
  const usual: readonly StepName[] = ['pod', 'forward', 'canary', 'probes'];
  const shown = stepNames.filter((name) => usual.includes(name) || steps.get(name)?.state === 'failed');
  const rows = shown.flatMap((name): readonly PodRow[] => {
    const step = steps.get(name);
    if (step === undefined) return [];
    return [
      { pieces: stepPieces(scene, { lead: name, name, step }), keep: step.state === 'up' ? 50 : 99 },
      ...(step.state === 'up' ? [] : underWayRows(scene, { step, width, isCurrent: true })),
    ];
  });
  rows.push({ pieces: missingPieces(scene), keep: 60 }, { pieces: costPieces(scene), keep: 20 });
  return fitted(rows, { width, height });
}

/** Zoomed: every step with all its tries, and every probe with its tries, hits and error text. */
export function allPodRows(scene: Scene, { width, height }: Room): Line[] {
  const { model } = scene;
  const steps = stepNames.flatMap((name, index): readonly PodRow[] => {
    const step = model.steps.get(name);
    return [
      { pieces: stepPieces(scene, { lead: `${index + 1} ${name}`, name, step }), keep: 90 },
      ...(step === undefined ? [] : tryRows(scene, step)),
      ...(step === undefined || step.state === 'up' ? [] : countdownRows(scene, { step, width, keep: 95 })),
    ];
  });
  const probes = [...model.probes].map(([name, probe]) => ({
    pieces: probePieces(scene, name, probe),
    keep: 80,
  }));
  const missing = (model.target?.capabilities.missing ?? []).map((text) => ({
    pieces: [' missing  ', signOf(scene, 'waiting'), ` ${plain(text)}`],
    keep: 85,
  }));
  const heads =
    probes.length === 0
      ? []
      : [
          { pieces: [], keep: 10 },
          { pieces: probeHead, keep: 70 },
        ];
  return fitted([...steps, ...heads, ...probes, ...missing, { pieces: costPieces(scene), keep: 20 }], {
    width,
    height,
  });
}

const leadWidth = 11;
const wordWidth = 14;

interface NamedStep {
  readonly lead: string;
  readonly name: StepName;
  readonly step: Step | undefined;
}

/** `5 forward  ● up 27.0 s    127.0.0.1:39117 -> svc :80`. */
function stepPieces(scene: Scene, { lead, name, step }: NamedStep): readonly Piece[] {
  const state = step?.state ?? 'waiting';
  return [
    ' ',
    muted(lead.padEnd(lead.match(/^\d/) === null ? leadWidth - 2 : leadWidth - 1)),
    signOf(scene, state),
    ` ${stepWord(scene, name, step).padEnd(wordWidth - 1)} `,
    muted(plain(step?.remark ?? '')),
  ];
}

function stepWord(scene: Scene, name: StepName, step: Step | undefined): string {
  if (name === 'probes' && scene.model.probes.size > 0) {
    const { running, total } = probeCounts(scene.model);
    return `${running} of ${total}`;
  }
  if (step === undefined) return '-';
  const isCounted = name === 'forward' && step.state === 'up' && step.sinceNs !== undefined;
  const since = isCounted ? ` ${duration(Math.max(0, scene.atNs - (step.sinceNs ?? 0))).trim()}` : '';
  return `${plain(step.word)}${since}`;
}

interface UnderWay {
  readonly step: Step;
  readonly width: number;
  readonly isCurrent: boolean;
}

/** What was tried so far, and how long the try that is under way still has. */
function underWayRows(scene: Scene, { step, width, isCurrent }: UnderWay): readonly PodRow[] {
  return [
    ...tryRows(scene, step).slice(-mostTries),
    ...countdownRows(scene, { step, width, keep: isCurrent ? 98 : 40 }),
  ];
}

const mostTries = 3;

const tryRows = (scene: Scene, { tries = [] }: Step): readonly PodRow[] =>
  tries.map((each, index) => ({
    pieces: tryPieces(scene, index + 1, each),
    keep: index === tries.length - 1 ? 97 : 30 + Math.min(index, 9),
  }));

function tryPieces(
  scene: Scene,
  number: number,
  { state, remark, startedAtNs, endedAtNs }: StepTry,
): readonly Piece[] {
  const lasted = duration(Math.max(0, (endedAtNs ?? scene.atNs) - startedAtNs)).trim();
  return [
    ' ',
    muted(`    try ${number}`.padEnd(leadWidth - 1)),
    signOf(scene, state),
    ` ${lasted.padEnd(wordWidth - 1)} `,
    muted(plain(remark)),
  ];
}

/** `████▄▄▄▄  verdict in 19 s`: how much of the time to the verdict has passed. */
function countdownRows(
  { glyphs, atNs }: Scene,
  { step, width, keep }: { readonly step: Step; readonly width: number; readonly keep: number },
): readonly PodRow[] {
  const left = leftNs(step, atNs);
  if (left === undefined || step.untilNs === undefined) return [];
  const running = step.tries?.at(-1);
  const sinceNs = running?.endedAtNs ?? running?.startedAtNs ?? step.sinceNs;
  const isTrying = running !== undefined && running.endedAtNs === undefined;
  const words = `  ${isTrying || running === undefined ? 'verdict' : 'next try'} in ${windowLength(left)}`;
  const room = Math.max(0, Math.min(32, width - 5 - words.length - 1));
  const wholeNs = sinceNs === undefined ? 0 : step.untilNs - sinceNs;
  const passed = wholeNs <= 0 ? 0 : Math.min(1, Math.max(0, 1 - (step.untilNs - atNs) / wholeNs));
  const full = Math.round(passed * room);
  const bar = wholeNs <= 0 ? '' : glyphs.bar.marked.repeat(full) + glyphs.bar.live.repeat(room - full);
  return [{ pieces: ['     ', span(bar, 'limit'), words], keep }];
}

/** Every probe with the sign of its state, several in a row. */
function probeGrid(
  scene: Scene,
  { width, isCurrent }: { readonly width: number; readonly isCurrent: boolean },
): readonly PodRow[] {
  const columns = Math.max(1, Math.min(3, Math.floor((width - 3) / 17)));
  const cell = Math.floor((width - 3) / columns);
  const names = [...scene.model.probes];
  return Array.from({ length: Math.ceil(names.length / columns) }, (_, row) => ({
    pieces: [
      '   ',
      ...names
        .slice(row * columns, (row + 1) * columns)
        .flatMap(([name, { state }]): readonly Piece[] => [
          signOf(scene, stateOfProbe(state)),
          muted(` ${cut(plain(name), cell - 4)}`.padEnd(cell - 1)),
        ]),
    ],
    keep: (isCurrent ? 90 : 25) - row / 100,
  }));
}

const stateOfProbe = (state: ProbeLine['state']): StepState =>
  state === 'running'
    ? 'up'
    : state === 'pending' || state === 'expired' || state === 'removed'
      ? 'waiting'
      : 'failed';

const probeHead: readonly Piece[] = [
  muted(
    `   ${'probe'.padEnd(24)}${'state'.padEnd(12)}${'try'.padStart(3)}${'hits'.padStart(12)}   what was said`,
  ),
];

function probePieces(
  scene: Scene,
  name: string,
  { state, attempt, hits, detail, nextTryAtNs }: ProbeLine,
): readonly Piece[] {
  const next =
    nextTryAtNs === undefined || nextTryAtNs <= scene.atNs
      ? ''
      : `next try in ${windowLength(Math.ceil((nextTryAtNs - scene.atNs) / 1e9) * 1e9)}  `;
  return [
    '   ',
    signOf(scene, stateOfProbe(state)),
    ` ${cut(plain(name), 21).padEnd(22)}`,
    state.padEnd(12),
    String(attempt).padStart(3),
    count(hits).padStart(12),
    `   ${next}`,
    muted(plain(detail ?? '')),
  ];
}

/** What the probes cannot show, by the names of those that are not there. */
function missingPieces(scene: Scene): readonly Piece[] {
  const { model } = scene;
  const { missing } = probeCounts(model);
  const said = model.target?.capabilities.missing ?? [];
  const words = missing.length > 0 ? missing : said;
  const state = words.length === 0 ? 'up' : missing.length > 0 ? 'failed' : 'waiting';
  const word = words.length === 0 ? 'none' : missing.length > 0 ? `${missing.length} missing` : 'in part';
  return [
    ' ',
    muted('missing'.padEnd(leadWidth - 2)),
    signOf(scene, state),
    ` ${word.padEnd(wordWidth - 1)} `,
    muted(plain(words.join(', '))),
  ];
}

function costPieces(scene: Scene): readonly Piece[] {
  const { observer } = scene.model;
  const cpu = observer === undefined ? '-' : share(observer.cpuShare).trim();
  const memory = observer === undefined ? '' : `${byteSize(observer.rss).trim()} of memory`;
  return [
    ' ',
    muted('gctop'.padEnd(leadWidth - 2)),
    signOf(scene, 'up'),
    ` ${`${cpu} CPU`.padEnd(wordWidth - 1)} `,
    muted(memory),
  ];
}

function signOf({ glyphs }: Scene, state: StepState): Piece {
  if (state === 'failed') return bad(glyphs.state.failed);
  return span(glyphs.state[state], state === 'up' ? 'gc' : 'muted');
}

/** As many rows as there is room for, in their order. */
function fitted(rows: readonly PodRow[], { width, height }: Room): Line[] {
  const going = [...rows].sort((a, b) => a.keep - b.keep);
  const gone = new Set(going.slice(0, Math.max(0, rows.length - height)));
  return rows.filter((row) => !gone.has(row)).map(({ pieces }) => fit(width, pieces));
}

import { type Step, type StepName, stepNames } from '../../gc/stream.js';
import { currentStep } from '../../model/coming-up.js';
import { count } from '../format.js';
import { muted } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { plain } from '../text.js';
import {
  costContent,
  countdown,
  fitted,
  missingContent,
  type PodRow,
  probeGrid,
  probeHead,
  probePieces,
  type Room,
  stepContent,
  tryContent,
} from './pod-row.js';

/** While the watch comes up: every step with its number, the tries of the one that is under way, and the probes. */
export function stepRows(scene: Scene, room: Room): Line[] {
  const current = currentStep(scene.model);
  const rows = stepNames.flatMap((name, index): readonly PodRow[] => {
    const step = scene.model.steps.get(name);
    const isCurrent = name === current?.name;
    // First what comes later goes, then what is long up.
    const isLater = index + 1 > (current?.number ?? 0);
    const keep = isCurrent ? 99 : isLater ? 60 - index : 70 + index;
    const grid = name === 'probes' ? probeGrid(scene, room.width) : [];
    return [
      { content: stepContent(scene, `${index + 1} ${spelled(name)}`, name), keep },
      ...(step === undefined || step.state === 'up' ? [] : underWayRows(scene, { step, room, isCurrent })),
      ...grid.map(({ content, probes }, row) => ({
        content,
        probes,
        keep: (isCurrent ? 90 : 25) - row / 1e3,
      })),
    ];
  });
  return fitted(scene, [...rows, { content: costContent(scene, '  gctop'), keep: 20 }], room);
}

/** Once figures come: how each of the means stands that can still break, and bad news of the others. */
export function podRows(scene: Scene, room: Room): Line[] {
  const { steps } = scene.model;
  const rows = stepNames.flatMap((name): readonly PodRow[] => {
    const step = steps.get(name);
    if (step === undefined || (step.state === 'up' && !canBreak.has(name))) return [];
    const isUp = step.state === 'up';
    return [
      { content: stepContent(scene, name, name), keep: isUp ? 50 : 99 },
      ...(isUp ? [] : underWayRows(scene, { step, room, isCurrent: true })),
    ];
  });
  const missing = { content: missingContent(scene), keep: 60 };
  return fitted(scene, [...rows, missing, { content: costContent(scene, 'gctop'), keep: 20 }], room);
}

const canBreak: ReadonlySet<StepName> = new Set<StepName>(['pod', 'forward', 'canary', 'probes']);

/** Zoomed: every step with all its tries, and every probe with its tries, hits and error text. */
export function allPodRows(scene: Scene, room: Room): Line[] {
  const { steps, probes, target } = scene.model;
  const rows = stepNames.flatMap((name, index): readonly PodRow[] => {
    const step = steps.get(name);
    return [
      { content: stepContent(scene, `${index + 1} ${spelled(name)}`, name), keep: 90 },
      ...(step === undefined ? [] : tryRows(scene, step, allTries)),
      ...(step === undefined || step.state === 'up'
        ? []
        : countdownRows(scene, { step, room, isCurrent: true })),
    ];
  });
  const missing = target?.capabilities.missing ?? [];
  return fitted(
    scene,
    [
      ...rows,
      ...missing.map((text) => ({
        content: { lead: '  missing', state: 'waiting', word: plain(text), remark: '' } as const,
        keep: 85,
      })),
      { content: costContent(scene, '  gctop'), keep: 20 },
      ...(probes.size === 0
        ? []
        : [
            { content: [], keep: 10 },
            { content: probeHead, keep: 70 },
          ]),
      ...[...probes].map(([name, probe]) => ({
        content: probePieces(scene, name, probe),
        keep: 80,
        probes: 1,
      })),
    ],
    room,
  );
}

/** As Pixie spells it. */
const spelled = (name: StepName): string => (name === 'pems' ? 'PEMs' : name);

interface UnderWay {
  readonly step: Step;
  readonly room: Room;
  readonly isCurrent: boolean;
}

/** How many of a step's tries the overview has, and the zoomed pane. */
const lastTries = 3;
const allTries = 20;

/** What was tried so far, and how long the try that is under way still has. */
const underWayRows = (scene: Scene, underWay: UnderWay): readonly PodRow[] => [
  ...tryRows(scene, underWay.step, lastTries),
  ...countdownRows(scene, underWay),
  ...hintRows(underWay.step),
];

/** A canary that fails at first is nothing to worry about. */
function hintRows({ step, state, word, tries = [] }: Step): readonly PodRow[] {
  const parts = /(\d+) of (\d+)/.exec(word);
  if (step !== 'canary' || state !== 'waiting' || tries.length < 2 || parts === null) return [];
  const left = Number(parts[2]) - Number(parts[1]);
  return [{ content: ['     ', muted(`usual for a new pod; ${count(left)} more tries`)], keep: 29 }];
}

function tryRows(scene: Scene, { tries = [] }: Step, most: number): readonly PodRow[] {
  const first = Math.max(0, tries.length - most);
  return tries.slice(first).map((told, index) => ({
    content: tryContent(scene, first + index + 1, told),
    keep: first + index === tries.length - 1 ? 97 : 30 + index / 10,
  }));
}

function countdownRows(scene: Scene, { step, room, isCurrent }: UnderWay): readonly PodRow[] {
  const content = countdown(scene, step, room.width);
  return content === undefined ? [] : [{ content, keep: isCurrent ? 98 : 40 }];
}

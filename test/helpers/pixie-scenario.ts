import type { GcEvent } from '../../src/gc/event.js';
import { eventAtNs } from '../../src/gc/event.js';
import { type ProbeName, probeSet } from '../../src/gc/probe.js';
import type { ProbeState, SourceMessage, Step, StepTry } from '../../src/gc/stream.js';
import { type Bytes, bytes, durationNs, type Nanos, nanos, pages, workUnits } from '../../src/gc/units.js';
import { type SimulatedRun, simulateGcService } from './gc-service-run.js';

/** Which of the two sets of probes, and what goes wrong. */
export interface PixieStory {
  readonly go?: '1.16' | '1.26';
  /** The canary is given up after its last try. */
  readonly canaryGivesUp?: boolean;
  /** Probes whose function is not in the program. */
  readonly missing?: readonly ProbeName[];
  /** From when on the port-forward is lost. */
  readonly forwardLostNs?: Nanos;
}

/** Wall clock of the session's origin: 14:30:22. */
export const pixieOriginUnixMs = Date.UTC(2026, 0, 5, 14, 30, 22);
/** The canary's third try is under way; probes run in part; figures of a minute. */
export const deployingAtNs = at(85);
export const placingAtNs = at(96.2);
export const runningAtNs = at(162.4);

const target = 'pod-1';
const pod = 'default/gc-service-6c9f7d5b8-x2x4q';
const address = 'http://127.0.0.1:39117';
const canaryUpAt = 93;
/** When the simulated service's time begins; its rows are told up to three seconds late. */
const rowsFrom = 97;
const latenessNs = durationNs(3e9);
const forcedAt = 61;

/** gc-service watched through Pixie: the canary fails twice and then runs, twelve probes follow, then figures. */
export function pixieScenario(story: PixieStory = {}): readonly SourceMessage[] {
  const messages = [
    ...opening(story),
    ...canaryMessages(story),
    ...(story.canaryGivesUp === true ? [] : probeMessages(story)),
    ...(story.canaryGivesUp === true ? [] : rowMessages(story)),
    ...(story.forwardLostNs === undefined ? [] : forwardLost(story.forwardLostNs)),
    ...trafficMessages(),
  ];
  return messages.toSorted((a, b) => a.atNs - b.atNs);
}

function at(seconds: number): Nanos {
  return nanos(Math.round(seconds * 1e9));
}

const step = (
  seconds: number,
  { type: _, ...told }: Omit<Step, 'type'> & { type?: 'step' },
): SourceMessage => ({
  atNs: at(seconds),
  type: 'step',
  ...told,
});

const note = (
  seconds: number,
  code: string,
  text: string,
  level: 'info' | 'warning' = 'info',
): SourceMessage => ({
  atNs: at(seconds),
  type: 'note',
  level,
  code,
  text,
});

const opening = ({ go = '1.16' }: PixieStory): readonly SourceMessage[] => [
  { atNs: at(0), type: 'opened', format: 1, originUnixMs: pixieOriginUnixMs },
  step(0.2, { step: 'cloud', state: 'up', word: 'signed in', remark: 'work.withpixie.ai' }),
  step(0.3, { step: 'cluster', state: 'up', word: 'healthy', remark: 'minikube, Vizier 0.14.15' }),
  step(0.3, { step: 'pems', state: 'up', word: '3 of 3', remark: 'kernel headers on all' }),
  step(0.31, { step: 'pod', state: 'up', word: 'running', remark: `1m52s old, ${goVersionOf(go)}` }),
  {
    atNs: at(0.31),
    type: 'target',
    id: target,
    target: { name: pod, source: 'Pixie', goVersion: goVersionOf(go) },
    latenessNs,
    capabilities: { evidence: 'derived', everyCycleWhole: true, heap: false, calls: true, missing: [] },
  },
  note(
    0.744,
    'pixie.ready',
    'signed in to work.withpixie.ai, cluster minikube is healthy, 3 of 3 PEMs answer',
  ),
  step(58.48, {
    step: 'forward',
    state: 'up',
    word: 'up',
    remark: '127.0.0.1:39117 -> svc :80',
    sinceNs: at(58.48),
    address,
  }),
  note(2.902, 'forward.up', '127.0.0.1:39117 -> service/gc-service:80'),
  note(57.655, 'forward.lost', 'lost: the API server closed the connection; starting again', 'warning'),
  note(58.48, 'forward.up', 'back after 825 ms on the same port 127.0.0.1:39117'),
];

const goVersionOf = (go: '1.16' | '1.26'): string => (go === '1.16' ? 'go1.16.15' : 'go1.26.5');

const unknownPod = 'no PEM knew the pod';

function canaryMessages({ canaryGivesUp = false }: PixieStory): readonly SourceMessage[] {
  const first: StepTry = { state: 'failed', remark: unknownPod, startedAtNs: at(6.1), endedAtNs: at(36.2) };
  const second: StepTry = { state: 'failed', remark: unknownPod, startedAtNs: at(38.2), endedAtNs: at(68.3) };
  const third: StepTry = { state: 'waiting', remark: '2 refuse, 1 silent: may come', startedAtNs: at(73.8) };
  const canary = (seconds: number, tries: readonly StepTry[]): SourceMessage =>
    step(seconds, {
      step: 'canary',
      state: 'waiting',
      word: `try ${tries.length} of 8`,
      remark: 'runtime.gcStart',
      untilNs: nanos((tries.at(-1)?.startedAtNs ?? 0) + 30.1e9),
      tries,
    });
  const sent = (seconds: number, attempt: number): SourceMessage =>
    note(
      seconds,
      'canary.sent',
      `try ${attempt} of 8: gctop_canary_5d02c7f3_${attempt} sent under a new name`,
    );
  const failed = (seconds: number, attempt: number): SourceMessage =>
    note(
      seconds,
      'canary.failed',
      `try ${attempt} failed after 30.1 s: ${unknownPod} (Target binary/UPID not found)`,
      'warning',
    );
  const story = [
    canary(6.1, [{ ...third, startedAtNs: at(6.1) }]),
    sent(6.1, 1),
    failed(36.2, 1),
    canary(38.2, [first, { ...third, startedAtNs: at(38.2) }]),
    sent(38.2, 2),
    failed(68.3, 2),
    canary(73.8, [first, second, third]),
    sent(73.8, 3),
    note(
      78.4,
      'canary.state',
      'try 3: 2 PEMs refuse (not their pod), 1 silent; a refusal is not final for 30 s',
    ),
  ];
  if (canaryGivesUp) {
    const last: StepTry = { state: 'failed', remark: unknownPod, startedAtNs: at(73.8), endedAtNs: at(84) };
    const remark = `${unknownPod} in 3 tries`;
    return [
      ...story,
      step(84, { step: 'canary', state: 'failed', word: 'gave up', remark, tries: [first, second, last] }),
      note(84, 'canary.failed', `gave up: ${remark}; is 'default' the right namespace?`, 'warning'),
    ];
  }
  const tries: readonly StepTry[] = [first, second, { ...third, state: 'up', endedAtNs: at(canaryUpAt) }];
  return [
    ...story,
    step(canaryUpAt, {
      step: 'canary',
      state: 'up',
      word: 'passed',
      remark: 'runtime.gcStart, try 3',
      tries,
    }),
    note(canaryUpAt, 'canary.up', 'try 3 runs after 19.2 s: a PEM knows the pod and can place probes'),
  ];
}

const probesFor = (go: PixieStory['go']): readonly ProbeName[] => probeSet(go === '1.26' ? 26 : 16);

function probeMessages({ go, missing = [] }: PixieStory): readonly SourceMessage[] {
  const probes = probesFor(go);
  const told = (
    seconds: number,
    probe: ProbeName,
    state: ProbeState,
    more: { detail?: string; hits?: number } = {},
  ) => ({ atNs: at(seconds), type: 'probe', target, probe, state, attempt: 1, ...more }) as const;
  const up = probes.filter((probe) => !missing.includes(probe));
  const word = `${up.length} of ${probes.length}`;
  return [
    ...probes.map((probe) => told(93.2, probe, 'pending')),
    step(93.2, {
      step: 'probes',
      state: 'waiting',
      word: `0 of ${probes.length}`,
      sinceNs: at(93.2),
      untilNs: at(153.2),
    }),
    ...missing.map((probe) =>
      told(96, probe, 'missing', { detail: `Could not find symbol runtime.${probe}` }),
    ),
    ...up.map((probe, index) => told(95 + (index < 7 ? 1 : 2), probe, 'running')),
    ...up.map((probe, index) => told(159, probe, 'running', { hits: 40 + index * index * index * 217 })),
    step(97, { step: 'probes', state: 'up', word, remark: 'live 10m, renewed every 3m' }),
    step(99.5, { step: 'rows', state: 'up', word: 'coming', remark: 'first row after 1m40s' }),
  ];
}

function forwardLost(atNs: Nanos): readonly SourceMessage[] {
  const seconds = atNs / 1e9;
  const remark = 'the API server closed the connection';
  return [
    step(seconds, {
      step: 'forward',
      state: 'waiting',
      word: 'lost',
      remark,
      sinceNs: atNs,
      untilNs: nanos(atNs + 8e9),
    }),
    note(seconds, 'forward.lost', `lost: ${remark}; the next try is in 8 s`, 'warning'),
  ];
}

/** What is polled once a second: everything that is older than the lateness. */
function rowMessages(story: PixieStory): readonly SourceMessage[] {
  const events = eventsOf(story).toSorted((a, b) => eventAtNs(a) - eventAtNs(b));
  const messages: SourceMessage[] = [];
  const late = latenessNs / 1e9;
  let begin = 0;
  for (let toldAt = rowsFrom + late; toldAt < rowsFrom + 70; toldAt++) {
    let end = begin;
    for (
      let event = events[end];
      event !== undefined && eventAtNs(event) < at(toldAt - late + 1);
      event = events[end]
    )
      end++;
    if (end > begin)
      messages.push({ atNs: at(toldAt), type: 'events', target, events: events.slice(begin, end) });
    begin = end;
  }
  return messages;
}

function eventsOf({ go = '1.16', missing = [] }: PixieStory): readonly GcEvent[] {
  const run = simulateGcService(67_000, [{ atMs: forcedAt * 1e3, requests: 1, collects: true }]);
  const has = (probe: ProbeName): boolean => probesFor(go).includes(probe) && !missing.includes(probe);
  return [
    ...(has('allocSpan') ? allocEvents(run) : []),
    ...run.cycles.flatMap((_, index) => cycleEvents(run, { index, go, has })),
    { kind: 'pause', reason: 'other', atNs: shifted(59.4e9), durationNs: durationNs(38_000) },
  ];
}

const shifted = (ns: number): Nanos => nanos(Math.round(ns + rowsFrom * 1e9));

function allocEvents({ readings }: SimulatedRun): readonly GcEvent[] {
  return readings.slice(1).flatMap((reading, index): readonly GcEvent[] => {
    const count = Math.round((reading.totalAlloc - (readings[index]?.totalAlloc ?? 0)) / 8192);
    if (count === 0) return [];
    const atNs = shifted(reading.atNs - 50e6);
    const call: GcEvent = {
      kind: 'call',
      probe: 'allocSpan',
      args: { npages: 1 + (index % 4) },
      goid: 200 + (index % 9),
      atNs,
      durationNs: durationNs(900 + (index % 13) * 170),
    };
    return [{ kind: 'alloc', calls: count, pages: pages(count), atNs, durationNs: durationNs(50e6) }, call];
  });
}

/** At GOGC=100, with stacks and globals; four MiB before the first cycle. */
const goalOver = (marked: Bytes | undefined): Bytes => bytes(Math.round(2.02 * (marked ?? 2 ** 21)));

interface Place {
  readonly index: number;
  readonly go: '1.16' | '1.26';
  has(probe: ProbeName): boolean;
}

function cycleEvents({ cycles }: SimulatedRun, { index, go, has }: Place): readonly GcEvent[] {
  const simulated = cycles[index];
  if (simulated === undefined) return [];
  const {
    trigger,
    sweepTermAtNs = nanos(0),
    markAtNs = nanos(0),
    markTermAtNs = nanos(0),
    endAtNs,
  } = simulated.cycle;
  const { heapMarked: marked = bytes(0) } = simulated.cycle;
  const ended = shifted(endAtNs);
  const call = (probe: ProbeName, fromNs: number, toNs: number, args = {}): readonly GcEvent[] =>
    has(probe)
      ? [
          {
            kind: 'call',
            probe,
            args,
            goid: 4_211,
            atNs: shifted(fromNs),
            durationNs: durationNs(Math.round(toNs - fromNs)),
          },
        ]
      : [];
  const span = { atNs: shifted(markAtNs), durationNs: durationNs(markTermAtNs - markAtNs) };
  const sweep = { atNs: ended, durationNs: durationNs(Math.round(simulated.sweepEndNs - endAtNs)) };
  const assisted = workUnits(12_000 + (index % 7) * 9_500);
  const goal = goalOver(marked);
  const triggerBytes = bytes(Math.round(marked + 0.885 * (goal - marked)));
  const ratio = 0.86 + (index % 5) * 0.012;
  const isForced = trigger === 'forced';
  return [
    {
      kind: 'cycle',
      cycle: {
        trigger,
        sweepTermAtNs: shifted(sweepTermAtNs),
        markAtNs: shifted(markAtNs),
        markTermAtNs: shifted(markTermAtNs),
        endAtNs: ended,
        // commit tells both, from Go 1.17 on: what was marked, and the goal that was in force.
        ...(has('commit')
          ? { heapMarked: marked, heapGoal: goalOver(cycles[index - 1]?.cycle.heapMarked) }
          : {}),
        evidence: 'derived',
      },
    },
    ...(has('gcDrainN')
      ? [{ kind: 'mark', calls: 9, work: workUnits(assisted + 3_000), ...span } as const]
      : []),
    ...(has('gcAssistAlloc1') ? [{ kind: 'assist', calls: 7, work: assisted, ...span } as const] : []),
    ...(has('sweepone') ? [{ kind: 'sweep', calls: 6_400, pages: pages(6_400), ...sweep } as const] : []),
    ...(isForced ? call('GC', sweepTermAtNs, simulated.sweepEndNs) : []),
    ...(isForced ? call('gcWaitOnMark', sweepTermAtNs + 9_000, endAtNs + 40_000, { n: index }) : []),
    ...call('gcSweep', endAtNs - 21_000, endAtNs - 9_000),
    ...(go === '1.26'
      ? [
          { kind: 'pace', atNs: ended, goalBytes: goal, markedBytes: marked } as const,
          { kind: 'pace', atNs: ended, triggerBytes, triggerRatio: triggerBytes / marked - 1 } as const,
        ]
      : has('gcSetTriggerRatio')
        ? [{ kind: 'pace', atNs: ended, triggerRatio: ratio } as const]
        : []),
  ];
}

function trafficMessages(): readonly SourceMessage[] {
  const answer = (seconds: number, button: 'a' | 'g', lastedMs: number): SourceMessage => ({
    atNs: at(seconds + lastedMs / 1e3),
    type: 'note',
    level: 'info',
    code: 'traffic.answer',
    text: `${button}: 200`,
    traffic: {
      button,
      path: button === 'a' ? '/allocate-memory' : '/allocate-memory-and-run-gc',
      requests: 1,
      failed: 0,
      status: 200,
      startedAtNs: at(seconds),
      endedAtNs: at(seconds + lastedMs / 1e3),
      slowestNs: durationNs(lastedMs * 1e6),
      answer: 'Generated string array with 8192000 bytes of data',
    },
  });
  return [
    note(82.018, 'traffic.sent', 'a: /allocate-memory  1,000 x 8,192 B'),
    answer(82.018, 'a', 58.8),
    note(rowsFrom + forcedAt - 0.05, 'traffic.sent', 'g: /allocate-memory-and-run-gc  1,000 x 8,192 B'),
    answer(rowsFrom + forcedAt - 0.05, 'g', 174),
  ];
}

import fc from 'fast-check';
import type { GcCycle } from '../../src/gc/cycle.js';
import type { GcEvent } from '../../src/gc/event.js';
import type { Phase } from '../../src/gc/phase.js';
import type { SourceMessage, TargetId } from '../../src/gc/stream.js';
import { type Bytes, bytes, durationNs, type Nanos, nanos, workUnits } from '../../src/gc/units.js';
import { plain } from './arbitraries.js';

/** How one cycle goes: lengths of its parts and what it does to the heap. */
interface CyclePlan {
  readonly idleNs: number;
  readonly stopNs: number;
  readonly markNs: number;
  /** The runtime found work left so many times and marked again. */
  readonly marksAgain: number;
  readonly lastStopNs: number;
  readonly sweepNs: number;
  readonly trigger: GcCycle['trigger'];
  readonly allocated: number;
  readonly survives: number;
  readonly isWhole: boolean;
  readonly phasesSeen: boolean;
  readonly newsAfter: 'none' | 'stop' | 'answer' | 'probe' | 'note' | 'calls';
}

const cyclePlan: fc.Arbitrary<CyclePlan> = plain({
  idleNs: fc.integer({ min: 0, max: 3e9 }),
  stopNs: fc.integer({ min: 1, max: 2e6 }),
  markNs: fc.integer({ min: 1, max: 8e8 }),
  marksAgain: fc.nat({ max: 1 }),
  lastStopNs: fc.integer({ min: 1, max: 2e6 }),
  sweepNs: fc.integer({ min: 0, max: 2e8 }),
  trigger: fc.constantFrom('heap', 'heap', 'heap', 'forced', 'time', 'unknown'),
  allocated: fc.integer({ min: 0, max: 2 ** 26 }),
  survives: fc.integer({ min: 0, max: 2 ** 26 }),
  isWhole: fc.boolean(),
  phasesSeen: fc.boolean(),
  newsAfter: fc.constantFrom('none', 'stop', 'answer', 'probe', 'note', 'calls'),
});

/** The phases of cycles that walk the phase table, each with its begin. */
export const legalPhases: fc.Arbitrary<readonly { readonly phase: Phase; readonly atNs: Nanos }[]> = fc
  .array(cyclePlan, { maxLength: 8 })
  .map((plans) => tellStory(plans).flatMap((chapter) => chapter.phases));

export const storyTarget: TargetId = 'one';
/** How late a story's events can be told. */
export const storyLatenessNs = durationNs(50e6);

/** A legal stream of one program whose cycles walk the phase table: from `opened` to `closed`. */
export const legalStream: fc.Arbitrary<readonly SourceMessage[]> = fc
  .tuple(fc.array(cyclePlan, { maxLength: 40 }), fc.boolean())
  .map(([plans, closes]) => streamOf(plans, closes));

interface Chapter {
  readonly cycle: GcCycle;
  readonly phases: readonly { readonly phase: Phase; readonly atNs: Nanos }[];
  readonly overAtNs: Nanos;
  readonly heap: Bytes;
  readonly plan: CyclePlan;
}

function tellStory(plans: readonly CyclePlan[]): Chapter[] {
  const chapters: Chapter[] = [];
  let nowNs = 0;
  let marked = 4 * 2 ** 20;
  for (const plan of plans) {
    const phases: { phase: Phase; atNs: Nanos }[] = [];
    const enter = (entered: Phase, lastsNs: number) => {
      const atNs = nanos(nowNs);
      phases.push({ phase: entered, atNs });
      nowNs += lastsNs;
      return atNs;
    };
    nowNs += plan.idleNs;
    const sweepTermAtNs = enter('sweep-termination', plan.stopNs);
    const markAtNs = enter('mark', plan.markNs);
    for (let again = 0; again < plan.marksAgain; again++) {
      enter('mark-termination', plan.lastStopNs);
      enter('mark', plan.markNs);
    }
    const markTermAtNs = enter('mark-termination', plan.lastStopNs);
    const endAtNs = enter('sweep', plan.sweepNs);
    const overAtNs = enter('off', 1);
    const atStart = marked + plan.allocated;
    chapters.push({
      phases,
      overAtNs,
      plan,
      heap: bytes(atStart),
      cycle: {
        number: chapters.length + 1,
        trigger: plan.trigger,
        endAtNs,
        pauseNs: durationNs(plan.stopNs + plan.lastStopNs),
        evidence: plan.isWhole ? 'exact' : 'partial',
        ...(plan.isWhole
          ? {
              sweepTermAtNs,
              markAtNs,
              markTermAtNs,
              heapAtStart: bytes(atStart),
              heapAtEnd: bytes(atStart),
              heapMarked: bytes(plan.survives),
              heapGoal: bytes(marked * 2),
            }
          : {}),
      },
    });
    marked = plan.survives;
  }
  return chapters;
}

function streamOf(plans: readonly CyclePlan[], closes: boolean): SourceMessage[] {
  const stream: SourceMessage[] = [
    { atNs: nanos(0), type: 'opened', format: 1, originUnixMs: 1.7e12 },
    {
      atNs: nanos(0),
      type: 'target',
      id: storyTarget,
      latenessNs: storyLatenessNs,
      target: { name: 'gc-service', pid: 1, goVersion: 'go1.26.5', source: 'local', procs: 4 },
      capabilities: { evidence: 'exact', everyCycleWhole: true, heap: true, calls: true, missing: [] },
    },
  ];
  let atNs = 0;
  for (const { cycle, phases, overAtNs, heap, plan } of tellStory(plans)) {
    const reading: GcEvent = { kind: 'heap', atNs: overAtNs, live: heap, totalAlloc: bytes(overAtNs) };
    const told: GcEvent[] = plan.phasesSeen
      ? phases.map((each) => ({ kind: 'phase', cycle: cycle.number ?? 0, ...each }))
      : [];
    atNs = Math.max(atNs, overAtNs + storyLatenessNs);
    stream.push({
      atNs: nanos(atNs),
      type: 'events',
      target: storyTarget,
      events: [
        ...told,
        { kind: 'cycle', cycle },
        reading,
        ...stopAfter(plan, overAtNs),
        ...callsAfter(plan, { cycle, heap }),
      ],
    });
    stream.push(...newsAfter(plan, { atNs: nanos(atNs), cycle }));
  }
  if (closes) stream.push({ atNs: nanos(atNs), type: 'closed', reason: 'end' });
  return stream;
}

const stopAfter = ({ newsAfter: news }: CyclePlan, atNs: Nanos): GcEvent[] =>
  news === 'stop'
    ? [
        {
          kind: 'pause',
          reason: 'read-mem-stats',
          atNs,
          durationNs: durationNs(38_000),
          stoppingNs: durationNs(5_000),
        },
      ]
    : [];

/** What the pacer set for the next cycle, and calls that were probed, one by one and added up. */
function callsAfter(
  { newsAfter: news, sweepNs, survives }: CyclePlan,
  { cycle: { endAtNs }, heap }: { cycle: GcCycle; heap: Bytes },
): GcEvent[] {
  if (news !== 'calls') return [];
  const timed = { atNs: endAtNs, durationNs: durationNs(sweepNs) };
  return [
    { kind: 'pace', atNs: endAtNs, triggerBytes: heap, triggerRatio: survives === 0 ? 0 : heap / survives },
    { kind: 'call', probe: 'gcSweep', args: {}, atNs: endAtNs },
    {
      kind: 'calls',
      probe: 'sweepone',
      calls: 2,
      args: {},
      result: 9,
      longestNs: durationNs(sweepNs),
      ...timed,
    },
    { kind: 'assist', calls: 2, work: workUnits(640), ...timed },
  ];
}

function newsAfter(
  { newsAfter: news, markNs }: CyclePlan,
  { atNs, cycle }: { atNs: Nanos; cycle: GcCycle },
): SourceMessage[] {
  switch (news) {
    case 'answer':
      return [
        {
          atNs,
          type: 'note',
          level: 'info',
          code: 'traffic.answer',
          text: 'g: 200',
          traffic: {
            button: 'g',
            path: '/allocate-memory-and-run-gc',
            requests: 1,
            failed: 0,
            status: 200,
            startedAtNs: nanos(Math.max(0, cycle.endAtNs - markNs)),
            endedAtNs: cycle.endAtNs,
            slowestNs: durationNs(markNs),
          },
        },
      ];
    case 'probe':
      return [{ atNs, type: 'probe', target: storyTarget, probe: 'cycle', state: 'running', attempt: 1 }];
    case 'note':
      return [{ atNs, type: 'note', level: 'error', code: 'target.output', text: 'a line of the program' }];
    default:
      return [];
  }
}

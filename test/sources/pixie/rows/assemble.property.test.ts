import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { GcEvent } from '../../../../src/gc/event.js';
import { probeNames } from '../../../../src/gc/probe.js';
import type { SourceMessage } from '../../../../src/gc/stream.js';
import { streamMessage } from '../../../../src/gc/stream-check.js';
import { nanos } from '../../../../src/gc/units.js';
import { RowAssembler } from '../../../../src/sources/pixie/rows/assemble.js';
import type { Chapter, Gap } from '../../../../src/sources/pixie/rows/assemble-chapters.js';
import { Poller } from '../../../../src/sources/pixie/rows/poller.js';
import type { CallRow } from '../../../../src/sources/pixie/rows/rows.js';
import { checkCounts, checkCycles } from '../../../contract/source.js';
import { cyclePlan, type PixieStory, type TrueCycle, tellStory } from '../../../helpers/pixie-story.js';
import { NodeTables, sinceUnixNs } from '../../../helpers/pixie-tables.js';

const story = fc.array(cyclePlan, { minLength: 1, maxLength: 5 }).map((plans) => tellStory(plans));
const probes = probeNames.filter((probe) => probe !== 'gcSetTriggerRatio');
/** A goroutine is not always known. */
const goidsKnown = fc.boolean();

describe('the rows of legal cycles', () => {
  test('make the same events however they are split into polls and whatever the row cap', () => {
    fc.assert(
      fc.property(
        story,
        fc.array(fc.integer({ min: 20e6, max: 4e9 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 2.3e9 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 3, max: 400 }),
        (told, pollsNs, delays, rowCap) => {
          const tables = new NodeTables(told.rows, {
            delayNs: (i) => delays[i % delays.length] ?? 0,
            rowCap,
          });
          const polled = readBy(tables, { told, pollsNs, rowCap });
          const whole = assembled(told.rows);
          assert.deepEqual(eventsOf(polled), eventsOf(whole));
          assert.deepEqual(gapsOf(polled), []);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('tell every pause and every cycle as it truly was', () => {
    fc.assert(
      fc.property(story, goidsKnown, (told, known) => {
        const events = eventsOf(assembled(known ? told.rows : told.rows.map(unknown)));
        assert.deepEqual(
          pausesOf(events),
          told.pauses.map(({ beginNs, endNs, stoppingNs, reason }) => ({
            beginNs,
            endNs,
            stoppingNs,
            reason,
          })),
        );
        let counted = false;
        const expected = told.cycles.map((cycle) => {
          counted ||= cycle.forced;
          return {
            trigger: cycle.forced ? 'forced' : 'heap',
            number: counted ? cycle.number : undefined,
            times: [cycle.sweepTermNs, cycle.markNs, cycle.markTermNs, cycle.endNs],
            heap: [cycle.marked, cycle.goal],
            evidence: 'derived',
          };
        });
        assert.deepEqual(
          cyclesOf(events).map((cycle) => ({
            trigger: cycle.trigger,
            number: cycle.number,
            times: [cycle.sweepTermAtNs, cycle.markAtNs, cycle.markTermAtNs, cycle.endAtNs],
            heap: [cycle.heapMarked, cycle.heapGoal],
            evidence: cycle.evidence,
          })),
          expected,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('lose nothing of the work: the sums are those of the rows', () => {
    fc.assert(
      fc.property(story, (told) => {
        const events = eventsOf(assembled(told.rows));
        const sumOf = (probe: CallRow['probe'], value: number) => {
          const rows = told.rows.filter((row) => row.probe === probe);
          return [rows.length, rows.reduce((sum, row) => sum + Math.max(0, row.values[value] ?? 0), 0)];
        };
        assert.deepEqual(workOf(events, 'alloc'), sumOf('allocSpan', 0));
        assert.deepEqual(workOf(events, 'sweep'), sumOf('sweepone', 0));
        assert.deepEqual(workOf(events, 'mark'), sumOf('gcDrainN', 1));
        assert.deepEqual(workOf(events, 'assist'), sumOf('gcAssistAlloc1', 0));
      }),
      { numRuns: 50 },
    );
  });

  test('are values that a stream may carry', () => {
    fc.assert(
      fc.property(story, (told) => {
        for (const message of messagesOf(assembled(told.rows)))
          assert.deepEqual(streamMessage(message), message);
      }),
      { numRuns: 50 },
    );
  });
});

describe('rows of which some are lost', () => {
  const losses = fc.array(fc.nat({ max: 99 }), { minLength: 50, maxLength: 50 });
  const lossy = (told: PixieStory, dice: readonly number[], percent: number): readonly CallRow[] =>
    told.rows.filter((_, i) => ((dice[i % dice.length] ?? 0) + i * 37) % 100 >= percent);

  // With most rows gone nothing may be left between two stops of one goroutine that tells them apart.
  test('never make a pause that was not', () => {
    fc.assert(
      fc.property(story, losses, fc.integer({ min: 1, max: 30 }), (told, dice, percent) => {
        const events = eventsOf(assembled(lossy(told, dice, percent)));
        for (const { beginNs, endNs, stoppingNs, reason } of pausesOf(events)) {
          const truth = told.pauses.find((pause) => pause.beginNs === beginNs);
          assert.ok(truth !== undefined, `no pause began at ${beginNs}`);
          // Where the reason is lost, so is how the runtime counts that stop.
          const trueEndNs = reason === 'other' ? truth.startedNs : truth.endNs;
          assert.deepEqual([endNs, stoppingNs], [trueEndNs, truth.stoppingNs]);
          if (reason !== 'other') assert.equal(reason, truth.reason);
        }
      }),
      { numRuns: 600 },
    );
  });

  test('never make a figure of a cycle wrong: what was lost is absent, and the cycle partial', () => {
    fc.assert(
      fc.property(story, losses, fc.integer({ min: 1, max: 60 }), (told, dice, percent) => {
        const rows = lossy(told, dice, percent);
        // A cycle of whose end no row is left cannot be told from one that never was.
        fc.pre(told.cycles.every((cycle) => rows.some((row) => isOfEnd(row, cycle))));
        for (const cycle of cyclesOf(eventsOf(assembled(rows)))) {
          const truth = told.cycles.find(
            ({ sweepTermNs, endNs }) => cycle.endAtNs > sweepTermNs && cycle.endAtNs <= endNs,
          );
          assert.ok(truth !== undefined, `no cycle ended at ${cycle.endAtNs}`);
          const isWhole = cycle.sweepTermAtNs !== undefined && cycle.markTermAtNs !== undefined;
          assert.equal(cycle.evidence, isWhole ? 'derived' : 'partial');
          assert.ok([undefined, truth.sweepTermNs].includes(cycle.sweepTermAtNs));
          assert.ok([undefined, truth.markNs].includes(cycle.markAtNs));
          assert.ok([undefined, truth.markTermNs].includes(cycle.markTermAtNs));
          if (cycle.markTermAtNs !== undefined) assert.equal(cycle.endAtNs, truth.endNs);
          assert.ok([undefined, truth.number].includes(cycle.number));
          assert.ok([undefined, truth.marked].includes(cycle.heapMarked));
        }
      }),
      { numRuns: 600 },
    );
  });

  test('make a stream whose cycles are in order, and whose missing ones are told by gaps', () => {
    fc.assert(
      fc.property(
        story,
        losses,
        fc.integer({ min: 1, max: 60 }),
        goidsKnown,
        (told, dice, percent, known) => {
          const rows = lossy(told, dice, percent);
          const chapters = assembled(known ? rows : rows.map(unknown));
          checkCycles(eventsOf(chapters));
          checkCounts(messagesOf(chapters), 'one');
          for (const message of messagesOf(chapters)) assert.deepEqual(streamMessage(message), message);
        },
      ),
      { numRuns: 400 },
    );
  });
});

const isOfEnd = (row: CallRow, { markTermNs, endNs }: TrueCycle): boolean =>
  row.atNs - row.latencyNs > markTermNs &&
  row.atNs - row.latencyNs < endNs &&
  (row.probe === 'gcSweep' || row.probe === 'gcMarkTermination');

/** Reads a node's tables poll by poll until long after the end of the story. */
function readBy(
  tables: NodeTables,
  { told, pollsNs, rowCap }: { told: PixieStory; pollsNs: readonly number[]; rowCap: number },
): readonly Chapter[] {
  const poller = new Poller({ sinceUnixNs, rowCap });
  const assembler = new RowAssembler({ probes, toSessionNs: nanos });
  const chapters: Chapter[] = [];
  let nowNs = 0;
  for (let i = 0; nowNs < told.endNs + 10e9; i++) {
    nowNs += pollsNs[i % pollsNs.length] ?? 1e9;
    for (const news of tables.poll(poller, nowNs)) {
      assert.deepEqual(news.gaps, []);
      assembler.add(news.fresh);
      chapters.push(...assembler.settle(news.settledNs));
    }
  }
  chapters.push(...assembler.end());
  assert.deepEqual(assembler.leftOut, { absurd: 0, foreign: 0, late: 0 });
  return chapters;
}

/** All rows at once, in the order in which they returned. */
function assembled(rows: readonly CallRow[]): readonly Chapter[] {
  const assembler = new RowAssembler({ probes, toSessionNs: nanos });
  for (const row of rows) assembler.add([{ probe: row.probe, rows: [row], lastNs: row.atNs }]);
  return assembler.end();
}

const unknown = (row: CallRow): CallRow => ({ ...row, goid: -1 });

const eventsOf = (chapters: readonly Chapter[]): readonly GcEvent[] =>
  chapters.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'events' ? part.events : [])));

const gapsOf = (chapters: readonly Chapter[]): readonly Gap[] =>
  chapters.flatMap(({ parts }) => parts.filter((part) => part.type === 'gap'));

const messagesOf = (chapters: readonly Chapter[]): readonly SourceMessage[] =>
  chapters.flatMap(({ parts }) => parts.map((part) => ({ ...part, atNs: nanos(1e15), target: 'one' })));

const cyclesOf = (events: readonly GcEvent[]) =>
  events.flatMap((event) => (event.kind === 'cycle' ? [event.cycle] : []));

const pausesOf = (events: readonly GcEvent[]) =>
  events
    .flatMap((event) => (event.kind === 'pause' ? [event] : []))
    .map(({ atNs, durationNs = 0, stoppingNs, reason }) => ({
      beginNs: Number(atNs),
      endNs: atNs + durationNs,
      stoppingNs,
      reason,
    }))
    .sort((a, b) => a.beginNs - b.beginNs);

function workOf(events: readonly GcEvent[], kind: 'alloc' | 'sweep' | 'mark' | 'assist'): readonly number[] {
  let [calls, amount] = [0, 0];
  for (const event of events) {
    if (event.kind !== kind) continue;
    if (event.kind !== 'alloc' && event.kind !== 'sweep' && event.kind !== 'mark' && event.kind !== 'assist')
      continue;
    calls += event.calls;
    amount += 'pages' in event ? event.pages : event.work;
  }
  return [calls, amount];
}

import type { CallRecording, RecordedCall } from './calls.js';

/** Calls made up for the stand-in's own tests: every 100 ms an allocation, every second the steps of a cycle. */
export function someCalls({ goVersion = 'go1.26.8', seconds = 10 } = {}): CallRecording {
  const calls: RecordedCall[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const at = second * 1e9;
    for (let tenth = 0; tenth < 10; tenth += 1) {
      calls.push(['allocSpan', at + tenth * 1e8, 2_000, 20 + tenth, { npages: 1 + tenth }]);
    }
    calls.push(['gcStart', at + 3e8, 40_000, 7, {}]);
    calls.push(['sweepone', at + 4e8, 1_500, 4, { npages: -1 }]);
    calls.push(['gcDrainN', at + 5e8, 60_000, 8, { scanWorkRequested: 65_536, scanWorkPerformed: 65_944 }]);
    calls.push(['gcSetTriggerRatio', at + 6e8, 1_000, 7, { triggerRatio: 0.875 }]);
    calls.push([
      'commit',
      at + 6e8,
      1_000,
      7,
      { heapMarked: 157_192, triggered: -1, lastHeapGoal: 4_194_304 },
    ]);
  }
  const returned = ([, startNs, latencyNs]: RecordedCall): number => startNs + latencyNs;
  return { goVersion, durationNs: seconds * 1e9, calls: calls.sort((a, b) => returned(a) - returned(b)) };
}

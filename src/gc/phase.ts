/**
 * Where the collector is. `off`: nothing to do until the heap reaches its trigger. The runtime's own gcphase
 * (runtime/mgc.go) knows only off, mark and mark termination; the stops and the sweep are told apart here.
 */
export type Phase = 'sweep-termination' | 'mark' | 'mark-termination' | 'sweep' | 'off';

const next: Readonly<Record<Phase, readonly Phase[]>> = {
  off: ['sweep-termination'],
  sweep: ['sweep-termination', 'off'],
  'sweep-termination': ['mark'],
  mark: ['mark-termination'],
  // gcMarkDone restarts the world when a P still has work left (runtime/mgc.go).
  'mark-termination': ['sweep', 'mark', 'off'],
};

/** Whether the runtime can go from one phase straight to the other. */
export const canFollow = (from: Phase, to: Phase): boolean => next[from].includes(to);

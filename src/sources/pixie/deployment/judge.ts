import type { GctopError } from '../../../error.js';
import type { Nanos } from '../../../gc/units.js';
import type { Draft } from '../../order.js';
import { type CanaryTurn, gaveUp, judgeCanary } from './canary.js';
import { isRunning, judgeProbe, type Probe } from './probes.js';
import type { Deployment, Told } from './state.js';
import { news } from './words.js';

/** Looks whose time is up, or who has come up. */
export function judge(before: Deployment, nowNs: Nanos): Told {
  const { timing } = before.setting;
  const turn = judgeCanary(before.canary, timing, nowNs);
  const probes = before.probes.map((probe) => judgeProbe(probe, timing, nowNs));
  // The others were held up by what leaves the script: what became of them shows when it goes out without that.
  const fewer = probes.some(({ stand }, i) => stand.kind !== before.probes[i]?.stand.kind);
  const state = { ...before, canary: turn.canary, probes, askAtNs: fewer ? nowNs : before.askAtNs };
  const notes = canaryNotes(turn, nowNs);
  if (turn.gaveUp === undefined) return { state, notes };
  const halted = halt(state, gaveUp(turn.gaveUp, turn.canary.tries.length, state.target), 'canary.gave-up');
  return { state: halted.state, notes: [...notes, ...halted.notes] };
}

/** Nothing more is placed until the user wants it tried again. */
export function halt(state: Deployment, error: GctopError, code: 'canary.gave-up' | 'pixie.stopped'): Told {
  const isUp = state.canary.stand.kind === 'up';
  const probes = isUp ? state.probes.map((probe) => stop(probe, error.message)) : state.probes;
  return { state: { ...state, probes, halted: error, statusDue: false }, notes: [news.halted(code, error)] };
}

/** What runs goes on until its time is up; what does not, will not. */
function stop(probe: Probe, why: string): Probe {
  if (isRunning(probe) || probe.stand.kind === 'missing' || probe.stand.kind === 'failed') return probe;
  return { ...probe, stand: { kind: 'failed', why } };
}

function canaryNotes({ canary, ended }: CanaryTurn, nowNs: Nanos): readonly Draft[] {
  if (ended === undefined) return [];
  if (ended.how === 'up') return [news.canaryUp(ended.try, nowNs - ended.attempt.sentAtNs)];
  const nextInNs = canary.stand.kind === 'due' ? canary.stand.atNs - nowNs : undefined;
  return [news.canaryFailed(ended.last, ended.try, nextInNs)];
}

import { type ProbeState, type Step, type StepName, stepNames } from '../gc/stream.js';
import { comingUpLayout, type Layout, layout } from './layout.js';
import type { Model, ProbeLine } from './model.js';
import { shownModel } from './still.js';

/** Whether the target is a pod that is watched by probes, so that steps stand between the start and the first figure. */
export const isPod = ({ steps, target }: Readonly<Model>): boolean =>
  steps.size > 0 || target?.target.source === 'Pixie';

/** Whether a source still comes up and nothing was ever measured. */
export const isComingUp = (model: Readonly<Model>): boolean =>
  isPod(model) && !model.hasMeasured && model.state.kind !== 'ended';

/** Where the overview's panes stand now. The first data restore the usual grid, once: panes do not move for data. */
export const overviewLayout = (model: Readonly<Model>): Layout =>
  isComingUp(shownModel(model)) ? comingUpLayout(model.size) : layout(model.size, undefined);

/** The first of the steps that is not up, and its place among all; undefined when all are. */
export function currentStep({
  steps,
}: Readonly<Model>): { readonly name: StepName; readonly number: number; readonly step?: Step } | undefined {
  const index = stepNames.findIndex((name) => steps.get(name)?.state !== 'up');
  const name = stepNames[index];
  if (name === undefined) return undefined;
  const step = steps.get(name);
  return { name, number: index + 1, ...(step === undefined ? {} : { step }) };
}

/** Whether a probe was left out because this Go release has another in its place: nothing is wrong, and nothing to be said. */
export const isOfOtherRelease = ({ state, detail }: Pick<ProbeLine, 'state' | 'detail'>): boolean =>
  state === 'dropped' && detail === 'not of this Go release';

/** How many probes there are and how they stand. */
export interface ProbeCounts {
  /** Without those that were taken off: of another Go release, or too dear. */
  readonly total: number;
  readonly running: number;
  /** Names of those that ought to be in the program and are not. */
  readonly missing: readonly string[];
}

export function probeCounts({ probes }: Readonly<Model>): ProbeCounts {
  const inState = (...states: readonly ProbeState[]): readonly string[] =>
    [...probes].filter(([, { state }]) => states.includes(state)).map(([name]) => name);
  return {
    total: probes.size - inState('dropped').length,
    running: inState('running').length,
    missing: inState('missing'),
  };
}

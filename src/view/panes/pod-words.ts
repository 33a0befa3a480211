import type { ProbeName } from '../../gc/probe.js';
import type { Step, StepName } from '../../gc/stream.js';
import { currentStep, isComingUp, isPod, probeCounts } from '../../model/coming-up.js';
import { windowLength } from '../format.js';
import { bad, span } from '../line.js';
import type { Scene } from '../scene.js';
import type { Span } from '../screen-view.js';
import { plain } from '../text.js';

/** How a pod's watch stands: what is being done until figures come, what is lost, how late the figures are. */
export function podStateWord(scene: Scene): Span | undefined {
  const { model, glyphs } = scene;
  if (!isPod(model) || (model.state.kind !== 'live' && model.state.kind !== 'opening')) return undefined;
  const { up, waiting, failed } = glyphs.state;
  const current = currentStep(model);
  if (current !== undefined && (isComingUp(model) || current.step !== undefined)) {
    const words = `${current.name}${progress(scene, current.name)}`;
    if (current.step?.state === 'failed') return bad(`${failed} FAILED ${words}`);
    // Without these the figures go on for a while.
    const isBeside = !isComingUp(model) && besides.has(current.name);
    return isBeside ? bad(`${failed} LOST ${current.name}`) : span(`${waiting} DEPLOYING ${words}`, 'limit');
  }
  if (model.state.kind !== 'live') return undefined;
  const lateNs = model.target?.latenessNs ?? 0;
  return span(`${up} LIVE${lateNs < 1e9 ? '' : `  ${windowLength(lateNs)} late`}`, 'gc');
}

const besides: ReadonlySet<StepName> = new Set<StepName>(['cloud', 'cluster', 'pems', 'forward', 'rows']);

/** ` 3/8`: how far a step has come, where it has parts. */
function progress({ model }: Scene, name: StepName): string {
  if (name === 'probes') {
    const { total, running } = probeCounts(model);
    return total === 0 ? '' : ` ${running}/${total}`;
  }
  const parts = /(\d+) of (\d+)/.exec(model.steps.get(name)?.word ?? '');
  return parts === null ? '' : ` ${parts[1]}/${parts[2]}`;
}

/** Why nothing can be drawn of what these probes tell; undefined when all of them tell, or there is no pod. */
export function waitsFor(
  scene: Scene,
  names: readonly ProbeName[],
  joint: 'and' | 'or' = 'and',
): string | undefined {
  const { model } = scene;
  if (!isPod(model)) return undefined;
  const stateOf = (name: ProbeName) => model.probes.get(name)?.state;
  const gone = names.filter((name) => ['missing', 'dropped'].includes(stateOf(name) ?? ''));
  if (gone.length > 0) {
    const how = gone.some((name) => stateOf(name) === 'missing') ? 'not in this program' : 'taken off';
    return `not available: ${listed(gone)} ${gone.length === 1 ? 'is' : 'are'} ${how}`;
  }
  const failed = names.find((name) => stateOf(name) === 'failed');
  if (failed !== undefined) return `no data yet: ${failed} could not be placed`;
  const waiting = names.filter((name) => stateOf(name) !== 'running');
  // Whoever tells figures without saying how its probes stand has none that could be waited for.
  if (waiting.length === 0 || (model.probes.size === 0 && model.hasMeasured)) return firstFigures(scene);
  return `no data yet: waits for ${listed(waiting, joint)}`;
}

/** `first figures in 3 s`: rows came, but the picture follows the time at a distance and has not reached them. */
export function firstFigures({ model, axis }: Scene): string | undefined {
  const { firstEventAtNs } = model;
  if (!isPod(model) || firstEventAtNs === undefined || firstEventAtNs <= axis.knownToNs) return undefined;
  return `first figures in ${windowLength(Math.ceil((firstEventAtNs - axis.knownToNs) / 1e9) * 1e9)}`;
}

/** What the user has to do while the watch comes up: mostly nothing. */
export function nothingToDo(scene: Scene): string {
  const { model, atNs } = scene;
  const current = currentStep(model);
  const step = current?.step;
  if (step === undefined) return 'nothing to do: it comes up by itself';
  if (step.state === 'failed') return `${step.step}: ${plain(step.remark ?? step.word)}`;
  const left = leftNs(step, atNs);
  const name = step.step === 'canary' ? 'the canary' : `step ${current?.number}, ${step.step},`;
  const time = left === undefined ? '' : ` has ${windowLength(left)} left`;
  if (step.step === 'canary' && left !== undefined)
    return `nothing to do: ${name}${time}, then it goes out under a new name    (r: now)`;
  return `nothing to do: ${name}${time === '' ? ' is under way' : time}`;
}

/** How long a step has until its verdict or its next try, whole seconds. */
export const leftNs = ({ untilNs }: Step, atNs: number): number | undefined =>
  untilNs === undefined ? undefined : Math.ceil(Math.max(0, untilNs - atNs) / 1e9) * 1e9;

const listed = (names: readonly string[], joint: 'and' | 'or' = 'and'): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} ${joint} ${names.at(-1)}`;

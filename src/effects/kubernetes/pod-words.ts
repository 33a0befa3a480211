import type { Note, Step } from '../../gc/stream.js';
import { type Clock, sessionTime } from '../../system/clock.js';
import { podRefOf, workloadOf } from './choose-pod.js';
import type { Verdict } from './follow.js';
import type { Pod } from './objects.js';

/** What is told of the pod that is followed. */
export interface PodWords {
  /** How it looks, as its step and, where that is news, a note. */
  looks(pod: Pod, look: Exclude<Verdict, { type: 'move' }>): readonly (Note | Step)[];
  moved(from: Pod, to: Pod, why: string): Note;
  /** The cluster does not say how it stands. */
  unseen(pod: Pod, why: string): Step;
}

export function podWords(clock: Clock, container: string): PodWords {
  const step = (pod: Pod, stands: Pick<Step, 'state' | 'word' | 'sinceNs'>): Step => {
    const place = pod.node === undefined ? '' : ` on ${pod.node}`;
    return { type: 'step', step: 'pod', ...stands, remark: `${pod.namespace}/${pod.name}${place}` };
  };
  return {
    looks(pod, look) {
      if (look.type === 'wait') {
        const next = workloadOf(pod);
        const awaited = next === undefined ? 'another one' : `another one of ${next.kind} ${next.name}`;
        const text = `${pod.name}: ${look.why}; waiting for ${awaited}`;
        return [
          step(pod, { state: 'waiting', word: 'gone', sinceNs: clock.nowNs() }),
          { type: 'note', level: 'warning', code: 'target.gone', text },
        ];
      }
      if (look.type === 'doubt')
        return [step(pod, { state: 'waiting', word: 'not ready', sinceNs: clock.nowNs() })];
      const sinceNs = sessionTime(podRefOf(look.pod, container)?.startedUnixMs, clock);
      return [
        step(look.pod, { state: 'up', word: 'running', ...(sinceNs === undefined ? {} : { sinceNs }) }),
      ];
    },
    moved(from, to, why) {
      const text =
        from.uid === to.uid
          ? `${to.name} is watched anew: ${why}`
          : `${to.name} is watched in place of ${from.name}: ${why}`;
      return { type: 'note', level: 'info', code: 'target.pod', text };
    },
    unseen: (pod, why) => ({
      type: 'step',
      step: 'pod',
      state: 'waiting',
      word: 'unseen',
      remark: `${pod.namespace}/${pod.name}: ${why}`,
      sinceNs: clock.nowNs(),
    }),
  };
}

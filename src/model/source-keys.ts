import { canRestartForward, canRetry, canSetProbes, isUnderWay } from './can.js';
import type { KeyBinding } from './keymap.js';

/** The lines of the key table that mean something to one kind of source: a process that is probed, or a pod. */
export const sourceKeys: readonly KeyBinding[] = [
  {
    keys: ['p'],
    label: 'p',
    short: 'probes',
    help: 'probes light or full',
    group: 'probes',
    action: { type: 'probes' },
    modes: ['screen'],
    available: canSetProbes,
  },
  {
    keys: ['r'],
    label: 'r',
    short: 'try now',
    help: 'next try of canary or probes now',
    group: 'pod',
    action: { type: 'retry' },
    modes: ['screen'],
    available: canRetry,
    footer: ({ steps }) => ({
      label: 'r',
      short: isUnderWay(steps.get('canary')) ? 'canary now' : 'probes now',
    }),
  },
  {
    keys: ['f'],
    label: 'f',
    short: 'forward again',
    help: 'restart the port-forward',
    group: 'pod',
    action: { type: 'restart-forward' },
    modes: ['screen'],
    available: canRestartForward,
  },
];

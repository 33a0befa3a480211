import type { TrafficButton } from '../gc/stream.js';
import { type Action, paneIds } from './action.js';
import { canSend } from './can.js';
import { isOver } from './is-over.js';
import { commonKeys, footerOf, meaningOf, type KeyBinding as ScreenKeyBinding } from './key-binding.js';
import { layout } from './layout.js';
import type { Model } from './model.js';
import { sourceKeys } from './source-keys.js';

/** One line of the key table of a watched program's screen. */
export type KeyBinding = ScreenKeyBinding<Readonly<Model>, Action, KeyGroup, InputMode>;

export type KeyGroup = 'everywhere' | 'time' | 'probes' | 'pod' | 'traffic' | 'editing';
export type InputMode = 'screen' | 'editing' | 'help';

const common = commonKeys<Readonly<Model>, InputMode>({
  help: ['screen', 'help'],
  quit: ['screen', 'editing', 'help'],
  everywhere: ['screen', 'editing', 'help'],
  isHelpOpen: ({ screen }) => screen.help,
});

/** Every key there is, in the order of footer and help: dispatcher, footer and help are made from this alone. */
export const keyTable: readonly KeyBinding[] = Object.freeze([
  common.help,
  common.quit,
  common.interrupt,
  {
    keys: ['escape'],
    label: 'esc',
    short: 'back',
    help: 'close, then back',
    group: 'everywhere',
    action: { type: 'back' },
    modes: ['screen', 'editing', 'help'],
    available: ({ screen }) =>
      screen.help || screen.editing !== undefined || screen.focus !== undefined || screen.zoom !== undefined,
    footer: ({ screen }) => {
      if (screen.help) return undefined;
      return { label: 'esc', short: screen.editing === undefined ? 'back' : 'cancel' };
    },
  },
  {
    keys: ['end'],
    label: 'End',
    short: 'live',
    help: 'live again',
    group: 'time',
    action: { type: 'live' },
    modes: ['screen', 'editing'],
    available: isFrozen,
  },
  {
    keys: ['space'],
    label: 'space',
    short: 'freeze',
    help: 'freeze and go on',
    group: 'time',
    action: { type: 'freeze' },
    modes: ['screen', 'editing'],
    available: (model) => isFrozen(model) || (model.target !== undefined && model.state.kind !== 'ended'),
    footer: (model) => ({ label: 'space', short: isFrozen(model) ? 'go on' : 'freeze' }),
  },
  {
    keys: ['1', '2', '3', '4', '5', '6', '7'],
    label: '1 .. 7',
    short: 'zoom',
    help: 'zoom a pane, and back',
    group: 'everywhere',
    action: { type: 'zoom', pane: 'heap' },
    actionOf: (digit) => ({ type: 'zoom', pane: paneIds[Number(digit) - 1] ?? 'heap' }),
    modes: ['screen'],
    available: hasPanes,
    footer: () => ({ label: '1-7', short: 'zoom' }),
  },
  {
    keys: ['0'],
    label: '0',
    short: '',
    help: 'leave zoom',
    group: 'everywhere',
    action: { type: 'unzoom' },
    modes: ['screen'],
    available: ({ screen }) => screen.zoom !== undefined,
  },
  {
    keys: ['tab'],
    label: 'tab',
    short: 'focus',
    help: 'focus next pane',
    group: 'everywhere',
    action: { type: 'focus-next' },
    modes: ['screen'],
    available: (model) => hasPanes(model) && model.screen.zoom === undefined,
  },
  {
    keys: ['S-tab'],
    label: 'S-tab',
    short: '',
    help: 'focus previous pane',
    group: 'everywhere',
    action: { type: 'focus-previous' },
    modes: ['screen'],
    available: (model) => hasPanes(model) && model.screen.zoom === undefined,
  },
  common.redraw,
  ...sourceKeys,
  button('g', 'allocate and collect', { label: 'g a c b', short: 'traffic' }),
  button('a', 'allocate'),
  button('c', 'collect'),
  button('b', 'burst, 4 at once'),
  {
    keys: ['e'],
    label: 'e',
    short: 'edit',
    help: 'set length, bytes, rate',
    group: 'traffic',
    action: { type: 'edit', field: 'length' },
    modes: ['screen'],
    available: (model) => hasPanes(model) && canSend(model),
  },
  {
    keys: ['enter'],
    label: 'enter',
    short: '',
    help: 'edit, Traffic focused',
    group: 'traffic',
    action: { type: 'edit', field: 'length' },
    modes: ['screen'],
    available: (model) =>
      canSend(model) && (model.screen.focus === 'traffic' || model.screen.zoom === 'traffic'),
  },
  {
    keys: ['enter'],
    label: 'enter',
    short: 'another',
    help: 'choose another target',
    group: 'everywhere',
    action: { type: 'pick-another' },
    modes: ['screen'],
    available: (model) => isOver(model) && model.mayPickAnother,
  },
  {
    keys: ['tab'],
    label: 'tab',
    short: 'next',
    help: 'accept, next field',
    group: 'editing',
    action: { type: 'next-field' },
    modes: ['editing'],
    available: isEditing,
  },
  {
    keys: ['enter'],
    label: 'enter',
    short: 'accept',
    help: 'the same',
    group: 'editing',
    action: { type: 'accept' },
    modes: ['editing'],
    available: isEditing,
  },
  {
    keys: ['backspace', 'delete'],
    label: 'backspace',
    short: 'erase',
    help: 'erase the last digit',
    group: 'editing',
    action: { type: 'erase' },
    modes: ['editing'],
    available: isEditing,
  },
  {
    keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.'],
    label: '0 .. 9',
    short: '',
    help: 'type a figure',
    group: 'editing',
    action: { type: 'digit', digit: '0' },
    actionOf: (digit) => ({ type: 'digit', digit }),
    modes: ['editing'],
    available: isEditing,
  },
] satisfies KeyBinding[]);

/** What a key means now; undefined where it does nothing. */
export function actionFor(model: Readonly<Model>, key: string): Action | undefined {
  return meaningOf(keyTable, { model, mode: modeOf(model), key });
}

/** What the footer offers now, most important first, with the footer's own words in `label` and `short`. */
export function footerBindings(model: Readonly<Model>): readonly KeyBinding[] {
  const mode = modeOf(model);
  return footerOf(mode === 'editing' ? editingFooter : keyTable, { model, mode });
}

/** While a field is edited: its own keys and the ways out. */
const editingFooter: readonly KeyBinding[] = (
  ['next-field', 'accept', 'back', 'erase', 'quit'] as const
).flatMap((type) =>
  keyTable.filter(({ action, modes }) => action.type === type && modes.includes('editing')),
);

function modeOf({ screen }: Readonly<Model>): InputMode {
  if (screen.help) return 'help';
  return screen.editing === undefined ? 'screen' : 'editing';
}

function button(key: TrafficButton, help: string, footer?: { label: string; short: string }): KeyBinding {
  return {
    keys: [key],
    label: key,
    short: footer?.short ?? '',
    help,
    group: 'traffic',
    action: { type: 'traffic', button: key },
    modes: ['screen', 'editing'],
    available: canSend,
    footer: () => footer,
  };
}

/** Whether the screen has panes, and not just the lines that are left of them. */
function hasPanes({ size }: Readonly<Model>): boolean {
  return layout(size, undefined).shape === 'panes';
}

function isFrozen({ screen }: Readonly<Model>): boolean {
  return screen.frozenAtNs !== undefined;
}

function isEditing({ screen }: Readonly<Model>): boolean {
  return screen.editing !== undefined;
}

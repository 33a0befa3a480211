import { commonKeys, footerOf, type KeyBinding, meaningOf } from '../key-binding.js';
import type { PickerAction, PickerModel, Step } from './picker.js';
import { allIds, shownRows } from './rows.js';
import { typedText } from './words.js';

export type PickerGroup = 'choose' | 'lists' | 'start' | 'typing' | 'everywhere';
export type PickerMode = 'list' | 'filter' | 'line' | 'help';
export type PickerBinding = KeyBinding<Readonly<PickerModel>, PickerAction, PickerGroup, PickerMode>;

const common = commonKeys<Readonly<PickerModel>, PickerMode>({
  help: ['list', 'help'],
  quit: ['list', 'help'],
  everywhere: ['list', 'filter', 'line', 'help'],
  isHelpOpen: ({ help }) => help,
});

/** Every key while somebody chooses, in the order of footer and help: dispatcher, footer and help are made from this alone. */
export const pickerKeys: readonly PickerBinding[] = Object.freeze([
  common.help,
  common.quit,
  common.interrupt,
  {
    keys: ['enter'],
    label: 'enter',
    short: 'watch',
    help: 'watch what is selected',
    group: 'choose',
    action: { type: 'watch' },
    modes: ['list', 'filter'],
    available: hasRows,
  },
  {
    keys: ['enter'],
    label: 'enter',
    short: 'start',
    help: 'take what was typed',
    group: 'typing',
    action: { type: 'accept' },
    modes: ['line'],
    available: ({ field }) => (field?.text.trim() ?? '') !== '',
    footer: ({ field }) => ({ label: 'enter', short: field?.name === 'command' ? 'start' : 'read' }),
  },
  {
    keys: ['escape'],
    label: 'esc',
    short: 'back',
    help: 'close, then no filter',
    group: 'everywhere',
    action: { type: 'back' },
    modes: ['list', 'filter', 'line', 'help'],
    available: ({ help, field, filter }) => help || field !== undefined || filter !== '',
    footer: ({ help, field }) => {
      if (help) return undefined;
      return { label: 'esc', short: field === undefined || field.name === 'filter' ? 'all' : 'cancel' };
    },
  },
  {
    keys: ['/'],
    label: '/',
    short: 'filter',
    help: 'filter by words',
    group: 'lists',
    action: { type: 'ask', field: 'filter' },
    modes: ['list'],
    available: always,
  },
  {
    keys: ['n'],
    label: 'n',
    short: 'start',
    help: 'start a program',
    group: 'start',
    action: { type: 'ask', field: 'command' },
    modes: ['list'],
    available: always,
  },
  {
    keys: ['o'],
    label: 'o',
    short: 'demo',
    help: 'start the demo service',
    group: 'start',
    action: { type: 'demo' },
    modes: ['list'],
    available: always,
  },
  {
    keys: ['t'],
    label: 't',
    short: 'text',
    help: 'read gctrace text',
    group: 'start',
    action: { type: 'ask', field: 'gctrace' },
    modes: ['list'],
    available: always,
  },
  {
    keys: ['tab'],
    label: 'tab',
    short: 'list',
    help: 'the next list',
    group: 'choose',
    action: { type: 'next-list' },
    modes: ['list'],
    available: hasLists,
  },
  {
    keys: ['S-tab'],
    label: 'S-tab',
    short: '',
    help: 'the list before',
    group: 'choose',
    action: { type: 'previous-list' },
    modes: ['list'],
    available: hasLists,
  },
  {
    keys: ['tab'],
    label: 'tab',
    short: 'keep',
    help: 'keep the filter',
    group: 'typing',
    action: { type: 'keep' },
    modes: ['filter'],
    available: always,
  },
  {
    keys: ['s'],
    label: 's',
    short: 'sort',
    help: 'sort by next figure',
    group: 'lists',
    action: { type: 'next-sort' },
    modes: ['list'],
    available: always,
  },
  {
    keys: ['S-s'],
    label: 'S',
    short: '',
    help: 'sort the other way',
    group: 'lists',
    action: { type: 'reverse' },
    modes: ['list'],
    available: always,
  },
  move(['up', 'k'], 'up k', 'up', 'the row above', { label: 'up down', short: 'choose' }),
  move(['down', 'j'], 'down j', 'down', 'the row below'),
  move(['pageup'], 'PgUp', 'page-up', 'a page up'),
  move(['pagedown'], 'PgDn', 'page-down', 'a page down'),
  move(['home'], 'Home', 'first', 'the first row'),
  move(['end'], 'End', 'last', 'the last row'),
  {
    keys: ['f5'],
    label: 'F5',
    short: 'look again',
    help: 'look at all of it anew',
    group: 'lists',
    action: { type: 'look-again' },
    modes: ['list'],
    available: always,
  },
  {
    keys: ['backspace', 'delete'],
    label: 'backspace',
    short: '',
    help: 'erase the last character',
    group: 'typing',
    action: { type: 'erase' },
    modes: ['filter', 'line'],
    available: always,
  },
  {
    keys: ['C-u'],
    label: 'Ctrl-U',
    short: '',
    help: 'erase all of it',
    group: 'typing',
    action: { type: 'erase-all' },
    modes: ['filter', 'line'],
    available: always,
  },
  common.redraw,
] satisfies PickerBinding[]);

/** What a key means now: in a field every character is one. */
export function pickerActionFor(model: Readonly<PickerModel>, key: string): PickerAction | undefined {
  const mode = modeOf(model);
  const text = mode === 'filter' || mode === 'line' ? typedText(key) : undefined;
  return text === undefined ? meaningOf(pickerKeys, { model, mode, key }) : { type: 'type', text };
}

/** What the footer offers now. */
export const pickerFooter = (model: Readonly<PickerModel>): readonly PickerBinding[] =>
  footerOf(pickerKeys, { model, mode: modeOf(model) });

function modeOf({ help, field }: Readonly<PickerModel>): PickerMode {
  if (help) return 'help';
  if (field === undefined) return 'list';
  return field.name === 'filter' ? 'filter' : 'line';
}

function move(
  keys: readonly string[],
  label: string,
  by: Step,
  help: string,
  footer?: { readonly label: string; readonly short: string },
): PickerBinding {
  return {
    keys,
    label,
    short: footer?.short ?? '',
    help,
    group: 'choose',
    action: { type: 'move', by },
    modes: ['list', 'filter'],
    available: hasRows,
    footer: () => footer,
  };
}

function always(): boolean {
  return true;
}

function hasRows({ selected }: Readonly<PickerModel>): boolean {
  return selected !== undefined;
}

function hasLists(model: Readonly<PickerModel>): boolean {
  return new Set(allIds(shownRows(model)).map(({ list }) => list)).size > 1;
}

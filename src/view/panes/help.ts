import type { Action } from '../../model/action.js';
import { hasProbeSets } from '../../model/can.js';
import { isPod } from '../../model/coming-up.js';
import { isOver } from '../../model/is-over.js';
import { type KeyBinding, type KeyGroup, keyTable } from '../../model/keymap.js';
import { layout } from '../../model/layout.js';
import type { Size } from '../../model/message.js';
import type { Model } from '../../model/model.js';
import { type Glyphs, glyphsOf } from '../glyphs.js';
import { muted, span } from '../line.js';
import { type OverlayLine as HelpLine, head, noLine, overlayBox } from '../overlay.js';
import type { Box } from '../screen-view.js';

/** The overlay of `?`: the key table in two columns, and what the signs mean. */
export function helpBox(model: Readonly<Model>, size: Size): Box {
  const glyphs = glyphsOf(model.look);
  const keys = [
    keyGroups(model, ['everywhere', 'time', 'probes', 'pod']),
    keyGroups(model, ['traffic', 'editing']),
  ] as const;
  const columns =
    size.columns >= leastForTwo
      ? [keys[0], [...keys[1], ...signLines(glyphs)]]
      : [[...keys[0], ...keys[1], ...signLines(glyphs)]];
  return overlayBox(glyphs, size, { id: 'help', title: 'Help', columns });
}

const leastForTwo = 76;

const groupNames: Readonly<Record<KeyGroup, string>> = {
  everywhere: 'Everywhere',
  time: 'Time',
  probes: 'Probes',
  pod: 'Pod',
  traffic: 'Traffic',
  editing: 'While a field is edited',
};

function keyGroups(model: Readonly<Model>, groups: readonly KeyGroup[]): readonly HelpLine[] {
  return groups.flatMap((group) => {
    const bindings = keyTable.filter((binding) => binding.group === group && isForSize(binding, model));
    if (bindings.length === 0) return [];
    return [head(groupNames[group]), ...bindings.map((binding) => keyLine(model, binding)), noLine];
  });
}

/** On a screen without panes, keys for panes are left out; so are those for a pod, for probes, or an end, where there is none. */
function isForSize({ action, group, modes }: KeyBinding, model: Readonly<Model>): boolean {
  if (action.type === 'pick-another' && !isOver(model)) return false;
  const { size } = model;
  if (group === 'pod' && !isPod(model)) return false;
  if (group === 'probes' && !hasProbeSets(model)) return false;
  if (layout(size, undefined).shape === 'panes') return true;
  return !forPanes.has(action.type) && modes.some((mode) => mode !== 'editing');
}

const forPanes: ReadonlySet<Action['type']> = new Set([
  'zoom',
  'unzoom',
  'focus-next',
  'focus-previous',
  'edit',
]);

const labelWidth = 10;

/** A key that can do nothing now is muted and says why beside it. */
function keyLine(model: Readonly<Model>, binding: KeyBinding): HelpLine {
  const { help, group } = binding;
  const label = binding.label.padEnd(labelWidth);
  // The help itself and the head over the keys of a field say when these act.
  const acts = group === 'editing' || alwaysActs.has(binding.action.type) || binding.available(model);
  if (acts) return { pieces: ['  ', span(label, 'focus'), help] };
  return { pieces: ['  ', muted(label), muted(help)], reason: whyNot(model, binding) };
}

const alwaysActs: ReadonlySet<Action['type']> = new Set(['help', 'back', 'zoom']);

function whyNot({ traffic, screen, state }: Readonly<Model>, { action, group }: KeyBinding): string {
  if (group === 'traffic') {
    if (traffic.address === undefined) return 'no address for it';
    return action.type === 'edit' ? '' : 'not now';
  }
  switch (action.type) {
    case 'retry':
      return 'nothing waits';
    case 'restart-forward':
      return 'no port-forward';
    case 'live':
      return 'not frozen';
    case 'probes':
      return 'the watch is over';
    case 'freeze':
      return state.kind === 'ended' ? 'the watch is over' : 'no target yet';
    case 'unzoom':
      return 'no pane is zoomed';
    default:
      return screen.zoom === undefined ? '' : 'a pane is zoomed';
  }
}

function signLines({ cause, stopKind, phase, goal, trigger, gap, state }: Glyphs): readonly HelpLine[] {
  const line = (signs: readonly string[], meaning: string): HelpLine => ({
    pieces: [`  ${signs.join(' ').padEnd(labelWidth)}`, muted(meaning)],
  });
  return [
    head('Marks'),
    line([cause.heap, cause.forced, cause.time], 'heap, forced, by time'),
    line([stopKind.sweepTermination, stopKind.markTermination, stopKind.other], 'sweep t., mark t., else'),
    line([phase.stop, phase.mark, phase.sweep], 'stop, mark, sweep'),
    line([goal, trigger], 'goal, trigger'),
    line([gap], 'nothing is known here'),
    line([state.up, state.waiting, state.failed], 'up, waiting, failed'),
    line(['-'], 'not known; 0 is zero'),
  ];
}

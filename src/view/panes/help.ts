import type { Action } from '../../model/action.js';
import { isPod } from '../../model/coming-up.js';
import { type KeyBinding, type KeyGroup, keyTable } from '../../model/keymap.js';
import { layout, type Rect } from '../../model/layout.js';
import type { Size } from '../../model/message.js';
import type { Model, TrafficModel } from '../../model/model.js';
import { type Glyphs, glyphsOf } from '../glyphs.js';
import { fit, muted, type Piece, span } from '../line.js';
import type { Box, Line } from '../screen-view.js';

/** The overlay of `?`: the key table in two columns, and what the signs mean. */
export function helpBox(model: Readonly<Model>, size: Size): Box {
  const glyphs = glyphsOf(model.look);
  const keys = [
    keyGroups(model, ['everywhere', 'time', 'pod']),
    keyGroups(model, ['traffic', 'editing']),
  ] as const;
  const columns =
    size.columns >= leastForTwo
      ? [keys[0], [...keys[1], ...signLines(glyphs)]]
      : [[...keys[0], ...keys[1], ...signLines(glyphs)]];
  const rect = overlayRect(size, Math.max(...columns.map((lines) => lines.length)));
  const inner = { width: rect.width - 2, height: rect.height - 2 };
  const body = helpLines(columns, inner);
  return { id: 'help', rect, lines: framed(glyphs, { ...body, width: inner.width }) };
}

const leastForTwo = 76;
const widest = 108;

function overlayRect(size: Size, rows: number): Rect {
  const width = Math.min(widest, size.columns - 2);
  const height = Math.min(rows + 4, size.rows - 2);
  // The header stays readable where there is room, the footer always.
  const y = Math.max(0, Math.min(2, size.rows - 1 - height));
  return { x: Math.floor((size.columns - width) / 2), y, width, height };
}

type HelpLine = readonly Piece[];

const groupNames: Readonly<Record<KeyGroup, string>> = {
  everywhere: 'Everywhere',
  time: 'Time',
  pod: 'Pod',
  traffic: 'Traffic',
  editing: 'While a field is edited',
};

function keyGroups(model: Readonly<Model>, groups: readonly KeyGroup[]): readonly HelpLine[] {
  return groups.flatMap((group) => {
    const bindings = keyTable.filter((binding) => binding.group === group && isForSize(binding, model));
    if (bindings.length === 0) return [];
    return [[groupNames[group]], ...bindings.map((binding) => keyLine(model, binding)), []];
  });
}

/** On a screen without panes, keys for panes are left out; so are those for a pod where there is none. */
function isForSize({ action, group, modes }: KeyBinding, model: Readonly<Model>): boolean {
  const { size } = model;
  if (group === 'pod' && !isPod(model)) return false;
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

/** A key that can do nothing now says why beside it. */
function keyLine(model: Readonly<Model>, binding: KeyBinding): HelpLine {
  const reason = whyNot(model, binding);
  return ['  ', span(binding.label.padEnd(labelWidth), 'focus'), binding.help, muted(reason)];
}

function whyNot(model: Readonly<Model>, binding: KeyBinding): string {
  if (binding.group === 'traffic') return whyNoTraffic(model.traffic);
  if (binding.group !== 'pod' || binding.available(model)) return '';
  return binding.action.type === 'retry' ? '   nothing waits' : '   no port-forward';
}

const whyNoTraffic = ({ address }: TrafficModel): string =>
  address === undefined ? '   no address for it' : '';

function signLines({ cause, stopKind, phase, goal, trigger, gap, state }: Glyphs): readonly HelpLine[] {
  const line = (signs: readonly string[], meaning: string): HelpLine => [
    `  ${signs.join(' ').padEnd(labelWidth)}`,
    muted(meaning),
  ];
  return [
    ['Marks'],
    line([cause.heap, cause.forced, cause.time], 'heap, forced, by time'),
    line([stopKind.sweepTermination, stopKind.markTermination, stopKind.other], 'sweep t., mark t., else'),
    line([phase.stop, phase.mark, phase.sweep], 'stop, mark, sweep'),
    line([goal, trigger], 'goal, trigger'),
    line([gap], 'nothing is known here'),
    line([state.up, state.waiting, state.failed], 'up, waiting, failed'),
    line(['-'], 'not known; 0 is zero'),
  ];
}

/** Columns side by side with air around them; where rows are short, blank lines and the air go first. */
function helpLines(
  columns: readonly (readonly HelpLine[])[],
  { width, height }: { readonly width: number; readonly height: number },
): HelpBody {
  const isTight = columns.some((lines) => lines.length + 1 > height);
  const shown = isTight ? columns.map((lines) => lines.filter((line) => line.length > 0)) : columns;
  const above = isTight ? 0 : 1;
  const columnWidth = Math.floor(width / columns.length);
  const lines = Array.from({ length: height }, (_, row) =>
    shown.flatMap((column, index) =>
      fit(index === columns.length - 1 ? width - columnWidth * index : columnWidth, [
        width >= 100 ? '  ' : ' ',
        ...(column[row - above] ?? []),
      ]),
    ),
  );
  const hidden = shown.reduce((sum, column) => sum + Math.max(0, column.length + above - height), 0);
  return { lines, hidden };
}

interface HelpBody {
  readonly lines: readonly Line[];
  /** How many lines the screen is too small for. */
  readonly hidden: number;
}

function framed(glyphs: Glyphs, { lines, hidden, width: inner }: HelpBody & { width: number }): Line[] {
  const { topLeft, topRight, bottomLeft, bottomRight, side } = glyphs.frame;
  const rule = glyphs.heavyRule;
  const focus = (text: string): Piece => span(text, 'focus');
  const [title, origin] = [`${rule} Help `, ` from the key table ${rule}`];
  const fill = inner - title.length - origin.length;
  const top = fill < 0 ? title.padEnd(inner, rule) : title + rule.repeat(fill) + origin;
  const more = hidden === 0 ? '' : `${rule} ${hidden} lines more on a larger screen `;
  return [
    fit(inner + 2, [focus(topLeft + top.slice(0, inner) + topRight)]),
    ...lines.map((line) => fit(inner + 2, [focus(side), ...line, focus(side)])),
    fit(inner + 2, [focus(bottomLeft + more.padEnd(inner, rule) + bottomRight)]),
  ];
}

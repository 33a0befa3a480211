import type { Action } from '../../model/action.js';
import { hasProbeSets } from '../../model/can.js';
import { isPod } from '../../model/coming-up.js';
import { type KeyBinding, type KeyGroup, keyTable } from '../../model/keymap.js';
import { layout, type Rect } from '../../model/layout.js';
import type { Size } from '../../model/message.js';
import type { Model } from '../../model/model.js';
import { type Glyphs, glyphsOf } from '../glyphs.js';
import { fit, muted, type Piece, span, widthOf } from '../line.js';
import type { Box, Line } from '../screen-view.js';

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
  const widths = columnWidths(columns, size.columns - 4);
  const rect = overlayRect(size, {
    width: widths.reduce((sum, width) => sum + width, 2),
    height: Math.max(...columns.map((lines) => lines.length)) + 4,
  });
  const body = helpLines(columns, { widths, height: rect.height - 2 });
  return { id: 'help', rect, lines: framed(glyphs, { ...body, width: rect.width - 2 }) };
}

const leastForTwo = 76;

function overlayRect(size: Size, content: Pick<Rect, 'width' | 'height'>): Rect {
  const width = Math.min(content.width, size.columns - 2);
  const height = Math.min(content.height, size.rows - 2);
  // The header stays readable where there is room, the footer always.
  const y = Math.max(0, Math.min(2, size.rows - 1 - height));
  return { x: Math.floor((size.columns - width) / 2), y, width, height };
}

interface HelpLine {
  readonly pieces: readonly Piece[];
  /** Why the key does nothing now; left out where it has no room. */
  readonly reason?: string;
}

const head = (text: string): HelpLine => ({ pieces: [text] });
const noLine: HelpLine = { pieces: [] };

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

/** On a screen without panes, keys for panes are left out; so are those for a pod or for probes where there is none. */
function isForSize({ action, group, modes }: KeyBinding, model: Readonly<Model>): boolean {
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
  const isOver = state.kind === 'ended';
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
      return isOver ? 'the watch is over' : 'no target yet';
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

/** What stands before each column, after it, and between a key and why it does nothing now. */
const lead = '  ';
const after = 2;
const apart = '   ';

/** As wide as what is in them; where the screen is too narrow for it, reasons are left out. */
function columnWidths(columns: readonly (readonly HelpLine[])[], room: number): readonly number[] {
  const least = columns.map((lines) => lead.length + after + Math.max(...lines.map(widthOfLine)));
  const whole = columns.map((lines) => lead.length + after + Math.max(...lines.map(widthWithReason)));
  // Without room even for that, the air at the right goes.
  let spare = room - least.reduce((sum, width) => sum + width, 0);
  return least.map((width, index) => {
    const more = Math.min(spare, (whole[index] ?? width) - width);
    spare -= more;
    return width + more;
  });
}

const widthOfLine = ({ pieces }: HelpLine): number => widthOf(pieces);
const widthWithReason = (line: HelpLine): number =>
  widthOfLine(line) +
  (line.reason === undefined || line.reason === '' ? 0 : apart.length + line.reason.length);

/** Columns side by side with air around them; where rows are short, blank lines and the air go first. */
function helpLines(
  columns: readonly (readonly HelpLine[])[],
  { widths, height }: { readonly widths: readonly number[]; readonly height: number },
): HelpBody {
  const isTight = columns.some((lines) => lines.length + 1 > height);
  const shown = isTight ? columns.map((lines) => lines.filter(({ pieces }) => pieces.length > 0)) : columns;
  const above = isTight ? 0 : 1;
  const lines = Array.from({ length: height }, (_, row) =>
    shown.flatMap((column, index) => {
      const line = column[row - above] ?? noLine;
      const width = widths[index] ?? 0;
      const fits = lead.length + widthWithReason(line) <= width;
      const reason = fits && line.reason !== undefined ? [muted(`${apart}${line.reason}`)] : [];
      return fit(width, [lead, ...line.pieces, ...reason]);
    }),
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
  const top = `${rule} Help `.padEnd(inner, rule);
  const more = hidden === 0 ? '' : `${rule} ${hidden} lines more on a larger screen `;
  return [
    fit(inner + 2, [focus(topLeft + top.slice(0, inner) + topRight)]),
    ...lines.map((line) => fit(inner + 2, [focus(side), ...line, focus(side)])),
    fit(inner + 2, [focus(bottomLeft + more.padEnd(inner, rule) + bottomRight)]),
  ];
}

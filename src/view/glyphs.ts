import type { CycleTrigger } from '../gc/cycle.js';
import type { Look } from '../model/model.js';

/** Every sign on the screen by what it means, in one of three alphabets. Each is one column wide. */
export interface Glyphs {
  readonly set: Look['glyphs'];
  readonly rule: string;
  readonly heavyRule: string;
  readonly dashedRule: string;
  readonly column: string;
  /** Where rules meet a column, by the arms that they have besides the column's own. */
  readonly joints: {
    readonly below: string;
    readonly above: string;
    readonly left: string;
    readonly right: string;
    readonly both: string;
  };
  readonly frame: {
    readonly topLeft: string;
    readonly topRight: string;
    readonly bottomLeft: string;
    readonly bottomRight: string;
    readonly side: string;
  };
  /** The value axis: where it has a label, and where not. */
  readonly axis: { readonly tick: string; readonly line: string };
  readonly goal: string;
  readonly trigger: string;
  readonly bar: {
    readonly marked: string;
    readonly live: string;
    readonly room: string;
    readonly trigger: string;
    readonly goal: string;
  };
  readonly phase: { readonly stop: string; readonly mark: string; readonly sweep: string };
  readonly cause: Readonly<Record<CycleTrigger, string>>;
  readonly stopKind: {
    readonly sweepTermination: string;
    readonly markTermination: string;
    readonly other: string;
  };
  readonly state: { readonly up: string; readonly waiting: string; readonly failed: string };
  readonly gap: string;
  /** A full cell of an area, for the legend. */
  readonly area: string;
  /** How full a cell is, from empty to full. */
  readonly levels: readonly string[];
  /** How high in its cell a line runs, from none and the lowest to the highest. */
  readonly heights: readonly string[];
}

/** The alphabet of a look. */
export const glyphsOf = (look: Look): Glyphs => alphabets[look.glyphs];

const braille: Glyphs = {
  set: 'braille',
  rule: '─',
  heavyRule: '━',
  dashedRule: '╌',
  column: '│',
  joints: { below: '┬', above: '┴', left: '┤', right: '├', both: '┼' },
  frame: { topLeft: '┏', topRight: '┓', bottomLeft: '┗', bottomRight: '┛', side: '┃' },
  axis: { tick: '┤', line: '│' },
  goal: '─',
  trigger: '╌',
  bar: { marked: '█', live: '▄', room: '─', trigger: '┊', goal: '┃' },
  phase: { stop: '┃', mark: '█', sweep: '▂' },
  cause: { heap: '▲', forced: '▼', time: '◆', unknown: '?' },
  stopKind: { sweepTermination: '○', markTermination: '●', other: '◆' },
  state: { up: '●', waiting: '○', failed: '!' },
  gap: '╱',
  area: '⣿',
  levels: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  heights: [' ', '⣀', '⠤', '⠒', '⠉'],
};

const block: Glyphs = {
  ...braille,
  set: 'block',
  heavyRule: '─',
  dashedRule: '-',
  frame: { topLeft: '┌', topRight: '┐', bottomLeft: '└', bottomRight: '┘', side: '│' },
  trigger: '-',
  bar: { marked: '█', live: '▄', room: '─', trigger: ':', goal: '│' },
  phase: { stop: '│', mark: '█', sweep: '▄' },
  cause: { heap: '▲', forced: '▼', time: '*', unknown: '?' },
  stopKind: { sweepTermination: 'o', markTermination: '@', other: '*' },
  state: { up: '+', waiting: 'o', failed: '!' },
  gap: '/',
  area: '█',
  heights: [' ', '▁', '─', '▔'],
};

const ascii: Glyphs = {
  set: 'ascii',
  rule: '-',
  heavyRule: '-',
  dashedRule: '-',
  column: '|',
  joints: { below: '+', above: '+', left: '+', right: '+', both: '+' },
  frame: { topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+', side: '|' },
  axis: { tick: '|', line: '|' },
  goal: '-',
  trigger: '~',
  bar: { marked: '#', live: '=', room: '-', trigger: ':', goal: '|' },
  phase: { stop: '|', mark: '#', sweep: '_' },
  cause: { heap: '^', forced: 'v', time: '*', unknown: '?' },
  stopKind: { sweepTermination: 'o', markTermination: '@', other: '*' },
  state: { up: '+', waiting: 'o', failed: '!' },
  gap: '/',
  area: '#',
  levels: [' ', '.', '.', '.', ':', ':', ':', '#', '#'],
  heights: [' ', '_', '-', '"'],
};

const alphabets: Readonly<Record<Look['glyphs'], Glyphs>> = { braille, block, ascii };

import { GctopError } from '../error.js';
import type { Look } from '../model/model.js';

/** Colours that are told apart; 24-bit terminals get the 256 of the palette, which is all the theme needs. */
export type ColorDepth = 'mono' | 8 | 16 | 256;
export type Background = 'dark' | 'light';

/** What the terminal can do, decided once, before anything is drawn. */
export interface Capabilities {
  readonly colors: ColorDepth;
  readonly background: Background;
  readonly glyphs: Look['glyphs'];
  readonly mouse: boolean;
}

/** What the process finds around it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
}

/** What the user said about it. */
export interface DisplayOptions {
  /** @default 'auto' */
  readonly color?: 'auto' | 'always' | 'never';
  /** @default by locale and terminal */
  readonly ascii?: boolean;
  /** @default by COLORFGBG, else dark */
  readonly background?: Background;
  /** @default true */
  readonly mouse?: boolean;
}

/** Decides from the surroundings and the options. Throws `NO_TERMINAL` where no screen can be drawn. */
export function detectCapabilities(around: Surroundings, options: DisplayOptions = {}): Capabilities {
  const term = requireTerminal(around);
  return {
    colors: colorDepth(term, around.env, options.color ?? 'auto'),
    background: options.background ?? backgroundOf(around.env.COLORFGBG),
    glyphs: options.ascii === true ? 'ascii' : glyphsOf(term, around.env),
    mouse: (options.mouse ?? true) && !isConsole(term),
  };
}

/** The terminal's name, in lower case. */
function requireTerminal({ env, stdinIsTTY, stdoutIsTTY }: Surroundings): string {
  const term = env.TERM?.toLowerCase() ?? '';
  if (!stdoutIsTTY) throw noTerminal('stdout is not a terminal');
  if (!stdinIsTTY) throw noTerminal('stdin is not a terminal, so no key would be heard');
  if (term === '') throw noTerminal('TERM is not set, so the terminal is unknown');
  if (term === 'dumb') throw noTerminal("TERM is 'dumb': a terminal that cannot move its cursor");
  return term;
}

const noTerminal = (message: string) =>
  new GctopError('NO_TERMINAL', message, { hint: '--json writes the stream without a screen' });

/** Precedence: the option, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, what the terminal is known for. */
function colorDepth(
  term: string,
  env: Surroundings['env'],
  option: NonNullable<DisplayOptions['color']>,
): ColorDepth {
  const own = depthOfTerminal(term, env.COLORTERM ?? '');
  if (option === 'never') return 'mono';
  if (option === 'always') return atLeast16(own);
  if ((env.NO_COLOR ?? '') !== '') return 'mono';
  const forced = env.FORCE_COLOR;
  if (forced === '0' || forced === 'false') return 'mono';
  if (forced === '2' || forced === '3') return 256;
  if (forced !== undefined || (env.CLICOLOR_FORCE ?? '0') !== '0') return atLeast16(own);
  return own;
}

const atLeast16 = (depth: ColorDepth): ColorDepth => (depth === 256 ? 256 : 16);

function depthOfTerminal(term: string, colorTerm: string): ColorDepth {
  if (/^vt\d|-m(ono)?$/.test(term)) return 'mono';
  if (term === 'linux' || term === 'ansi' || term === 'cygwin') return 8;
  if (/truecolor|24bit/i.test(colorTerm) || /256color|-direct/.test(term)) return 256;
  if (/kitty|alacritty|foot|ghostty|wezterm|iterm|konsole|contour/.test(term)) return 256;
  if (/^(xterm|screen|tmux|rxvt)|16color/.test(term)) return 16;
  return 8;
}

/** COLORFGBG is `foreground;background` or `foreground;...;background` in palette indexes (rxvt, Konsole). */
function backgroundOf(colorFgBg = ''): Background {
  const last = /;(\d+)$/.exec(colorFgBg)?.[1];
  if (last === undefined) return 'dark';
  const index = Number(last);
  return index === 7 || (index > 8 && index < 16) ? 'light' : 'dark';
}

/** The first of the three that is set is the locale of characters (POSIX, Environment Variables). */
function glyphsOf(term: string, env: Surroundings['env']): Look['glyphs'] {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (!/utf-?8/i.test(locale) || /^vt\d/.test(term)) return 'ascii';
  return term === 'linux' ? 'block' : 'braille';
}

/** A console or a hardware terminal: it reports no mouse. */
const isConsole = (term: string) => term === 'linux' || /^vt\d/.test(term);

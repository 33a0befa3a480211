import type { Role } from '../view/screen-view.js';
import type { Background, ColorDepth } from './capabilities.js';

/** How a role looks. Without `color` it has the terminal's own; a background is never set. */
export interface Style {
  /** Index into the terminal's palette of 8, 16 or 256. */
  readonly color?: number;
  readonly bold?: true;
  readonly reverse?: true;
}

export type Theme = Readonly<Record<Role, Style>>;

/** The looks of the eight roles on a terminal of that many colours. */
export function themeFor(colors: ColorDepth, background: Background): Theme {
  switch (colors) {
    case 256:
      return background === 'dark' ? dark256 : light256;
    case 16:
      return sixteen;
    case 8:
      return background === 'dark' ? dark8 : light8;
    case 'mono':
      return mono;
  }
}

const plain: Style = {};
const bold: Style = { bold: true };

const mono: Theme = {
  text: plain,
  muted: plain,
  focus: bold,
  heap: plain,
  gc: plain,
  stop: bold,
  limit: plain,
  bad: { bold: true, reverse: true },
};

// Contrast to the background is at least 6 on black and 4.5 on white; the four data roles stay apart with red-green blindness.
const dark256: Theme = {
  text: plain,
  muted: { color: 246 },
  focus: { color: 255, bold: true },
  heap: { color: 75 },
  gc: { color: 37 },
  stop: { color: 209 },
  limit: { color: 220 },
  bad: { color: 209, reverse: true },
};

const light256: Theme = {
  text: plain,
  muted: { color: 242 },
  focus: { color: 16, bold: true },
  heap: { color: 27 },
  gc: { color: 23 },
  stop: { color: 160 },
  limit: { color: 54 },
  bad: { color: 160, reverse: true },
};

const [red, green, yellow, blue, magenta, cyan] = [1, 2, 3, 4, 5, 6];
const bright = 8; // added to a colour of the first eight; bright black is the grey

const sixteen: Theme = {
  text: plain,
  muted: { color: bright },
  focus: bold,
  heap: { color: blue + bright },
  gc: { color: cyan },
  stop: { color: red + bright },
  limit: { color: yellow },
  bad: { color: red, reverse: true },
};

const dark8: Theme = {
  text: plain,
  muted: plain,
  focus: bold,
  heap: { color: cyan },
  gc: { color: green },
  stop: { color: red },
  limit: { color: yellow },
  bad: { color: red, reverse: true },
};

const light8: Theme = { ...dark8, heap: { color: blue }, gc: plain, limit: { color: magenta } };

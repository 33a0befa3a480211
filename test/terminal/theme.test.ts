import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Background, ColorDepth } from '../../src/terminal/capabilities.js';
import { type Style, type Theme, themeFor } from '../../src/terminal/theme.js';
import { paletteColor } from '../helpers/svg.js';

const dataRoles = ['heap', 'gc', 'stop', 'limit'] as const;
const depths: readonly ColorDepth[] = ['mono', 8, 16, 256];
const backgrounds: readonly Background[] = ['dark', 'light'];

const everyTheme = depths.flatMap((colors) =>
  backgrounds.map((background) => ({ colors, background, theme: themeFor(colors, background) })),
);

for (const { colors, background, theme } of everyTheme) {
  test(`${colors} colours on ${background}: what is bad is reversed and plain text has no style`, () => {
    assert.equal(theme.bad.reverse, true);
    assert.deepEqual(theme.text, {});
    assert.equal(theme.focus.bold, true);
  });

  test(`${colors} colours on ${background}: every colour is within the palette`, () => {
    const limit = colors === 'mono' ? 0 : colors;
    for (const { color } of styles(theme)) assert.ok(color === undefined || color < limit);
  });
}

test('without colour nothing is coloured, and a stop is told by being bold', () => {
  const mono = themeFor('mono', 'dark');
  assert.deepEqual(
    styles(mono).map(({ color }) => color),
    styles(mono).map(() => undefined),
  );
  assert.equal(mono.stop.bold, true);
});

for (const background of backgrounds) {
  test(`the 256 colours on ${background} are readable and the data roles differ`, () => {
    const theme = themeFor(256, background);
    const colors = dataRoles.map((role) => theme[role].color);
    assert.equal(new Set(colors).size, dataRoles.length);
    const least = background === 'dark' ? 6 : 4.5;
    for (const { color } of styles(theme)) {
      if (color !== undefined) assert.ok(contrast(color, background) >= least, `colour ${color}`);
    }
  });
}

const styles = (theme: Theme): Style[] => Object.values(theme);

/** Contrast of a palette colour to black or white (WCAG 2). */
function contrast(color: number, background: Background): number {
  const own = luminance(paletteColor(color));
  return background === 'dark' ? (own + 0.05) / 0.05 : 1.05 / (own + 0.05);
}

function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
